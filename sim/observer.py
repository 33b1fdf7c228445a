"""What a trajectory records of a state: loss terms and metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from theory import losses, metrics
from theory.limits import excess

__all__ = ["TERMS", "observe"]

TERMS = ("infonce", "atp", "cu")
"""Losses recorded of every state, unweighted, whatever the particles descend."""

_LOSSES: dict[str, losses.Loss] = {name: losses.create(name, check=False) for name in TERMS}


def observe(
    views: tuple[torch.Tensor, ...],
    logit_scale: float,
    *,
    names: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Loss terms, excess and metrics of one state.

    Parameters
    ----------
    views : tuple of torch.Tensor, each (N, h)
    logit_scale : float
    names : sequence of str, optional
        Names for `theory.metrics.snapshot`.

    Returns
    -------
    dict
        Floats and one-dimensional arrays.
    """
    with torch.no_grad():
        seen: dict[str, Any] = {
            name: loss(*views, logit_scale=logit_scale)["loss"].item()
            for name, loss in _LOSSES.items()
        }
    seen["excess"] = float(excess(seen["infonce"], len(views[0])))
    return seen | metrics.snapshot(*views, names=names)
