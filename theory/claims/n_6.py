"""N.6: on the circle collapse with a gap may be a minimum of the full loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory.claims.base import Array, Claim, Control, register
from theory.claims.centre import TAU
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Real
from theory.claims.structured import UnitVector
from theory.claims.variation import second_variation

__all__ = ["CollapseOnTheCircle"]


class _TwoPoints(Claim):
    """All x at one point of the circle, all y at another, displaced by angles a_i and b_j.

    `part` is the share of the angles that x has: (a, b) = (√part · a, √(1 − part) · b).
    """

    #: What multiplies |cos θ| in the threshold.
    constant: float = 2
    domain = Domain(
        n=Choice([2, 3, 5, 8]),
        theta=(0.0, float(np.pi)),
        tau=Real(*TAU, log=True),
        part=(0.0, 1.0),
        a=UnitVector("n"),
        b=UnitVector("n"),
    )

    def scale(self, tau: Any, **_: Any) -> Any:
        """Size of the curvature."""
        return 1 / tau + 1 / tau**2

    def margin(self, **params: Any) -> Any:
        """Second variation minus its claimed lower bound."""
        at = coordinates(**params)
        return self.curvature(**params) - self.bound(**at)

    def curvature(self, theta: Any, tau: Any, part: Any, a: Any, b: Any, **_: Any) -> Array:
        """Second variation of the loss, computed from its particles."""
        a, b = np.sqrt(part)[:, None] * a, np.sqrt(1 - part)[:, None] * b
        zero, one = np.zeros_like(a), np.ones_like(a)
        c, s = np.cos(theta)[:, None] * one, np.sin(theta)[:, None] * one
        x, v = np.stack([one, zero], axis=-1), np.stack([zero, a], axis=-1)
        y, w = np.stack([c, s], axis=-1), np.stack([-s * b, c * b], axis=-1)
        return second_variation(x, y, v, w, 1 / tau)

    def bound(self, beta: Any, size: Any, spread: Any, **_: Any) -> Any:
        """(β² sin²θ − constant · β|cos θ|)(var a + var b); `size` = |cos θ|."""
        return (beta**2 * (1 - size**2) - self.constant * beta * size) * spread

    def proof(self) -> Proof:
        """The softmaxes are uniform: means of E″ = −β cos θ d² and variances of E′ = −β sin θ d."""
        beta, size = sympy.symbols("beta size", nonnegative=True)
        names = ("side", "a_mean", "b_mean", "a_square", "b_square", "product")
        side, a, b, a_square, b_square, product = sympy.symbols(names, real=True)
        spread = a_square - a**2 + b_square - b**2
        all_pairs = a_square + b_square - 2 * a * b  # mean of d² = (b_j − a_i)²
        true_pairs = a_square + b_square - 2 * product
        bending = -beta * side * size
        whole = 2 * bending * (all_pairs - true_pairs) + beta**2 * (1 - size**2) * spread
        start = whole - self.bound(beta=beta, size=size, spread=spread)
        fact = spread - 2 * side * (product - a * b)  # var(a ∓ b)
        return Proof(start, (fact,), (Step(sympy.S.Zero),), coordinates, grounds=("E.3",))


def coordinates(theta: Any, tau: Any, part: Any, a: Any, b: Any, **_: Any) -> dict[str, Any]:
    """What the second variation depends on."""
    a, b = np.sqrt(part)[:, None] * a, np.sqrt(1 - part)[:, None] * b
    cosine = np.cos(theta)
    return {
        "beta": 1 / tau,
        "size": np.abs(cosine),
        "side": np.where(cosine < 0, -1.0, 1.0),
        "spread": a.var(axis=-1) + b.var(axis=-1),
        "a_mean": a.mean(axis=-1),
        "b_mean": b.mean(axis=-1),
        "a_square": (a * a).mean(axis=-1),
        "b_square": (b * b).mean(axis=-1),
        "product": (a * b).mean(axis=-1),
    }


class _Smaller(Control, _TwoPoints):
    id = "N.6/1.9"
    statement = r"\beta\sin^2\theta > 1.9\,|\cos\theta|"
    near = "the constant 2 replaced by 1.9"
    constant = 1.9


class _Always(Control, _TwoPoints):
    id = "N.6/always"
    statement = r"\text{stable at every angle}"

    def bound(self, beta: Any, size: Any, spread: Any, **_: Any) -> Any:
        return 0 * spread


@register
class CollapseOnTheCircle(_TwoPoints):
    r"""Two point masses on the circle are stable where β sin²θ > 2|cos θ| [gaplab].

    With d = b_j − a_i, ``β cos(θ + d) = β(cos θ − sin θ d − ½ cos θ d²)``: first orders cancel, and
    the second variation is ``β² sin²θ (var a + var b) − 4β cos θ cov(a, b)``, at least
    ``(β² sin²θ − 2β|cos θ|)(var a + var b)``, with equality at b = ±a.
    """

    id = "N.6"
    statement = (
        r"\delta^2 L \ge (\beta^2\sin^2\theta - 2\beta|\cos\theta|)(\operatorname{var} a + "
        r"\operatorname{var} b)\quad(h = 2,\ x_i = x,\ y_i = y,\ x\cdot y = \cos\theta)"
    )
    source = ("gaplab", "N.6")
    hypotheses = ("h = 2", "any number N ≥ 2 of pairs", "the full loss, without constraint")
    beyond = (
        "Turning one cloud as a whole is neutral (the loss is 2 log N at every angle). In h ≥ 3 "
        "no angle is stable: N.6|above."
    )
    expected = "proved"
    controls = (_Smaller, _Always)
    simulation = (Prediction("circle", "modalities still collapsed at the end", "h=2"),)
