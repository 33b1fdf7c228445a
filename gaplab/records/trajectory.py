"""The trajectory: what a run measured as it went, the same from simulation and from training.

One `xarray.Dataset` with dimensions ``run`` (one entry a seed or setting) and ``step``; array
variables add one dimension (``direction`` for spectra, ``angle`` for principal angles).
Configuration and versions are attributes; on disk it is NetCDF-4.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import h5netcdf
import numpy as np
import xarray as xr
from xarray.backends import H5NetCDFStore

from gaplab.records.errors import RecordError
from gaplab.records.files import atomic_path, plain
from gaplab.records.provenance import versions

__all__ = ["Recorder", "concat_runs", "config_of", "load_trajectory", "save_trajectory"]

SCHEMA = 1
"""Version of the layout, kept as the attribute ``gaplab_trajectory``."""

_DIMENSIONS = {"spectrum": "direction", "principal_angles": "angle"}
"""Dimension of an array variable, by its name without the view's suffix."""


def _dimension(name: str) -> str:
    for prefix, dimension in _DIMENSIONS.items():
        if name.startswith(prefix):
            return dimension
    return f"{name}_index"


class Recorder:
    """Collects one run of a simulation or a training, step by step.

    Parameters
    ----------
    run : str
        Label of the run, e.g. ``"seed 0"``.
    source : {"simulation", "training"}
        Where the numbers come from.
    config : mapping
        Everything needed to make the run again (JSON types).

    Examples
    --------
    >>> recorder = Recorder("seed 0", source="simulation", config={"h": 3})
    >>> recorder.log(0, {"centroid_gap": 2.0, "spectrum_x": [0.8, 0.6]})
    >>> recorder.log(10, {"centroid_gap": 0.5, "spectrum_x": [0.7, 0.7]})
    >>> dict(recorder.dataset().sizes)
    {'run': 1, 'step': 2, 'direction': 2}
    """

    def __init__(
        self, run: str, *, source: Literal["simulation", "training"], config: Mapping[str, Any]
    ) -> None:
        self.run = run
        self.source = source
        self.config = dict(config)
        self._steps: dict[int, dict[str, np.ndarray]] = {}

    @property
    def steps(self) -> list[int]:
        """Steps logged so far, ascending."""
        return sorted(self._steps)

    def log(self, step: int, values: Mapping[str, Any]) -> None:
        """Keep `values` (floats or 1-D arrays) of `step`; a second call for a step adds to it."""
        row = self._steps.setdefault(int(step), {})
        for name, value in values.items():
            array = np.asarray(value, dtype=np.float64)
            if array.ndim > 1:
                raise ValueError(f"{name} of step {step} has shape {array.shape}; log at most 1-D.")
            row[name] = array

    def dataset(self) -> xr.Dataset:
        """The run as a trajectory; what a step did not log is NaN."""
        steps = self.steps
        names = {name: self._steps[s][name].ndim for s in steps for name in self._steps[s]}
        widths: dict[str, int] = {}
        for row in self._steps.values():
            for name, value in row.items():
                if value.ndim:
                    dim = _dimension(name)
                    widths[dim] = max(widths.get(dim, 0), value.size)
        variables: dict[str, tuple[tuple[str, ...], np.ndarray]] = {}
        for name, ndim in names.items():
            if ndim == 0:
                column = [float(self._steps[s].get(name, np.nan)) for s in steps]
                variables[name] = (("run", "step"), np.array([column]))
                continue
            dim = _dimension(name)
            block = np.full((1, len(steps), widths[dim]), np.nan)
            for k, s in enumerate(steps):
                value = self._steps[s].get(name, np.empty(0))
                block[0, k, : value.size] = value
            variables[name] = (("run", "step", dim), block)
        return xr.Dataset(
            variables,
            coords={"run": [self.run], "step": steps},
            attrs={
                "gaplab_trajectory": SCHEMA,
                "source": self.source,
                "config": json.dumps(plain(self.config)),
                "versions": json.dumps(versions()),
            },
        )

    @classmethod
    def resume(cls, dataset: xr.Dataset, *, upto: int | None = None) -> Recorder:
        """Continue a saved run (one entry of ``run``), forgetting the steps after `upto`."""
        run = str(dataset["run"].item())
        source = dataset.attrs["source"]
        recorder = cls(run, source=source, config=config_of(dataset))
        for step in dataset["step"].values:
            if upto is not None and step > upto:
                break
            at = dataset.sel(step=step).isel(run=0)
            row = {str(name): at[name].values for name in dataset.data_vars}
            arrays = {n: v[~np.isnan(v)] if v.ndim else v for n, v in row.items()}
            recorder.log(int(step), {n: v for n, v in arrays.items() if v.size})
        return recorder


