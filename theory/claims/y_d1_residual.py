"""Y.D1, residual: pairs closer than half the separation are all retrieved."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory.claims.base import Array, Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.e_5 import TRIANGLE
from theory.claims.proof import Proof, Step
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice
from theory.claims.structured import UnitRows

__all__ = ["SmallResidualRetrieves"]


class _Residual(Claim):
    """Shared parts s_i of the queries and t_i of the gallery."""

    constant: float = 2
    domain = Domain(
        n=Choice([2, 3, 5]), d=Choice([2, 3]), s=UnitRows("n", "d"), t=UnitRows("n", "d")
    )

    def margin(self, s: Any, t: Any, **_: Any) -> Any:
        """Distance to the nearest wrong partner less that to the right one, above the bound."""
        across, within = _distances(s, t), _distances(s, s)
        right = np.einsum("...ii->...i", across)
        wrong = _apart(across).min(axis=-1)
        separation = _apart(within).min(axis=(-2, -1))
        bound = separation - self.constant * right.max(axis=-1)
        return (wrong - right).min(axis=-1) - bound

    def proof(self) -> Proof:
        """At the pair (i, j) with the smallest lead: |s_i − s_j| ≤ |s_i − t_j| + |t_j − s_j|."""
        names = ("wrong", "right", "within", "beside", "separation", "residual")
        wrong, right, within, beside, separation, residual = sympy.symbols(names, nonnegative=True)
        start = wrong - right - separation + self.constant * residual
        at = {"first": wrong, "second": beside, "whole": within}
        left = start - (wrong + beside - within)
        facts = (within - separation, residual - right, residual - beside)
        steps = [Step(left, TRIANGLE, at)]
        for fact in facts:
            left = left - fact
            steps.append(Step(left))
        return Proof(start, facts, tuple(steps), _coordinates)


def _coordinates(s: Any, t: Any, **_: Any) -> dict[str, Any]:
    across, within = _distances(s, t), _distances(s, s)
    right = np.einsum("...ii->...i", across)
    lead = _apart(across) - right[..., :, None]
    n, rows = lead.shape[-1], np.arange(len(lead))
    i, j = np.divmod(lead.reshape(len(lead), -1).argmin(axis=-1), n)
    return {
        "wrong": across[rows, i, j],
        "right": right[rows, i],
        "within": within[rows, i, j],
        "beside": right[rows, j],
        "separation": _apart(within).min(axis=(-2, -1)),
        "residual": right.max(axis=-1),
    }


def _distances(a: Array, b: Array) -> Array:
    return np.asarray(np.linalg.norm(a[..., :, None, :] - b[..., None, :, :], axis=-1))


def _apart(distances: Array) -> Array:
    """Distances of different rows; those of equal ones are put beyond reach."""
    return distances + 3 * np.eye(distances.shape[-1])


class _Near(Control, _Residual):
    id = "Y.D1|residual/1.9"
    statement = r"\min_{i\ne j}(|s_i-t_j| - |s_i-t_i|) \ge \mathrm{sep} - 1.9\max_i|s_i-t_i|"
    near = "the constant 2 replaced by 1.9"
    constant = 1.9


class _Half(Control, _Residual):
    id = "Y.D1|residual/1"
    statement = r"\min_{i\ne j}(|s_i-t_j| - |s_i-t_i|) \ge \mathrm{sep} - \max_i|s_i-t_i|"
    constant = 1


@register
class SmallResidualRetrieves(_Residual):
    r"""Retrieval is perfect once the residual is below half the separation [Yi2025].

    By the triangle inequality |s_i − t_j| ≥ |s_i − s_j| − |s_j − t_j|. With Y.D1|gap: whatever
    the gap.
    """

    id = "Y.D1|residual"
    statement = (
        r"\min_{i\ne j}(|s_i-t_j| - |s_i-t_i|) \ge \min_{i\ne j}|s_i-s_j| - 2\max_i|s_i-t_i|"
    )
    source = ("Yi2025", "what downstream performance follows")
    hypotheses = ("unit shared parts, so that nearest and largest inner product are the same",)
    beyond = "Above half the separation recall depends on the whole configuration."
    expected = "proved"
    simulation = (Prediction("residual", "R@1"),)
    controls = (_Near, _Half)
