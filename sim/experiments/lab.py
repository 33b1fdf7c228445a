"""The laboratory of an experiment: it deals out the cells, runs them and keeps what they found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from gaplab.records import concat_runs
from sim.config import SimulationConfig
from sim.simulator import DivergedError, Progress, simulate_all
from theory.errors import InputError
from theory.statistics import mean_interval

__all__ = ["Cell", "Lab", "Measurement"]

T = TypeVar("T")


@dataclass(frozen=True)
class Cell:
    """A part of an experiment that needs no other: one item of `Lab.each`, for some seeds."""

    index: int
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Measurement:
    """One quantity of one setting: a number for every seed, beside the prediction."""

    quantity: str
    setting: str
    predicted: tuple[float, ...]
    measured: tuple[float, ...]
    seeds: tuple[int, ...]
    unit: str
    source: str

    def row(self) -> dict[str, Any]:
        """The row of the table: mean, and the 95 % interval over the seeds."""
        interval = mean_interval(self.measured)
        return {
            "quantity": self.quantity,
            "setting": self.setting,
            "predicted": float(np.mean(self.predicted)),
            "measured": interval.mean,
            "low": interval.low,
            "high": interval.high,
            "n_seeds": interval.n,
            "unit": self.unit,
            "source": self.source,
        }


class Lab:
    """Where `Experiment.fill` works: it asks for simulations here, and compares.

    The items of all loops over `each` are numbered in the order in which `fill` comes to them;
    one number with some of the seeds is a *cell*. A laboratory of one cell gives its item alone,
    so that the cells of an experiment run in any order, in any process, on any machine; one
    without a cell gives no item, and counts.

    Parameters
    ----------
    seeds : sequence of int
        Of the cell.
    cell : int, optional
        Number of the item to work on.
    progress : callable, optional
        As for `sim.simulate`; it hears of every simulation in turn.
    states : Path, optional
        Beginning of the names of files in which simulations keep their state, and from which
        they go on.
    whole : bool
        Whether this is no cell but where the findings of all come together.
    """

    def __init__(
        self,
        seeds: Sequence[int],
        cell: int | None = None,
        progress: Progress | None = None,
        *,
        states: Path | None = None,
        whole: bool = False,
    ) -> None:
        self.seeds = tuple(seeds)
        self.apart: list[bool] = []
        self.measurements: list[Measurement] = []
        self.runs: list[xr.Dataset] = []
        self._cell = cell
        self._progress = progress
        self._states = states
        self._simulations = 0
        self._inside = whole

    def each(self, items: Iterable[T], *, apart: bool = False) -> Iterator[T]:
        """Deal out `items`, each a cell of its own.

        Parameters
        ----------
        items : iterable
            What the loop goes over. What the body needs beside its item must come from the
            settings: no cell sees what another did.
        apart : bool
            Give every seed a cell of its own. By default the seeds of an item share one and
            advance as one batch; from some N = 512 on that saves nothing, and processes do.
        """
        for item in items:
            number = len(self.apart)
            self.apart.append(apart)
            if number == self._cell:
                self._inside = True
                yield item
                self._inside = False

    def simulate(self, setting: str, **fields: Any) -> xr.Dataset:
        """Simulate `SimulationConfig` `fields` and keep the trajectory; all seeds by default."""
        return self.simulate_all([(setting, fields)])[0]

    def simulate_all(self, settings: Sequence[tuple[str, Mapping[str, Any]]]) -> list[xr.Dataset]:
        """Simulate several settings at once: those of equal shape advance as one batch.

        Parameters
        ----------
        settings : sequence of (str, mapping)
            Name and `SimulationConfig` fields of each; see `sim.simulate_all` for what may
            differ in a batch, such as temperatures, concentrations and angles.
        """
        names = [name for name, _ in settings]
        self._check("simulates", ", ".join(names))
        configs = [SimulationConfig.of({"seeds": self.seeds, **fields}) for _, fields in settings]

        def tell(done: int, total: int, message: str) -> None:
            if self._progress is not None:
                self._progress(done, total, f"{names[0]}: {message}")

        try:
            found = simulate_all(configs, progress=tell, state=self._state())
        except DivergedError as error:
            if error.trajectory.sizes:
                self.runs.append(_label(error.trajectory, names[0]))
            where = names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"
            raise DivergedError(f"{where}: {error}", error.step, error.trajectory) from None
        found = [_label(data, name) for data, name in zip(found, names, strict=True)]
        self.runs += found
        return found

    def _state(self) -> Path | None:
        """File for the state of the next simulation."""
        self._simulations += 1
        if self._states is None:
            return None
        return self._states.with_name(f"{self._states.name}-{self._simulations}.safetensors")

    def compare(
        self,
        quantity: str,
        setting: str,
        *,
        predicted: ArrayLike,
        measured: ArrayLike,
        unit: str = "",
        source: str,
    ) -> None:
        """Keep a row of the table.

        Parameters
        ----------
        quantity, setting : str
            Together they name the row; a setting is named as in `simulate`.
        predicted : float, or one a seed
            What the theory says.
        measured : array_like
            One a seed.
        unit, source : str
            Of the quantity, and of the prediction.
        """
        self._check("compares", setting)
        values = np.asarray(measured, dtype=np.float64)
        if values.shape != (len(self.seeds),):
            raise InputError(
                f"measured has shape {values.shape} for {quantity!r}; "
                f"give one value for each of the {len(self.seeds)} seeds."
            )
        expected = np.broadcast_to(np.asarray(predicted, dtype=np.float64), values.shape)
        self.measurements.append(
            Measurement(
                quantity,
                setting,
                tuple(expected.tolist()),
                tuple(values.tolist()),
                self.seeds,
                unit,
                source,
            )
        )

    def measured(self, quantity: str, setting: str) -> NDArray[np.float64]:
        """Values of a row, one a seed: what `Experiment.conclude` works with."""
        for found in self.measurements:
            if (found.quantity, found.setting) == (quantity, setting):
                return np.array(found.measured)
        raise InputError(f"no cell measured {quantity!r} at {setting!r}; compare it in one.")

    def trajectory(self) -> xr.Dataset:
        """All runs so far."""
        none = ("run", np.empty(0, str))
        empty = xr.Dataset(
            coords={
                "run": none,
                "setting": none,
                "seed": ("run", np.empty(0, int)),
                "step": np.empty(0, int),
            }
        )
        return concat_runs(self.runs) if self.runs else empty

    def absorb(self, measurements: Iterable[Measurement], runs: Iterable[xr.Dataset]) -> None:
        """Add what a cell found; a row that is here already grows by the cell's seeds."""
        known = {(row.quantity, row.setting): k for k, row in enumerate(self.measurements)}
        for found in measurements:
            at = known.get((found.quantity, found.setting))
            if at is None:
                self.measurements.append(found)
                continue
            row = self.measurements[at]
            self.measurements[at] = replace(
                row,
                predicted=row.predicted + found.predicted,
                measured=row.measured + found.measured,
                seeds=row.seeds + found.seeds,
            )
        self.runs += runs

    def _check(self, what: str, setting: str) -> None:
        if not self._inside:
            raise RuntimeError(f"the experiment {what} {setting!r} outside a loop over lab.each")


def _label(found: xr.Dataset, setting: str) -> xr.Dataset:
    """Name the runs after their setting and seed."""
    seeds = [int(str(run).removeprefix("seed ")) for run in found["run"].values]
    return found.assign_coords(
        run=[f"{setting}, seed {seed}" for seed in seeds],
        setting=("run", [setting] * len(seeds)),
        seed=("run", seeds),
    )