def concat_runs(datasets: Iterable[xr.Dataset]) -> xr.Dataset:
    """Join trajectories along ``run``; steps and array lengths that differ are padded with NaN."""
    parts = list(datasets)
    if not parts:
        raise ValueError("datasets is empty; give at least one trajectory.")
    if all(_stacks(part, parts[0]) for part in parts):
        return _stack(parts)
    widths: dict[Any, int] = {}
    for part in parts:
        for dim, size in part.sizes.items():
            if dim not in ("run", "step"):
                widths[dim] = max(widths.get(dim, 0), size)
    lacking = [
        {dim: (0, n - part.sizes[dim]) for dim, n in widths.items() if part.sizes.get(dim, n) < n}
        for part in parts
    ]
    padded = [part.pad(lack) if lack else part for part, lack in zip(parts, lacking, strict=True)]
    return xr.concat(
        padded,
        dim="run",
        data_vars="all",
        coords="minimal",
        compat="override",
        join="outer",
        combine_attrs="override",
    )


def _stacks(part: xr.Dataset, first: xr.Dataset) -> bool:
    """Whether both differ in nothing but runs and numbers, every variable with the runs first."""
    return (
        part.variables.keys() == first.variables.keys()
        and part.coords.keys() == first.coords.keys() == {"run", "step"}
        and np.array_equal(part["step"].values, first["step"].values)
        and all(
            part.variables[name].dims == own.dims
            and part.variables[name].shape[1:] == own.shape[1:]
            and own.dims[:1] == ("run",)
            for name, own in first.variables.items()
            if name != "step"
        )
    )


def _stack(parts: Sequence[xr.Dataset]) -> xr.Dataset:
    """Join runs that need no alignment, which takes `xarray.concat` most of its time."""
    first = parts[0]
    found = {
        name: (own.dims, np.concatenate([part.variables[name].values for part in parts]))
        for name, own in first.variables.items()
        if name != "step"
    }
    return xr.Dataset(found, coords={"step": first["step"]}, attrs=first.attrs)


def config_of(dataset: xr.Dataset) -> dict[str, Any]:
    """The configuration that a trajectory carries (empty if it carries none)."""
    config: dict[str, Any] = json.loads(dataset.attrs.get("config", "{}"))
    return config


def save_trajectory(dataset: xr.Dataset, path: str | os.PathLike[str]) -> Path:
    """Write a trajectory as NetCDF-4 (compressed), atomically."""
    _check(dataset, "the trajectory")
    encoding = {name: {"zlib": True, "complevel": 4} for name in dataset.data_vars}
    # Made in memory: HDF5 that meets a full disk crashes the interpreter when it ends.
    content = io.BytesIO()
    with h5netcdf.File(content, "w") as file:
        dataset.dump_to_store(H5NetCDFStore(file), encoding=encoding)
    with atomic_path(path) as part:
        part.write_bytes(content.getvalue())
    return Path(path)


def load_trajectory(path: str | os.PathLike[str]) -> xr.Dataset:
    """Read a trajectory into memory.

    Raises
    ------
    RecordError
        If the file is absent, not NetCDF, or has no ``run`` and ``step`` dimensions.
    """
    if not Path(path).is_file():
        raise RecordError(f"{path} is not a file; give a trajectory (.nc) that gaplab saved.")
    try:
        dataset = xr.load_dataset(path, engine="h5netcdf")
    except (OSError, ValueError, KeyError) as error:
        raise RecordError(f"{path} cannot be read as NetCDF ({error}); make it again.") from None
    _check(dataset, str(path))
    return dataset


def _check(dataset: xr.Dataset, what: str) -> None:
    missing = [dim for dim in ("run", "step") if dim not in dataset.dims]
    if missing:
        raise RecordError(
            f"{what} has no dimension {' and '.join(missing)} (it has "
            f"{', '.join(map(str, dataset.dims)) or 'none'}); a trajectory has run and step."
        )
