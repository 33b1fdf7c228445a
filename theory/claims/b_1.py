"""B.1: the Bessel ratio lies in [0, 1]."""

from __future__ import annotations

from typing import Any

from theory import bessel
from theory.claims.base import Control, register
from theory.claims.proof import F, Proof, Ratio
from theory.claims.ratios import RatioClaim, order, series, series_proof

__all__ = ["RatioInUnitInterval"]

#: f_ν² − z² f_{ν+1}² ≥ 0.
SQUARES = series("squares", r"f_\nu^2 - z^2 f_{\nu+1}^2 \ge 0", (1, 0, 0, 0), (-1, 2, 1, 1))


class _BelowOne(RatioClaim):
    """One minus the ratio, by the function that keeps its relative accuracy."""

    def proof(self) -> Proof:
        """A(1 − A) = A (f_ν² − z² f_{ν+1}²)/(f_ν² (1 + A))."""
        return series_proof(
            lambda nu, z: Ratio(nu, z) * (1 - Ratio(nu, z)),
            lambda nu, z: z * F(nu + 1, z) / (F(nu, z) ** 2 * (F(nu, z) + z * F(nu + 1, z))),
            SQUARES,
        )


class _Below97(Control, _BelowOne):
    id = "B.1/below-.97"
    statement = r"0 \le A_h(z) \le 0.97"
    near = "the constant 1 replaced by .97"

    def margin(self, h: Any, z: Any) -> Any:
        nu = order(h)
        return bessel.ratio(nu, z) * (bessel.ratio_complement(nu, z) - 0.03)


class _Rational(Control, _BelowOne):
    id = "B.1/rational"
    statement = r"A_h(z) \le z/(h+z)"

    def margin(self, h: Any, z: Any) -> Any:
        return z / (h + z) - bessel.ratio(order(h), z)


@register
class RatioInUnitInterval(_BelowOne):
    r"""A_h, the mean length of a vMF law, lies in [0, 1] [Amos1974].

    A_h = z f_{ν+1}/f_ν of positive series, and f_ν² − z² f_{ν+1}² has the coefficients
    (2ν+1)/(2ν+1+m) times those of f_ν².
    """

    id = "B.1"
    statement = r"0 \le A_h(z) = I_{h/2}(z)/I_{h/2-1}(z) \le 1"
    beyond = "For ν < −1/2 the ratio exceeds 1; at h = 1 it is tanh, the limit of the proof."
    expected = "proved"
    controls = (_Below97, _Rational)

    def margin(self, h: Any, z: Any) -> Any:
        """A (1 − A)."""
        nu = order(h)
        return bessel.ratio(nu, z) * bessel.ratio_complement(nu, z)
