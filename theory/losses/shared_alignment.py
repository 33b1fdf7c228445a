"""Alignment inside the shared subspace, which leaves the gap alone."""

from __future__ import annotations

import math

import torch

from theory.losses.base import Loss, Terms, register
from theory.losses.infonce import InfoNCE
from theory.losses.pairs import Pairing
from theory.validation import check_number

__all__ = ["SharedAlignment"]


@register("shared_alignment")
class SharedAlignment(Loss):
    """``InfoNCE + α mean_i ‖P[(x_i − x̄) − (y_i − ȳ)]‖²``, P onto the shared subspace.

    What Y.T4 says of the optimum, ``P_C x_i = P_C y_i``, asked for directly [Yi2025]: deviations
    of true pairs agree where both modalities vary; means and specific directions are free, so
    the gap stays. (The publication's own loss of this name is not public; this is derived.)

    P comes from the batch, without gradient: A and B span the directions that hold `variance`
    of each modality, and ``½(P_A + P_B)`` has the eigenvalue (1 + cos θ)/2 at the bisector of
    two principal vectors at angle θ; bisectors with θ ≤ `angle` span the shared subspace.

    Parameters
    ----------
    weight : float
        α.
    variance : float
        Share of the variance, in (0, 1].
    angle : float
        In radians; at most π/2.
    pairs : {"anchor", "all"}
        Which views are compared when there are more than two; their mean is taken.
    anchor : int
        Index of the anchor view.
    engine, check
        See `Loss`.

    Examples
    --------
    >>> x = torch.nn.functional.normalize(torch.arange(12.0).reshape(4, 3).sin(), dim=1)
    >>> SharedAlignment()(x, x, logit_scale=0.0)["shared"].item()
    0.0
    """

    terms = ("infonce", "shared")
    minimum_rows = 2

    def __init__(
        self,
        *,
        weight: float = 1.0,
        variance: float = 0.9,
        angle: float = math.pi / 4,
        pairs: str = "anchor",
        anchor: int = 0,
        engine: str = "auto",
        check: bool = True,
    ) -> None:
        super().__init__(check=check, engine=engine)
        self.weight = check_number("weight", weight, 0)
        self.variance = check_number("variance", variance, 0, 1, open_low=True)
        self.angle = check_number("angle", angle, 0, math.pi / 2)
        self._infonce = InfoNCE(pairs=pairs, anchor=anchor)
        self.pairing = Pairing(pairs, anchor)

    def _evaluate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> Terms:
        centred = [view - view.mean(-2, keepdim=True) for view in views]
        projectors = [self._varying(view.detach()) for view in centred]
        values = []
        for i, j in self.pairing.indices(len(views)):
            eigenvalues, vectors = torch.linalg.eigh((projectors[i] + projectors[j]) / 2)
            # A direction in both has 1 up to rounding.
            least = (1 + math.cos(self.angle)) / 2 - 1e-5
            shared = vectors * (eigenvalues >= least)[..., None, :]
            values.append(((centred[i] - centred[j]) @ shared).square().sum(-1).mean(-1))
        infonce = self._infonce._evaluate(views, logit_scale, engine)["loss"]
        return Terms(
            {"infonce": infonce, "shared": self.weight * torch.stack(values).mean(0)}, engine
        )

    def _varying(self, centred: torch.Tensor) -> torch.Tensor:
        """Projector (..., h, h) onto the fewest directions with that share of the variance."""
        values, vectors = torch.linalg.eigh(centred.transpose(-1, -2) @ centred)
        above = values.flip(-1).cumsum(-1).flip(-1)  # of this direction and all larger ones
        beyond = above - values
        kept = vectors * (beyond < self.variance * above[..., :1])[..., None, :]
        return kept @ kept.transpose(-1, -2)
