"""Contrastive losses of up to a few pairs, written out in the scores of every pair of rows.

For proofs by expansion and by differentiation: pairs that are absent have presence 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import sympy
from sympy import Expr

from theory.claims.base import Array

__all__ = ["Scores", "log_sum", "pair_scores", "row_loss", "score_symbols"]


class Scores(NamedTuple):
    """Symbols of the scores β x_i·y_j, of the presence (1 or 0) of each pair, and of 1/N.

    The first pair is always present.
    """

    score: list[list[Expr]]
    present: list[Expr]
    share: Expr


def score_symbols(size: int) -> Scores:
    """Symbols for up to `size` pairs."""
    score = [[sympy.Symbol(f"score{i}{j}", real=True) for j in range(size)] for i in range(size)]
    present = [sympy.Symbol(f"present{i}", nonnegative=True) for i in range(1, size)]
    return Scores(score, [sympy.S.One, *present], sympy.Symbol("share", positive=True))


def log_sum(scores: Sequence[Expr], present: Sequence[Expr]) -> Expr:
    """Logarithm of the sum of exponentials over the pairs that are present."""
    return sympy.log(sum(p * sympy.exp(s) for p, s in zip(present, scores, strict=True)))


def row_loss(scores: Sequence[Expr], present: Sequence[Expr], own: int) -> Expr:
    """−log softmax of the own score, by the differences of the scores."""
    return log_sum([s - scores[own] for s in scores], present)


def pair_scores(scores: Any, size: int) -> dict[str, Array]:
    """Values of `score_symbols` from score matrices of a batch, shape (batch, N, N), N ≤ size."""
    batch, count = scores.shape[0], scores.shape[-1]
    values = {"share": np.full(batch, 1 / count)}
    for i in range(size):
        values[f"present{i}"] = np.full(batch, float(i < count))
        for j in range(size):
            inside = i < count and j < count
            values[f"score{i}{j}"] = scores[:, i, j] if inside else np.zeros(batch)
    return values
