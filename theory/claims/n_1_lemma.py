"""N.1|lemma: what would carry the finite-N theorem beyond β_c."""

from __future__ import annotations

import functools
import math
from typing import Any, ClassVar

import numpy as np
from flint import arb, ctx
from scipy.special import roots_gegenbauer

from theory.claims.base import Array, Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.spaces import Choice

__all__ = ["RootOverlap", "overlaps"]

#: Bits for the sums of q, whose terms cancel like e^{−2β}, and their number.
BITS, DEGREES = 256, 72
#: Nodes of the quadrature on [−1, 1]; exact for products of all degrees used.
NODES = 96


@functools.lru_cache(maxsize=64)
def _root_series(h: int, beta: float) -> tuple[Array, Array]:
    r"""Degrees' dimensions d_l and coefficients c_l = E √q(u) P_l(u), by quadrature.

    q = Σ_l d_l √r_l P_l with r_l = I_{ν+l}(β)/I_ν(β) is the convolution root of e^{βx·y}/Z(β);
    it is non-negative [Kent1977].
    """
    alpha = h / 2 - 1
    if h == 2:
        nodes = np.cos(math.pi * (2 * np.arange(NODES) + 1) / (2 * NODES))
        weights = np.full(NODES, 1 / NODES)
    else:
        nodes, weights = roots_gegenbauer(NODES, alpha)
        weights = weights / weights.sum()
    dimensions = [1] + [
        (2 * k + h - 2) * math.comb(k + h - 3, k - 1) // k if h > 2 else 2
        for k in range(1, DEGREES)
    ]
    kept = ctx.prec
    ctx.prec = BITS
    try:
        bessels = [arb(beta).bessel_i(arb(alpha) + k) for k in range(DEGREES)]
        scaled = [d * (i / bessels[0]).sqrt() for d, i in zip(dimensions, bessels, strict=True)]
        roots = np.array([float(_series(scaled, arb(u), h).sqrt().mid()) for u in nodes])
    finally:
        ctx.prec = kept
    coefficients = (weights * roots) @ _harmonics(nodes, h)
    return np.array(dimensions, dtype=np.float64), coefficients


def _series(scaled: list[Any], u: Any, h: int) -> Any:
    """Sum of scaled_l P_l(u), by the recurrence of the P_l."""
    before, now, total = arb(1), u, scaled[0] + scaled[1] * u
    for k in range(1, len(scaled) - 1):
        before, now = now, ((2 * k + h - 2) * u * now - k * before) / (k + h - 2)
        total += scaled[k + 1] * now
    return total


def _harmonics(u: Array, h: int) -> Array:
    """Zonal harmonics P_l(u) with P_l(1) = 1, degrees along the last axis."""
    rows = [np.ones_like(u), u]
    for k in range(1, DEGREES - 1):
        rows.append(((2 * k + h - 2) * u * rows[-1] - k * rows[-2]) / (k + h - 2))
    return np.stack(rows, axis=-1)


def overlaps(h: int, beta: float, cosine: Array) -> Array:
    """Return ∫√(q_x q_y) dσ for x·y = cosine: √q_x convolved with √q_y."""
    dimensions, coefficients = _root_series(h, beta)
    return _harmonics(cosine, h) @ (dimensions * coefficients**2)


class _Overlap(Claim):
    """The overlap of two convolution roots at any angle."""

    domain = Domain(
        h=Choice([2, 3, 4, 8], fixed=True),
        beta=Choice([0.5, 2, 3, 5, 8, 12, 16]),
        cosine=(-1.0, 1.0),
    )
    exponent: ClassVar[float] = 1.0

    def margin(self, h: Any, beta: Any, cosine: Any) -> Any:
        """Overlap in units of e^{−β‖x−y‖²/4}, minus one, with ‖x−y‖² = 2(1 − cosine)."""
        found = np.empty(len(beta))
        for value in np.unique(beta):
            at = beta == value
            found[at] = overlaps(int(h[0]), float(value), cosine[at])
        return found * np.exp(self.exponent * beta * (1 - cosine) / 2) - 1

    def scale(self, beta: Any, cosine: Any, **_: Any) -> Any:
        """The unit e^{β‖x−y‖²/4}, which magnifies the rounding of a sum of size one."""
        return 50 * np.exp(beta * (1 - cosine) / 2)


class _SmallerExponent(Control, _Overlap):
    id = "N.1|lemma/exponent-.95"
    statement = r"\int\sqrt{q_xq_y}\,d\sigma \ge e^{-0.95\,\beta\|x-y\|^2/4}"
    near = "the constant 1 in the exponent replaced by .95"
    exponent = 0.95


class _HalfExponent(Control, _Overlap):
    id = "N.1|lemma/half-the-exponent"
    statement = r"\int\sqrt{q_xq_y}\,d\sigma \ge e^{-\beta\|x-y\|^2/8}"
    exponent = 0.5


@register
class RootOverlap(_Overlap):
    r"""The convolution root of the vMF kernel overlaps with its translates enough [gaplab].

    With P_x = q_x and S = 1 on the sphere the bridge gives ``L − 2 log N − K ≥
    E[β‖x−y‖² + 4 log ∫√(q_x q_y)]``, so this would carry N.1 to every β. Not proved.
    """

    id = "N.1|lemma"
    statement = (
        r"\int\sqrt{q_x q_y}\,d\sigma \ge e^{-\beta\|x-y\|^2/4},\quad "
        r"q_x * q_y = e^{\beta x\cdot y}/Z(\beta)"
    )
    source = ("gaplab", "N.1, open lemma beyond β_c")
    hypotheses = (
        "q is the convolution root of the vMF kernel on the sphere [Kent1977]",
        "h ∈ {2, 3, 4, 8} and β on a grid up to 16, on both sides of β_c",
    )
    beyond = "No proof is known; beyond β = 16 the quadrature runs out of digits."
    expected = "supported"
    controls = (_SmallerExponent, _HalfExponent)
