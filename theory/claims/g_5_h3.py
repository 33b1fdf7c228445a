"""G.5|h>=3: with unnormalised centroids the uniform sphere is optimal from three dimensions on."""

from __future__ import annotations

from typing import Any, ClassVar

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.centre import order
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Choice, Real
from theory.claims.uniform import CHORD, potential, psi

__all__ = ["CentroidUniformityFromThree"]


class _Potential(Claim):
    """Gaussian potential of the uniform sphere at radius ρ, and general sharpness t."""

    domain = Domain(h=Choice([3, 4, 8, 16, 64, 512, 1024], fixed=True), rho=Real(0.0, 1.0))
    balls = True
    sharpness: ClassVar[float] = 2.0

    def margin(self, h: Any, rho: Any) -> Any:
        """Logarithm of the potential at radius ρ over the one at the surface: Ψ at β = 2t."""
        return psi(rho, 0 * rho + 2 * self.sharpness, order(h))

    def scale(self, h: Any, rho: Any) -> Any:
        """Size of log f at large orders."""
        return 10.0 * h

    def reduced(self, h: Any, rho: Any) -> Any:
        """Ψ(0): by the chord lemma Ψ is concave in ρ², and Ψ(1) = 0."""
        return potential(0 * rho + 2 * self.sharpness, order(h))

    def factor(self, h: Any, rho: Any) -> Any:
        """1 − ρ²."""
        return 1 - rho**2

    def tie(self) -> Proof:
        """The chord lemma."""
        h, z = sympy.symbols("h z", positive=True)
        rho = sympy.Symbol("rho", nonnegative=True)
        nu, factor = order(h), (1 - rho) * (1 + rho)
        start = psi(rho, z, nu) - factor * potential(z, nu)
        step = Step(sympy.S.Zero, CHORD, {"nu": nu, "z": z, "r": rho})

        def coordinates(h: Any, rho: Any) -> dict[str, Any]:
            return {"h": h, "rho": rho, "z": 0 * rho + 2 * self.sharpness}

        return Proof(start, (1 - rho,), (step,), coordinates, asides=(factor,))


class _Sharper(Control, _Potential):
    id = "G.5|h>=3/sharpness-2.3"
    statement = r"e^{2.3(1-\rho^2)} f_\nu(4.6\rho) \ge f_\nu(4.6)"
    near = "false only for h = 3, where Ψ changes sign at 2t = β_c = 4.31"
    sharpness = 2.3


class _CentreLower(Control, _Potential):
    id = "G.5|h>=3/surface-above-centre"
    statement = r"e^{2-2\rho^2} f_\nu(4\rho) \le f_\nu(4)"

    reduced = Claim.reduced
    factor = Claim.factor

    def margin(self, h: Any, rho: Any) -> Any:
        return -psi(rho, 0 * rho + 4, order(h))


@register
class CentroidUniformityFromThree(_Potential):
    r"""The potential of the uniform sphere is lowest on the sphere, for h ≥ 3 [Grassucci2026].

    The Gaussian energy is convex, so the uniform law on the sphere minimises it over the ball
    iff no point of the ball has a lower potential: ``Ψ(ρ) ≥ 0`` at β = 4, that is 4 ≤ β_c(h),
    and β_c(3) = 4.307.
    """

    id = "G.5|h>=3"
    statement = r"e^{2-2\rho^2} f_\nu(4\rho) \ge f_\nu(4)\quad(0\le\rho\le1,\ h\ge3)"
    source = ("Grassucci2026", "optimum of L_CU, with the paper's unnormalised centroids")
    hypotheses = ("h ≥ 3", "centroids anywhere in the unit ball")
    beyond = "For h = 2 a share of the mass at the centre does better (G.5)."
    expected = "certified"
    controls = (_Sharper, _CentreLower)
