"""What the sweeping experiments share: grids of settings, and the views a run ended with."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

__all__ = ["grid", "many", "mode_rate", "views_of"]


def many(value: Any) -> tuple[Any, ...]:
    """The values of a swept setting; a single one is a sweep of one.

    Examples
    --------
    >>> many(0.5), many([1, 2])
    ((0.5,), (1, 2))
    """
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else (value,)


def grid(settings: Mapping[str, Any], *names: str) -> list[tuple[Any, ...]]:
    """All combinations of the swept settings `names`, the last one varying fastest.

    Examples
    --------
    >>> grid({"h": (3, 8), "tau": 0.5}, "h", "tau")
    [(3, 0.5), (8, 0.5)]
    """
    return list(itertools.product(*(many(settings[name]) for name in names)))


def views_of(found: xr.Dataset, kept: str = "view") -> list[tuple[NDArray[np.float64], ...]]:
    """Last views of every run of a simulation that kept them, one tuple (N, h) a run.

    Those of the particles (``"view"``, of ``keep_views``), or of the items ``"held_out"``.
    """
    names = sorted(str(name) for name in found.data_vars if str(name).startswith(f"{kept}_"))
    return [tuple(found[name].values[run] for name in names) for run in range(found.sizes["run"])]


def mode_rate(
    amplitude: NDArray[np.float64], found: xr.Dataset, first: int = 0
) -> NDArray[np.float64]:
    """Decay rate (R,) of an amplitude (R, steps) between the logged states `first` and the last.

    Explicit steps of size δ multiply a mode of rate λ by ``1 − λδ``; solving this for λ leaves
    no error of the step.
    """
    count = int(found["step"].values[-1] - found["step"].values[first])
    time = found["time"].values
    size = (time[:, -1] - time[:, first]) / count
    share = amplitude[:, -1] / amplitude[:, first]
    return np.asarray((1 - np.sign(share) * np.abs(share) ** (1 / count)) / size)
