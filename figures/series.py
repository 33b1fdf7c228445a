"""Curves with their uncertainty over seeds, read from a trajectory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import xarray as xr

from theory.statistics import mean_interval

__all__ = ["Band", "band_of", "bands"]


class Band(NamedTuple):
    """A mean curve and its 95 % interval over `n` runs (NaN bounds for one run)."""

    x: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: int


def band_of(x: np.ndarray, values: np.ndarray, *, log: bool = False) -> Band | None:
    """The band of `values` (runs × points) over `x`; None where nothing was measured.

    A point counts where at least one run measured it. With `log` the mean is geometric and the
    interval that of the logarithms, as a logarithmic axis shows them; values must be positive.
    """
    if log:
        found = band_of(x, np.log(np.where(values > 0, values, np.nan)))
        if found is None:
            return None
        mean, low, high = np.exp(found.mean), np.exp(found.low), np.exp(found.high)
        return Band(found.x, mean, low, high, found.n)
    measured = np.isfinite(values).any(axis=0)
    if not measured.any():
        return None
    columns = [column[np.isfinite(column)] for column in values.T[measured]]
    mean, low, high = np.array([mean_interval(column)[:3] for column in columns]).T
    return Band(x[measured], mean, low, high, max(len(column) for column in columns))


def bands(
    trajectory: xr.Dataset, names: tuple[str, ...], x: str = "step", *, log: bool = False
) -> dict[str, Band]:
    """Bands over runs of those variables in `names` that the trajectory has.

    `x` is ``"step"`` or a variable that is the same in all runs, such as ``"time"``; `log` as for
    `band_of`.
    """
    at = trajectory[x]
    axis = (at.mean("run", skipna=True) if "run" in at.dims else at).values
    found = {
        name: band_of(
            np.asarray(axis, dtype=float),
            trajectory[name].transpose("run", "step").values,
            log=log,
        )
        for name in names
        if name in trajectory
    }
    return {name: band for name, band in found.items() if band is not None}
