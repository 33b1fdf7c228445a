"""InfoNCE with the two terms that close the gap."""

from __future__ import annotations

from theory.losses.atp import AlignTruePairs
from theory.losses.base import Loss, register
from theory.losses.cu import CentroidUniformity
from theory.losses.infonce import InfoNCE
from theory.losses.weighted import WeightedSum

__all__ = ["GapClosing"]


@register("gap_closing")
class GapClosing(WeightedSum):
    """``InfoNCE + α·ATP + β·CU``: align true pairs, spread their centroids [Grassucci2026].

    The terms returned are weighted, so that they sum to the loss.

    Parameters
    ----------
    form : {"paper", "published"}
        ``"paper"``: the formula, with weights that stay as given. ``"published"``: the
        authors' code, whose centroids are normalised (see `CentroidUniformity`) and whose
        weights follow a schedule (see `weights_at`). It also holds τ at 0.1, which is the
        caller's to do: ``logit_scale=10``. That code has two modalities; for more, both
        forms compare with the anchor.
    atp_weight, cu_weight : float
        α and β, factors of the schedule in the published form. Plain attributes: a training
        loop may set them at any time.
    pairs : {"anchor", "all"}
        Which views InfoNCE and ATP compare when there are more than two.
    anchor : int
        Index of the anchor view.
    t : float
        Sharpness of the Gaussian potential of CU.
    engine : {"auto", "dense", "streaming"}
        What computes the pairwise sums, see `Loss`.
    check : bool
        Look for zero and non-finite rows.

    Examples
    --------
    >>> import torch
    >>> x = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    >>> terms = GapClosing(cu_weight=0.5)(x, x, logit_scale=0.0)
    >>> {name: round(value.item(), 4) for name, value in terms.items()}
    {'infonce': 0.6931, 'atp': 0.0, 'cu': -4.0, 'loss': -3.3069}
    """

    terms = ("infonce", "atp", "cu")
    minimum_rows = 2

    def __init__(
        self,
        *,
        form: str = "paper",
        atp_weight: float = 1.0,
        cu_weight: float = 1.0,
        pairs: str = "anchor",
        anchor: int = 0,
        t: float = 2.0,
        engine: str = "auto",
        check: bool = True,
    ) -> None:
        super().__init__(check=check, engine=engine)
        self.atp_weight = atp_weight
        self.cu_weight = cu_weight
        self._given_weights = (atp_weight, cu_weight)
        self._infonce = InfoNCE(pairs=pairs, anchor=anchor)
        self._atp = AlignTruePairs(pairs=pairs, anchor=anchor)
        self._cu = CentroidUniformity(form=form, t=t)

    @property
    def form(self) -> str:
        """Convention in use, ``"paper"`` or ``"published"``."""
        return self._cu.form

    def _parts(self) -> list[tuple[Loss, float]]:
        return [(self._infonce, 1.0), (self._atp, self.atp_weight), (self._cu, self.cu_weight)]

    def weights_at(self, epoch: float, epochs: float = 100.0) -> dict[str, float]:
        """Weights of the published schedule at `epoch` of `epochs`; none for the paper's form.

        In hundredths of the training: α is 1 until 50, then rises to 2 at 100; β is 1 until
        20, then falls to 0 at 70.

        Examples
        --------
        >>> GapClosing(form="published").weights_at(70, 100)
        {'atp_weight': 1.4, 'cu_weight': 0.0}
        """
        if self.form == "paper":
            return {}
        percent = 100.0 * epoch / epochs
        alpha = 1.0 + min(max((percent - 50.0) / 50.0, 0.0), 1.0)
        beta = 1.0 - min(max((percent - 20.0) / 50.0, 0.0), 1.0)
        given_alpha, given_beta = self._given_weights
        return {"atp_weight": given_alpha * alpha, "cu_weight": given_beta * beta}
