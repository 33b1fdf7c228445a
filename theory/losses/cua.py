"""CLIP with uniformity and alignment: CUA and CUAXU."""

from __future__ import annotations

import math
from typing import ClassVar

import torch

from theory.losses.atp import AlignTruePairs
from theory.losses.base import Loss, register
from theory.losses.gaussian_sums import dense_exponents
from theory.losses.infonce import InfoNCE
from theory.losses.pairwise import PairwiseLoss
from theory.losses.uniformity import Uniformity
from theory.losses.weighted import WeightedSum
from theory.validation import check_number

__all__ = ["CUA", "CUAXU", "CrossUniformity"]


@register("cross_uniformity")
class CrossUniformity(PairwiseLoss):
    """``log mean_{j≠k} e^{−t‖x_j−y_k‖²}``: rows apart from the others' rows [Fahim2024].

    Parameters
    ----------
    t : float
        Sharpness of the Gaussian potential.
    pairs : {"anchor", "all"}
        Which views are compared when there are more than two; their mean is taken.
    anchor : int
        Index of the anchor view.
    engine, check
        See `Loss`; the sum is always taken over the full N × N matrix.

    Examples
    --------
    >>> x = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    >>> CrossUniformity()(x, x, logit_scale=1.0)["loss"].item()
    -8.0
    """

    terms = ("cross_uniformity",)
    minimum_rows = 2
    streams = False

    def __init__(
        self,
        *,
        t: float = 2.0,
        pairs: str = "anchor",
        anchor: int = 0,
        engine: str = "auto",
        check: bool = True,
    ) -> None:
        super().__init__(pairs=pairs, anchor=anchor, engine=engine, check=check)
        self.t = check_number("t", t, 0, open_low=True)

    def _of_pair(
        self, x: torch.Tensor, y: torch.Tensor, logit_scale: torch.Tensor, engine: str
    ) -> torch.Tensor:
        count = x.shape[-2]
        total = dense_exponents(x, y, self.t).flatten(-2).logsumexp(-1)
        return total - math.log(count * (count - 1))


@register("cua")
class CUA(WeightedSum):
    """``InfoNCE + ½(unif(x) + unif(y)) + align``: spread each modality, align pairs [Fahim2024].

    With M views the uniformity is their mean.

    Parameters
    ----------
    uniformity_weight, align_weight : float
        Weights of the added terms; 1 as published.
    t : float
        Sharpness of the Gaussian potential.
    pairs : {"anchor", "all"}
        Which views are compared when there are more than two.
    anchor : int
        Index of the anchor view.
    engine, check
        See `Loss`.

    Examples
    --------
    >>> x = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    >>> terms = CUA()(x, x, logit_scale=0.0)
    >>> {name: round(value.item(), 4) for name, value in terms.items()}
    {'infonce': 0.6931, 'uniformity': -8.0, 'atp': 0.0, 'loss': -7.3069}
    """

    terms: ClassVar[tuple[str, ...]] = ("infonce", "uniformity", "atp")
    minimum_rows = 2

    def __init__(
        self,
        *,
        uniformity_weight: float = 1.0,
        align_weight: float = 1.0,
        t: float = 2.0,
        pairs: str = "anchor",
        anchor: int = 0,
        engine: str = "auto",
        check: bool = True,
    ) -> None:
        super().__init__(check=check, engine=engine)
        self.uniformity_weight = uniformity_weight
        self.align_weight = align_weight
        self._infonce = InfoNCE(pairs=pairs, anchor=anchor)
        self._uniformity = Uniformity(t=t)
        self._atp = AlignTruePairs(pairs=pairs, anchor=anchor)

    def _parts(self) -> list[tuple[Loss, float]]:
        return [
            (self._infonce, 1.0),
            (self._uniformity, self.uniformity_weight),
            (self._atp, self.align_weight),
        ]


@register("cuaxu")
class CUAXU(CUA):
    """`CUA` with `CrossUniformity` besides [Fahim2024].

    Parameters
    ----------
    cross_weight : float
        Weight of the cross-modal uniformity; 1 as published.
    t, pairs, anchor, uniformity_weight, align_weight, engine, check
        See `CUA`.
    """

    terms = (*CUA.terms, "cross_uniformity")
    streams = False

    def __init__(
        self,
        *,
        cross_weight: float = 1.0,
        t: float = 2.0,
        pairs: str = "anchor",
        anchor: int = 0,
        uniformity_weight: float = 1.0,
        align_weight: float = 1.0,
        engine: str = "auto",
        check: bool = True,
    ) -> None:
        super().__init__(
            uniformity_weight=uniformity_weight,
            align_weight=align_weight,
            t=t,
            pairs=pairs,
            anchor=anchor,
            engine=engine,
            check=check,
        )
        self.cross_weight = cross_weight
        self._cross = CrossUniformity(t=t, pairs=pairs, anchor=anchor)

    def _parts(self) -> list[tuple[Loss, float]]:
        return [*super()._parts(), (self._cross, self.cross_weight)]
