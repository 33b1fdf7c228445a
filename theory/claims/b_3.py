"""B.3: Amos-type bounds on the Bessel ratio from below and from above."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory import bessel
from theory.claims.base import Control, register
from theory.claims.functions import sqrt
from theory.claims.proof import F, Proof, Ratio
from theory.claims.ratios import RatioClaim, order, series, series_proof

__all__ = ["RatioAbove", "RatioBelow"]

#: Turán: f_{ν+1}² − f_ν f_{ν+2} ≥ 0.
TURAN = series("Turán", r"f_{\nu+1}^2 - f_\nu f_{\nu+2} \ge 0", (1, 0, 1, 1), (-1, 0, 0, 2))
#: 1 − A² − (2ν+1) A/z ≥ 0 times f_ν².
RICCATI = series(
    "Riccati",
    r"f_\nu^2 - z^2 f_{\nu+1}^2 - (2\nu+1) f_\nu f_{\nu+1} \ge 0",
    (1, 0, 0, 0),
    (-1, 2, 1, 1),
    (lambda nu: -(2 * nu + 1), 0, 0, 1),
)


def bound(c: Any, z: Any) -> Any:
    """z/(c + √(z² + c²)), the root in [0, 1] of A² + 2cA/z = 1."""
    return z / (c + sqrt(z**2 + c**2))


class _Above(RatioClaim):
    """The ratio minus the next one."""

    def proof(self) -> Proof:
        """A_h − A_{h+2} = z (f_{ν+1}² − f_ν f_{ν+2})/(f_ν f_{ν+1})."""
        return series_proof(
            lambda nu, z: Ratio(nu, z) - Ratio(nu + 1, z),
            lambda nu, z: z / (F(nu, z) * F(nu + 1, z)),
            TURAN,
        )


class _Above3Percent(Control, _Above):
    id = "B.3|lower/off-by-3-percent"
    statement = r"A_h(z) \ge 1.03\,A_{h+2}(z)"
    near = "the constant 1 replaced by 1.03"

    def margin(self, h: Any, z: Any) -> Any:
        nu = order(h)
        return bessel.ratio(nu, z) - 1.03 * bessel.ratio(nu + 1, z)


class _UpperAsLower(Control, _Above):
    id = "B.3|lower/upper"
    statement = r"A_h(z) \ge z/(c + \sqrt{z^2 + c^2}),\ c = (h-1)/2"

    def margin(self, h: Any, z: Any) -> Any:
        return bessel.ratio(order(h), z) - bound((h - 1) / 2, z)


@register
class RatioAbove(_Above):
    r"""The ratio decreases in h, which is Amos' bound from below [Amos1974].

    By the recurrence A_{h+2} = 1/A_h − h/z the three forms of the statement are one. It also says
    that A_h/z decreases, since (A_h/z)′ = A_h (A_{h+2} − A_h)/z, so that A_h′ ≤ A_h/z ≤ 1/h.
    """

    id = "B.3|lower"
    statement = (
        r"A_h(z) \ge A_{h+2}(z) \iff A_h^2 + h A_h/z \ge 1 \iff "
        r"A_h(z) \ge \frac{z}{h/2 + \sqrt{z^2 + h^2/4}}"
    )
    beyond = "Amos gives a sharper one, with (h−1)/2 before the root and (h+1)/2 in it."
    expected = "proved"
    controls = (_Above3Percent, _UpperAsLower)

    def margin(self, h: Any, z: Any) -> Any:
        """A_h − A_{h+2}."""
        nu = order(h)
        return bessel.ratio(nu, z) - bessel.ratio(nu + 1, z)


class _Below(RatioClaim):
    """A bound minus the ratio."""

    def proof(self) -> Proof:
        """U − A = (1 − A² − 2cA/z)/(U + A + 2c/z), U the root at c = ν + 1/2."""
        return series_proof(
            lambda nu, z: bound(nu + sympy.Rational(1, 2), z) - Ratio(nu, z),
            lambda nu, z: (
                1
                / (
                    F(nu, z) ** 2
                    * (bound(nu + sympy.Rational(1, 2), z) + Ratio(nu, z) + (2 * nu + 1) / z)
                )
            ),
            RICCATI,
        )


class _Below5Percent(Control, _Below):
    id = "B.3|upper/off-by-5-percent"
    statement = r"A_h(z) \le z/(c + \sqrt{z^2 + c^2}),\ c = 1.05\,(h-1)/2"
    near = "the constant 1 replaced by 1.05"

    def margin(self, h: Any, z: Any) -> Any:
        return bound(1.05 * (h - 1) / 2, z) - bessel.ratio(order(h), z)


class _LowerAsUpper(Control, _Below):
    id = "B.3|upper/lower"
    statement = r"A_h(z) \le z/(c + \sqrt{z^2 + c^2}),\ c = h/2"

    def margin(self, h: Any, z: Any) -> Any:
        return bound(h / 2, z) - bessel.ratio(order(h), z)


@register
class RatioBelow(_Below):
    r"""Amos' bound from above: the root of the Riccati equation with A′ = 0 [Amos1974].

    1 − A² − (h−1)A/z ≥ 0 has the coefficients (2ν+1)/(2(ν+m+1)(2ν+m+1)) times those of f_ν².
    """

    id = "B.3|upper"
    statement = r"A_h(z) \le \frac{z}{(h-1)/2 + \sqrt{z^2 + (h-1)^2/4}}"
    beyond = "At h = 1 it says tanh ≤ 1, and for ν < −1/2 it is false."
    expected = "proved"
    controls = (_Below5Percent, _LowerAsUpper)

    def margin(self, h: Any, z: Any) -> Any:
        """Bound minus ratio, from the complements 1 − U and 1 − A: both tend to 1."""
        c = (h - 1) / 2
        root = np.sqrt(z**2 + c**2)
        complement = (c + c**2 / (root + z)) / (c + root)
        return bessel.ratio_complement(order(h), z) - complement
