"""Y.C2: where pairs that agree in C are equal, and where they are parallel after projection."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.centre import PHI
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Choice
from theory.claims.structured import UnitVector

__all__ = ["AgreeingPair", "ProjectedPairs", "view"]

#: A few roundings of quantities of size one.
TOLERANCE = 1e-14


class AgreeingPair(Claim):
    """x = a u_A + r s, y = a u_B + r s, with r² = 1 − a² and s a unit vector of C."""

    constant: float = 1
    domain = Domain(h=Choice([3, 4, 8, 64]), s=UnitVector("h-2"), a=(-1.0, 1.0), phi=PHI)

    def margin(self, s: Any, a: Any, phi: Any, **_: Any) -> Any:
        """Tolerance minus the error of the formula, from the vectors."""
        r, c = np.sqrt(1 - a * a), np.cos(phi)
        x, y = view(s, a, r, np.zeros_like(a)), view(s, a, r, phi)
        return TOLERANCE - np.abs(self.found(x, y, phi) - self.claimed(a, r, c))

    def found(self, x: Any, y: Any, phi: Any) -> Any:
        """Return what the statement is about, from the two vectors."""
        raise NotImplementedError

    def exact(self, a: Any, r: Any, c: Any) -> Any:
        """Return the same in coordinates."""
        raise NotImplementedError

    def claimed(self, a: Any, r: Any, c: Any) -> Any:
        """Return the formula."""
        raise NotImplementedError

    def proof(self) -> Proof:
        """The formula is an identity in a, r and cos φ."""
        a, r, c = sympy.symbols("a r c", real=True)
        tolerance = sympy.Float(TOLERANCE)
        start = tolerance - sympy.Abs(self.exact(a, r, c) - self.claimed(a, r, c))
        steps = (Step(tolerance), Step(sympy.S.Zero))

        def coordinates(a: Any, phi: Any, **_: Any) -> dict[str, Any]:
            return {"a": a, "r": np.sqrt(1 - a * a), "c": np.cos(phi)}

        return Proof(start, (), steps, coordinates)


def view(s: Any, a: Any, r: Any, phi: Any) -> Any:
    """Return r s + a u, with u at angle φ from u_A in the plane orthogonal to C."""
    across = np.stack([a * np.cos(phi), a * np.sin(phi)], axis=-1)
    return np.concatenate([r[..., None] * s, across], axis=-1)


class _Parallel(AgreeingPair):
    def found(self, x: Any, y: Any, phi: Any) -> Any:
        """Squared area spanned by P_B x and y, P_B x = x − (x·n_B) n_B."""
        normal = np.stack([-np.sin(phi), np.cos(phi)], axis=-1)
        normal = np.concatenate([np.zeros_like(x[..., :-2]), normal], axis=-1)
        p = x - (x * normal).sum(axis=-1, keepdims=True) * normal
        return (p * p).sum(axis=-1) * (y * y).sum(axis=-1) - (p * y).sum(axis=-1) ** 2

    def exact(self, a: Any, r: Any, c: Any) -> Any:
        """Return the same with P_B x = a c u_B + r s."""
        return (a**2 * c**2 + r**2) * (a**2 + r**2) - (a**2 * c + r**2) ** 2

    def claimed(self, a: Any, r: Any, c: Any) -> Any:
        """a²(1 − a²)(1 − cos φ)²."""
        return self.constant * a**2 * r**2 * (1 - c) ** 2


class _Near(Control, _Parallel):
    id = "Y.C2|parallel/1.05"
    statement = r"\mathrm{area}^2 = 1.05\,a^2(1-a^2)(1-\cos\varphi)^2"
    near = "the constant 1 replaced by 1.05"
    constant = 1.05


class _NeverParallel(Control, _Parallel):
    id = "Y.C2|parallel/never"
    statement = r"\mathrm{area}^2 \ge .01\,(1-\cos\varphi)^2,\ \text{never parallel, as published}"

    def margin(self, s: Any, a: Any, phi: Any, **_: Any) -> Any:
        r = np.sqrt(1 - a * a)
        x, y = view(s, a, r, np.zeros_like(a)), view(s, a, r, phi)
        return self.found(x, y, phi) - 0.01 * (1 - np.cos(phi)) ** 2


@register
class ProjectedPairs(_Parallel):
    r"""P_B x is parallel to y exactly for a ∈ {0, ±1}: the exceptions to the published claim.

    The squared area that P_B x and y span is a²(1 − a²)(1 − cos φ)² [Yi2025].
    """

    id = "Y.C2|parallel"
    statement = (
        r"|P_Bx|^2|y|^2 - (P_Bx\cdot y)^2 = a^2(1-a^2)(1-\cos\varphi)^2,\ \text{so } "
        r"P_Bx \parallel y \iff a \in \{0, \pm1\}"
    )
    source = ("Yi2025", "corollary on pairs outside the centres, with its exceptions")
    hypotheses = ("A and B are hyperplanes at dihedral angle φ > 0", "P_C x = P_C y, a = x·c_x")
    beyond = "As published (never parallel) it fails for pairs inside C and for the centres."
    expected = "proved"
    controls = (_Near, _NeverParallel)
