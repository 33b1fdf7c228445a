"""Centroid Uniformity."""

from __future__ import annotations

import math
from functools import reduce

import torch

from theory.losses.base import Loss, Terms, register
from theory.losses.log_potential import (
    dense_log_potential,
    log_potential_and_gradient,
    streaming_log_potential,
)
from theory.validation import check_choice, check_number

__all__ = ["CentroidUniformity", "centroids"]

SHORTEST = 1e-12  # a centroid of this length or less (antipodal views) has no direction


def _mean(views: tuple[torch.Tensor, ...]) -> torch.Tensor:
    return reduce(torch.add, views) / len(views)


def centroids(views: tuple[torch.Tensor, ...], form: str) -> torch.Tensor:
    """Mean of each row over the M views, (..., N, h); on the sphere for ``"published"``."""
    mean = _mean(views)
    if form == "paper":
        return mean
    return torch.nn.functional.normalize(mean, dim=-1, eps=SHORTEST)


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
        log_potential = streaming_log_potential if engine == "streaming" else dense_log_potential
        value = log_potential(centroids(views, self.form), self.t) - self._log_pairs(views)
        return Terms({"cu": value}, engine)

    def _log_pairs(self, views: tuple[torch.Tensor, ...]) -> float:
        count = views[0].shape[-2]
        return math.log(count * (count - 1) if self.form == "published" else count)

    def _differentiate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> tuple[Terms, tuple[torch.Tensor, ...], torch.Tensor]:
        if engine == "dense":
            return super()._differentiate(views, logit_scale, engine)
        points = centroids(views, self.form)
        value, gradient = log_potential_and_gradient(points, self.t)
        if self.form == "published":  # through m ↦ m/‖m‖
            length = _mean(views).norm(dim=-1, keepdim=True)
            radial = (gradient * points).sum(-1, keepdim=True)
            gradient = (gradient - radial * points) / length.clamp_min(SHORTEST)
        terms = Terms({"cu": value - self._log_pairs(views)}, engine)
        share = gradient / len(views)
        return terms, tuple(share.clone() for _ in views), torch.zeros_like(logit_scale)
