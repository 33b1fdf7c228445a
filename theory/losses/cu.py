"""Centroid Uniformity."""

from __future__ import annotations

import math
from functools import partial, reduce

import torch

from theory.losses.base import Loss, Terms, register
from theory.losses.log_potential import dense_log_potential, log_potential_by_tiles
from theory.losses.tiles import Evaluate, evaluate_runs, single_pass
from theory.validation import check_choice, check_number

__all__ = ["CentroidUniformity", "centroids"]

SHORTEST = 1e-12  # a centroid of this length or less (antipodal views) has no direction


def centroids(views: tuple[torch.Tensor, ...], form: str) -> torch.Tensor:
    """Mean of each row over the M views, (..., N, h); on the sphere for ``"published"``."""
    mean = reduce(torch.add, views) / len(views)
    if form == "paper":
        return mean
    return torch.nn.functional.normalize(mean, dim=-1, eps=SHORTEST)


def _of_sums(
    total: torch.Tensor, *, count: int, form: str, t: float, slope: bool
) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
    """Log-potential of the centroids of `count` views whose sum is `total`, and its gradient."""
    if form == "paper":
        divisor = total.new_full((1, 1, 1), count)
    else:
        divisor = torch.linalg.vector_norm(total, dim=-1, keepdim=True)
        divisor.clamp_(min=count * SHORTEST)
    value, gradients = log_potential_by_tiles(total, t, slope, divisor)
    for gradient in gradients:
        if form == "published":  # through s ↦ s/‖s‖
            radial = (gradient * total).sum(-1, keepdim=True)
            gradient.addcmul_(radial.div_(divisor.square()), total, value=-1)
        gradient.div_(divisor)
    return value, gradients


@register("cu")
class CentroidUniformity(Loss):
    """Uniformity of the centroids μ_i of the M views of each sample.

    ``log (1/N) Σ_i Σ_{j≠i} e^{−t‖μ_i−μ_j‖²}`` [Grassucci2026], after [WangIsola2020].

    Parameters
    ----------
    form : {"paper", "published"}
        ``"paper"`` takes the plain means as written above; ``"published"`` follows the
        authors' code, which normalises the means and averages over the pairs i < j (exactly
        log(N − 1) less on the same centroids).
    t : float
        Sharpness of the Gaussian potential.
    engine : {"auto", "dense", "streaming"}
        What computes the pairwise sums, see `Loss`.
    check : bool
        Look for zero and non-finite rows.

    Notes
    -----
    One sample has no pair: the loss needs N ≥ 2.

    Examples
    --------
    >>> x = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    >>> CentroidUniformity()(x, x, logit_scale=1.0)["loss"].item()
    -8.0
    """

    terms = ("cu",)
    minimum_rows = 2

    def __init__(
        self,
        *,
        form: str = "paper",
        t: float = 2.0,
        engine: str = "auto",
        check: bool = True,
    ) -> None:
        super().__init__(check=check, engine=engine)
        self.form = check_choice("form", form, ("paper", "published"))
        self.t = check_number("t", t, 0, open_low=True)

    def _evaluate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> Terms:
        if engine == "streaming":
            value = single_pass(self._by_tiles(len(views)), reduce(torch.add, views))
        else:
            value = dense_log_potential(centroids(views, self.form), self.t)
        return Terms({"cu": value - self._log_pairs(views)}, engine)

    def _by_tiles(self, count: int) -> Evaluate:
        return partial(_of_sums, count=count, form=self.form, t=self.t)

    def _log_pairs(self, views: tuple[torch.Tensor, ...]) -> float:
        count = views[0].shape[-2]
        return math.log(count * (count - 1) if self.form == "published" else count)

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
        value, (gradient,) = evaluate_runs(self._by_tiles(len(views)), reduce(torch.add, views))
        terms = Terms({"cu": value - self._log_pairs(views)}, engine)
        return terms, tuple(gradient.clone() for _ in views), torch.zeros_like(logit_scale)
