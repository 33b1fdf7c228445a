"""N.1|shells: beyond β_c two shells have the lowest Gaussian potential on the ball."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.centre import order
from theory.claims.domain import Domain
from theory.claims.functions import log_f
from theory.claims.proof import LogF, Proof, Step
from theory.claims.shells import SHELLS, between, mass_ratio, reserve, surface
from theory.claims.spaces import Choice

__all__ = ["ShellPotential", "log_lead"]


def log_lead(r: Any, beta: Any, h: Any) -> Any:
    """log(U(r)/E): potential of both shells at radius r over its value on them."""
    nu = order(h)
    ratio = mass_ratio(beta, nu)
    growth = np.exp(log_f(nu, beta * r) - log_f(nu, 0 * beta * r))
    return np.log((ratio + growth) / (1 + ratio)) - beta * r**2 / 2


class _Potential(Claim):
    """β between β_c and β_2, both inset."""

    domain = Domain(h=Choice([3, 2, 8], fixed=True), u=(0.0, 1.0), r=(0.0, 1.0))
    balls = True

    def margin(self, h: Any, u: Any, r: Any) -> Any:
        """U(r)/E − 1."""
        return np.expm1(log_lead(r, between(h, u), h))

    def scale(self, **_: Any) -> Any:
        """Exponents."""
        return 100.0

    def proof(self) -> Proof:
        """One change of sign in the power series; the two shells are its zeros."""
        beta = sympy.Symbol("beta", positive=True)
        r, ratio = sympy.symbols("r ratio", nonnegative=True)
        nu = sympy.Symbol("nu", nonnegative=True)
        growth = sympy.exp(LogF(nu, beta * r) - LogF(nu, 0))
        weight = sympy.exp(-beta * r**2 / 2) / (1 + ratio)
        start = self.stated(weight * (ratio + growth) - 1)
        first = beta - (2 * nu + 2) * (1 + ratio)
        left = weight * r**2 * (1 - r) * (1 + r) * beta / 2 * first / (2 * nu + 2)
        at = {"nu": nu, "beta": beta, "r": r, "ratio": ratio}
        steps = (Step(left, SHELLS, at, times=weight), Step(sympy.S.Zero))
        return Proof(start, (1 - r, first, surface(ratio, beta, nu)), steps, _coordinates)

    def stated(self, lead: Any) -> Any:
        """Margin from U/E − 1."""
        return lead


def _coordinates(h: Any, u: Any, r: Any) -> dict[str, Any]:
    beta, nu = between(h, u), order(h)
    return {"beta": beta, "nu": nu, "r": r, "ratio": mass_ratio(beta, nu)}


class _Lighter(Control, _Potential):
    id = "N.1|shells/.995"
    statement = r"U(r) \ge 1.005\,E"
    near = "the constant 1 replaced by 1.005"

    def margin(self, h: Any, u: Any, r: Any) -> Any:
        return super().margin(h, u, r) - 0.005

    def stated(self, lead: Any) -> Any:
        return lead - 0.005


class _Lowest(Control, _Potential):
    id = "N.1|shells/highest"
    statement = r"U(r) \le E"

    def margin(self, h: Any, u: Any, r: Any) -> Any:
        return -super().margin(h, u, r)

    def stated(self, lead: Any) -> Any:
        return -lead


@register
class ShellPotential(_Potential):
    r"""A share of the mass at the centre restores what the sphere loses beyond β_c [gaplab].

    In r² the series of ``ρ + Z(βr) − (1+ρ)e^{βr²/2}`` changes sign once, and vanishes at 0 and 1.
    The law on both shells is then the one of least Gaussian energy on the ball.
    """

    id = "N.1|shells"
    statement = (
        r"U(r) = e^{-\beta r^2/2}\,\frac{\rho + Z(\beta r)}{1+\rho}\,E \ge E,\quad "
        r"\rho = \frac{Z e^{-\beta/2}-1}{1-e^{-\beta/2}}"
        r"\quad(0 \le r \le 1,\ \beta_c \le \beta \le \beta_2(h))"
    )
    source = ("gaplab", "N.1, beyond β_c")
    hypotheses = (
        "β_2(h) is the root above β_c of (β/h − 1)(1 − e^{−β/2}) = Z e^{−β/2} − 1",
        "h ≥ 2; β_2/β_c = 1.96, 1.59, 1.18 for h = 2, 3, 8, judged up to .99 β_2",
    )
    beyond = "Beyond β_2 the potential dips near the centre, and more shells are needed."
    expected = "proved"
    controls = (_Lighter, _Lowest)

    def reduced(self, h: Any, u: Any, r: Any) -> Any:
        """(β/h − 1)(1 − g) − (Z g − 1), which makes the first coefficient positive."""
        return reserve(between(h, u), h)

    def factor(self, h: Any, u: Any, r: Any) -> Any:
        """Weight · r²(1 − r²) β/2 over 1 − g."""
        beta = between(h, u)
        weight = np.exp(-beta * r**2 / 2) / (1 + mass_ratio(beta, order(h)))
        return weight * r**2 * (1 - r**2) * beta / 2 / (1 - np.exp(-beta / 2))

    def tie(self) -> Proof:
        """The first step of the proof."""
        beta = sympy.Symbol("beta", positive=True)
        r, ratio = sympy.symbols("r ratio", nonnegative=True)
        weight = sympy.exp(-beta * r**2 / 2) / (1 + ratio)
        return self.proof().until(1, weight * r**2 * (1 - r) * (1 + r) * beta / 2)
