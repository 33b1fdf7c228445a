"""Y.C2, equality: pairs that agree in C are equal only inside C."""

from __future__ import annotations

from typing import Any

from theory.claims.base import Control, register
from theory.claims.y_c2 import AgreeingPair

__all__ = ["EqualPairs"]


class _Distance(AgreeingPair):
    def found(self, x: Any, y: Any, phi: Any) -> Any:
        """Squared distance."""
        return ((x - y) ** 2).sum(axis=-1)

    def exact(self, a: Any, r: Any, c: Any) -> Any:
        """Return a²((1 − cos φ)² + sin²φ)."""
        return a**2 * ((1 - c) ** 2 + 1 - c**2)

    def claimed(self, a: Any, r: Any, c: Any) -> Any:
        """2a²(1 − cos φ)."""
        return 2 * self.constant * a**2 * (1 - c)


class _Near(Control, _Distance):
    id = "Y.C2|equal/1.05"
    statement = r"\|x - y\|^2 = 2.1\,a^2(1-\cos\varphi)"
    near = "the constant 2 replaced by 2.1"
    constant = 1.05


class _Equal(Control, _Distance):
    id = "Y.C2|equal/always"
    statement = r"x = y"
    constant = 0


@register
class EqualPairs(_Distance):
    """Two pairs that agree in C still differ by 2a²(1 − cos φ) [Yi2025]."""

    id = "Y.C2|equal"
    statement = r"\|x - y\|^2 = 2a^2(1-\cos\varphi),\ \text{so } x = y \iff a = 0"
    source = ("Yi2025", "corollary on pairs outside the centres, with its exceptions")
    hypotheses = ("A and B are hyperplanes at dihedral angle φ > 0", "P_C x = P_C y, a = x·c_x")
    beyond = "Without intra-modal isometry (a_x ≠ a_y) even the parts inside C differ in length."
    expected = "proved"
    controls = (_Near, _Equal)
