"""Y.T4 without A6: the full loss wants no mean along the specific directions."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import logsumexp

from theory.claims.base import Array, Claim, Control, register
from theory.claims.centre import PHI, TAU
from theory.claims.domain import Domain
from theory.claims.spaces import Choice, Real
from theory.claims.structured import UnitRows

__all__ = ["NoSpecificMean"]


class _Mirrored(Claim):
    """Pairs that agree in C, of which a share w is mirrored: a_i → −a_i in both modalities.

    The last column of `z` is ±a_i, the others are P_C x_i = P_C y_i.
    """

    #: Share that is claimed to be best.
    best = 0.5
    domain = Domain(
        n=Choice([2, 1, 3, 6]),
        h=Choice([3, 4, 6]),
        z=UnitRows("n", "h-1"),
        phi=PHI,
        tau=Real(*TAU, log=True),
        w=(0.0, 0.45),
    )

    def margin(self, w: Any, **params: Any) -> Any:
        """Loss at share w minus loss at the best share."""
        return self.loss(w, **params) - self.loss(np.full_like(w, self.best), **params)

    def loss(self, w: Any, z: Any, phi: Any, tau: Any, **_: Any) -> Array:
        """2 E_x log E_y e^{βx·y} of the mixture; the alignment term does not depend on w."""
        inside = z[..., :-1] @ np.swapaxes(z[..., :-1], -1, -2)
        side = np.abs(z[..., -1])
        across = side[..., :, None] * side[..., None, :] * np.cos(phi)[:, None, None]
        same = logsumexp((inside + across) / tau[:, None, None], axis=-1)
        other = logsumexp((inside - across) / tau[:, None, None], axis=-1)
        with np.errstate(divide="ignore"):
            kept, turned = np.log1p(-w)[:, None], np.log(w)[:, None]
        kept_rows = np.logaddexp(kept + same, turned + other).mean(axis=-1)
        turned_rows = np.logaddexp(kept + other, turned + same).mean(axis=-1)
        return np.asarray(2 * ((1 - w) * kept_rows + w * turned_rows))

    def scale(self, tau: Any, **_: Any) -> Any:
        """Size of the scores."""
        return 2 / tau


class _Uneven(Control, _Mirrored):
    id = "Y.T4|free/.48"
    statement = r"\text{a share .48 of mirrored pairs is best}"
    near = "the share .5 replaced by .48"
    best = 0.48
    domain = Domain(**{**_Mirrored.domain.spaces, "w": Real(0.5, 0.52)})


class _Kept(Control, _Mirrored):
    id = "Y.T4|free/none"
    statement = r"\text{a share 0 of mirrored pairs is best}"
    best = 0.0


@register
class NoSpecificMean(_Mirrored):
    r"""A law on one side of C gains by mirroring half of its pairs: then it has no gap [gaplab].

    The mirror R keeps P_C, the constraint and all x_i·y_j within a half; between the halves
    ``s_i·s_j − a_i a_j cos φ ≤ s_i·s_j + a_i a_j cos φ``. So the optimum of the full loss is not
    one-sided, and the mixture has mean 0 along the specific directions.
    """

    id = "Y.T4|free"
    statement = r"F[(1-w)\pi + w R\pi] \ge F[\tfrac12\pi + \tfrac12 R\pi]"
    source = ("gaplab", "remark on Y.T4")
    hypotheses = (
        "A and B are hyperplanes at dihedral angle φ, full loss, free particles",
        "P_C x_i = P_C y_i and x_i·u_A = y_i·u_B = a_i ≥ 0: every pair on one side, as in A6",
        "R mirrors the component along the specific directions in both modalities",
    )
    beyond = (
        "For a_i of both signs a mirrored pair may fall onto another one and raise the loss (two "
        "pairs with a = −.406 and .8, φ = 1.4, τ = .02)."
    )
    expected = "supported"
    controls = (_Uneven, _Kept)
