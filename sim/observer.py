"""What a trajectory records of a state: loss terms and metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from theory import losses, metrics
from theory.limits import excess

__all__ = ["TERMS", "observe"]

TERMS = ("infonce", "atp", "cu")
"""Losses recorded of every state, unweighted, whatever the particles descend."""

_LOSSES: dict[str, losses.Loss] = {name: losses.create(name, check=False) for name in TERMS}


def observe(
    views: tuple[torch.Tensor, ...],
    logit_scale: torch.Tensor,
    *,
    names: Sequence[str] | None = None,
    groups: NDArray[np.int64] | None = None,
) -> list[dict[str, Any]]:
    """Loss terms, excess and metrics of the states of R runs.

    Parameters
    ----------
    views : tuple of torch.Tensor, each (R, N, h)
    logit_scale : torch.Tensor, (R,)
    names : sequence of str, optional
        Names for `theory.metrics.snapshot`.
    groups : ndarray, (N,), optional
        Equal integers where pairs share a caption: retrieval takes any of them for right.

    Returns
    -------
    list of dict
        Floats and one-dimensional arrays of each run.
    """
    terms = {
        name: loss.values(*views, logit_scale=logit_scale)["loss"].tolist()
        for name, loss in _LOSSES.items()
    }
    pairs = views[0].shape[1]
    seen = []
    for run in range(len(views[0])):
        values: dict[str, Any] = {name: found[run] for name, found in terms.items()}
        values["excess"] = float(excess(values["infonce"], pairs))
        own = (view[run] for view in views)
        seen.append(values | metrics.snapshot(*own, names=names, groups=groups))
    return seen
