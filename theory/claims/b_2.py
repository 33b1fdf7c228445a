"""B.2: the Bessel ratio increases, so that log f_ν is convex."""

from __future__ import annotations

from typing import Any

from theory import bessel
from theory.claims.base import Control, register
from theory.claims.proof import F, Proof, Ratio
from theory.claims.ratios import RatioClaim, order, series, series_proof

__all__ = ["RatioIncreases"]

#: f_ν f_ν″ − f_ν′² ≥ 0, with f_ν′ = z f_{ν+1}.
CONVEX = series(
    "convexity",
    r"f_\nu f_\nu'' - f_\nu'^2 = f_\nu f_{\nu+1} + z^2 f_\nu f_{\nu+2} - z^2 f_{\nu+1}^2 \ge 0",
    (1, 0, 0, 1),
    (1, 2, 0, 2),
    (-1, 2, 1, 1),
)


class _Slope(RatioClaim):
    """Derivative of the ratio."""

    def proof(self) -> Proof:
        """A′ = f″/f − (f′/f)², the quadratic form over f_ν²."""
        return series_proof(
            lambda nu, z: Ratio(nu, z) * (Ratio(nu + 1, z) - Ratio(nu, z)) + Ratio(nu, z) / z,
            lambda nu, z: 1 / F(nu, z) ** 2,
            CONVEX,
        )


class _Steeper(Control, _Slope):
    id = "B.2/Riccati-off-by-5-percent"
    statement = r"1 - A_h^2 - 1.05\,(h-1)\,A_h/z \ge 0"
    near = "the constant 1 before (h−1)A_h/z in A_h′ = 1 − A_h² − (h−1)A_h/z replaced by 1.05"

    def margin(self, h: Any, z: Any) -> Any:
        nu = order(h)
        return bessel.ratio_derivative(nu, z) - 0.05 * (h - 1) * bessel.ratio(nu, z) / z


class _AboveChord(Control, _Slope):
    id = "B.2/convex"
    statement = r"A_h'(z) \ge A_h(z)/z"

    def margin(self, h: Any, z: Any) -> Any:
        nu = order(h)
        return bessel.ratio_derivative(nu, z) - bessel.ratio(nu, z) / z


@register
class RatioIncreases(_Slope):
    r"""A_h increases: A_h′ = (log f_ν)″ is a variance [Amos1974].

    f_ν f_ν″ − f_ν′² has the coefficients (2ν+1)/(2(ν+m+1)(2ν+m+1)) times those of f_ν².
    """

    id = "B.2"
    statement = r"A_h'(z) = (\log f_\nu)''(z) = 1 - A_h^2 - (h-1)\,A_h/z \ge 0"
    beyond = "For ν < −1/2 the ratio has a maximum; at h = 1 it is tanh, the limit of the proof."
    expected = "proved"
    controls = (_Steeper, _AboveChord)

    def margin(self, h: Any, z: Any) -> Any:
        """A′, by the function that does not cancel."""
        return bessel.ratio_derivative(order(h), z)
