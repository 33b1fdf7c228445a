"""Y.T4 without A6: the full loss wants no mean along the specific directions."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from scipy.special import logsumexp

from theory.claims.base import Array, Claim, Control, register
from theory.claims.centre import PHI, TAU
from theory.claims.domain import Domain
from theory.claims.e_1 import LOG
from theory.claims.proof import Proof, Step
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Real
from theory.claims.structured import UnitRows

__all__ = ["NoSpecificMean"]

#: Largest number of pairs.
ROWS = 2


class _Mirrored(Claim):
    """Pairs that agree in C, of which a share w is mirrored: a_i → −a_i in both modalities.

    The last column of `z` is ±a_i, the others are P_C x_i = P_C y_i.
    """

    #: Share that is claimed to be best.
    best = 0.5
    domain = Domain(
        n=Choice([ROWS, 1]),
        h=Choice([3, 4, 6]),
        z=UnitRows("n", "h-1"),
        phi=PHI,
        tau=Real(*TAU, log=True),
        w=(0.0, 0.45),
    )

    def margin(self, w: Any, **params: Any) -> Any:
        """Loss at share w minus loss at the best share."""
        return self.loss(w, **params) - self.loss(np.full_like(w, self.best), **params)

    def sums(self, z: Any, phi: Any, tau: Any) -> tuple[Array, Array]:
        """Logarithms of each row's sum over its own side, and over the other."""
        inside = z[..., :-1] @ np.swapaxes(z[..., :-1], -1, -2)
        side = np.abs(z[..., -1])
        across = side[..., :, None] * side[..., None, :] * np.cos(phi)[:, None, None]
        scores = ((inside + sign * across) / tau[:, None, None] for sign in (1, -1))
        same, other = (np.asarray(logsumexp(s, axis=-1)) for s in scores)
        return same, other

    def loss(self, w: Any, z: Any, phi: Any, tau: Any, **_: Any) -> Array:
        """2 E_x log E_y e^{βx·y} of the mixture; the alignment term does not depend on w."""
        same, other = self.sums(z, phi, tau)
        with np.errstate(divide="ignore"):
            kept, turned = np.log1p(-w)[:, None], np.log(w)[:, None]
        kept_rows = np.logaddexp(kept + same, turned + other).mean(axis=-1)
        turned_rows = np.logaddexp(kept + other, turned + same).mean(axis=-1)
        return np.asarray(2 * ((1 - w) * kept_rows + w * turned_rows))

    def proof(self) -> Proof:
        """Two logarithms a row: log(1 ± x) ≥ 1 − 1/(1 ± x), x = v(S − O)/(S + O) ≤ v = 1 − 2w.

        S and O are a row's sums over its own side and over the other. The row loses
        (1+v)/2 log(1+x) + (1−v)/2 log(1−x) ≥ x(v − x)/(1 − x²) ≥ 0 against equal shares.
        """
        v, share = sympy.symbols("v share", nonnegative=True)
        lead = sympy.symbols(f"lead:{ROWS}", nonnegative=True)
        terms = []
        for x in lead:
            sides = ((share * (1 + v), 1 / (1 + x)), (share * (1 - v), 1 / (1 - x)))
            terms += [(times, z, -times * sympy.log(z)) for times, z in sides]
        start = left = sum(value for _, _, value in terms)
        steps = []
        for times, z, value in terms:
            left = left - value - times * (z - 1)
            steps.append(Step(left, LOG, {"z": z}, times=times))
        form = sum(2 * share * x * (v - x) / ((1 - x) * (1 + x)) for x in lead)
        steps.append(Step(sympy.S.Zero, forms=(form,)))
        facts = (1 - v, *(v - x for x in lead), *(1 - x for x in lead))
        return Proof(start, facts, tuple(steps), self._coordinates)

    def _coordinates(self, w: Any, z: Any, phi: Any, tau: Any, **_: Any) -> dict[str, Any]:
        same, other = self.sums(z, phi, tau)
        v = 1 - 2 * w
        # the leads stay below 1, as log(1 − x) must be finite where its weight 1 − v is 0
        leads = np.minimum(v[:, None] * np.tanh((same - other) / 2), 1 - 2.0**-53)
        values = {"v": v, "share": np.full(len(v), 1 / same.shape[-1])}
        for i in range(ROWS):
            values[f"lead{i}"] = leads[:, i] if i < same.shape[-1] else 0 * v
        return values

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
        "any number of pairs, shown for up to two",
    )
    beyond = (
        "For a_i of both signs a mirrored pair may fall onto another one and raise the loss (two "
        "pairs with a = −.406 and .8, φ = 1.4, τ = .02)."
    )
    expected = "proved"
    simulation = (
        Prediction("subspace", "mean along the specific directions of X"),
        Prediction("subspace", "centroid gap at the end"),
    )
    controls = (_Uneven, _Kept)
