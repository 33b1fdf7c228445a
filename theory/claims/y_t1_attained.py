"""Y.T1|attained: the loss of aligned, quasi-uniform pairs converges to K."""

from __future__ import annotations

import functools
from typing import Any, ClassVar

import numpy as np

from theory.claims.base import Array, Claim, Control, register
from theory.claims.batches import excess
from theory.claims.domain import Domain
from theory.claims.spaces import Choice
from theory.claims.uniform import optimum

__all__ = ["UniformAttains", "quasi_uniform", "turned"]


def quasi_uniform(n: int) -> Array:
    """N points of a Fibonacci spiral on the sphere in R³, (n, 3)."""
    index = np.arange(n)
    height = 1 - (2 * index + 1) / n
    angle = np.pi * (1 + 5**0.5) * index
    radius = np.sqrt(1 - height**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=-1)


def turned(rows: Any, degrees: float) -> Array:
    """Rows turned about the last axis."""
    turn = np.radians(degrees)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.concatenate([rows[..., :2] @ rotation.T, rows[..., 2:]], axis=-1)


@functools.lru_cache(maxsize=256)
def _above(n: int, beta: float, degrees: float) -> float:
    rows = quasi_uniform(n)
    scale = np.array([beta])
    found = excess(rows[None], turned(rows, degrees)[None], scale) - optimum(3, scale)
    return float(found[0])


class _Sequence(Claim):
    """The sequence N = 64, 128, 256, 512 in R³, partners turned by `degrees`."""

    domain = Domain(n=Choice([64, 128, 256, 512]), beta=Choice([0.5, 1, 2, 5, 10, 20]))
    degrees: ClassVar[float] = 0.0
    value: ClassVar[float] = 1.0

    def margin(self, n: Any, beta: Any) -> Any:
        """(β/N)² minus how far L − 2 log N is from K."""
        pairs = zip(n.tolist(), beta.tolist(), strict=True)
        above = np.array([_above(int(m), float(b), self.degrees) for m, b in pairs])
        return (beta / n) ** 2 - np.abs(above + (1 - self.value) * optimum(3, beta))

    def scale(self, beta: Any, **_: Any) -> Any:
        """Logits."""
        return 1 + 4 * beta


class _Turned(Control, _Sequence):
    id = "Y.T1|attained/turned-by-3-degrees"
    statement = r"|L - 2\log N - K| \le (\beta/N)^2 \text{ for partners turned by } 3°"
    near = "the angle 0 replaced by 3 degrees"
    degrees = 3.0


class _Value(Control, _Sequence):
    id = "Y.T1|attained/K-times-1.02"
    statement = r"|L - 2\log N - 1.02\,K| \le (\beta/N)^2"
    near = "the constant K replaced by 1.02 K"
    value = 1.02


@register
class UniformAttains(_Sequence):
    r"""Aligned pairs on quasi-uniform points reach K as N grows, with gap 0 [Yi2025]."""

    id = "Y.T1|attained"
    statement = r"x_i = y_i \text{ quasi-uniform} \Rightarrow |L - 2\log N - K| \le (\beta/N)^2"
    source = ("Yi2025", "theorem without constraint, equality")
    hypotheses = ("h = 3, Fibonacci points, N = 64, 128, 256, 512", "β ≤ 20, on a grid")
    beyond = "A finite sequence shows convergence, it does not prove it; random points need more."
    expected = "supported"
    controls = (_Turned, _Value)
