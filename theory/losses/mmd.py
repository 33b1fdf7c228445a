"""Maximum mean discrepancy between modalities."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import torch

from theory.losses.base import Loss, Terms, register
from theory.losses.gaussian_sums import GaussianTiles, dense_exponents
from theory.losses.pairs import Pairing
from theory.losses.tiles import evaluate_runs, single_pass
from theory.validation import check_number

__all__ = ["MMD"]


@register("mmd")
class MMD(Loss):
    """``E k(x,x′) + E k(y,y′) − 2E k(x,y)``, k = e^{−‖·‖²/2σ²}, over i ≠ j [Gretton2012].

    The unbiased estimate of the squared discrepancy, averaged over the pairs of views. It
    compares laws: the true pairs are left out, so it draws the clouds together, not the pairs.
    It may be slightly negative, and is 0 if the views are equal. With the same bandwidth the
    metric ``mmd2`` is the same number.

    Parameters
    ----------
    bandwidth : float
        σ. Independent unit rows are about √2 apart in high dimension.
    pairs : {"anchor", "all"}
        Which views are compared when there are more than two.
    anchor : int
        Index of the anchor view.
    engine : {"auto", "dense", "streaming"}
        What computes the pairwise sums, see `Loss`.
    check : bool
        Look for zero and non-finite rows.

    Examples
    --------
    >>> x = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    >>> MMD()(x, x, logit_scale=1.0)["loss"].item()
    0.0
    """

    terms = ("mmd",)
    minimum_rows = 2

    def __init__(
        self,
        *,
        bandwidth: float = 1.0,
        pairs: str = "anchor",
        anchor: int = 0,
        engine: str = "auto",
        check: bool = True,
    ) -> None:
        super().__init__(check=check, engine=engine)
        self.bandwidth = check_number("bandwidth", bandwidth, 0, open_low=True)
        self.pairing = Pairing(pairs, anchor)

    def _sums(self, views: tuple[torch.Tensor, ...]) -> list[tuple[float, tuple[int, ...]]]:
        """Kernel sums Σ_{i≠j} that make the loss: weight, and one view or two."""
        pairs = self.pairing.indices(len(views))
        weight = 1 / (len(pairs) * views[0].shape[-2] * (views[0].shape[-2] - 1))
        within = Counter(chain.from_iterable(pairs))
        return [(weight * count, (index,)) for index, count in within.items()] + [
            (-2 * weight, pair) for pair in pairs
        ]

    @property
    def _t(self) -> float:
        return 1 / (2 * self.bandwidth**2)

    def _evaluate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> Terms:
        if engine == "streaming":
            return Terms({"mmd": single_pass(self._by_tiles, *views)}, engine)
        value = torch.zeros_like(views[0][..., 0, 0])
        for weight, (first, *second) in self._sums(views):
            other = views[second[0]] if second else None
            kernel = dense_exponents(views[first], other, self._t).exp()
            value = value + weight * kernel.sum((-1, -2))
        return Terms({"mmd": value}, engine)

    def _by_tiles(
        self, *views: torch.Tensor, slope: bool
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        value = views[0].new_zeros(len(views[0]), dtype=torch.float64)
        gradients = tuple(torch.zeros_like(view) for view in views if slope)
        for weight, members in self._sums(views):
            first, *second = (views[index] for index in members)
            total, slopes = GaussianTiles(first, second[0] if second else None, self._t).sum(
                slope=slope
            )
            value += weight * total
            for index, part in zip(members, slopes, strict=False):
                gradients[index].add_(part, alpha=weight)
        return value, gradients

    def _differentiate(
        self,
        views: tuple[torch.Tensor, ...],
        logit_scale: torch.Tensor,
        engine: str,
        *,
        learned: bool,
    ) -> tuple[Terms, tuple[torch.Tensor, ...], torch.Tensor]:
        if engine == "dense":
            return super()._differentiate(views, logit_scale, engine, learned=learned)
        value, gradients = evaluate_runs(self._by_tiles, *views)
        return Terms({"mmd": value}, engine), gradients, torch.zeros_like(logit_scale)
