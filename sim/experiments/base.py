"""What every experiment is: settings in two sizes, and a table of measured against predicted."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from gaplab.records import concat_runs
from sim.config import SimulationConfig
from sim.simulator import Progress, simulate
from theory.errors import InputError
from theory.registry import Registry
from theory.statistics import mean_interval
from theory.validation import check_integer

__all__ = [
    "EXPERIMENTS",
    "Experiment",
    "ExperimentResult",
    "Lab",
    "create",
    "decay_rate",
    "last",
    "names",
    "register",
]

EXPERIMENTS: Registry[type[Experiment]] = Registry("experiment")
register = EXPERIMENTS.register
names = EXPERIMENTS.names
create = EXPERIMENTS.create


@dataclass(frozen=True)
class ExperimentResult:
    """What an experiment found.

    Attributes
    ----------
    name, size : str
    settings : dict
        What was run.
    seeds : tuple of int
    trajectory : xarray.Dataset
        All runs; the coordinate ``setting`` says of which setting each is, in the words of the
        table, and ``seed`` of which seed.
    table : list of dict
        Rows ``quantity, setting, predicted, measured, low, high, n_seeds, unit, source``;
        low and high are the 95 % interval over the seeds.
    """

    name: str
    size: str
    settings: dict[str, Any]
    seeds: tuple[int, ...]
    trajectory: xr.Dataset
    table: list[dict[str, Any]]


class Lab:
    """Runs the simulations of one experiment, and keeps its table.

    Parameters
    ----------
    seeds : sequence of int
    progress : callable, optional
        As for `sim.simulate`; it hears of every simulation of the experiment in turn.
    simulations : int
        How many simulations there will be.
    """

    def __init__(self, seeds: Sequence[int], progress: Progress | None, simulations: int) -> None:
        self.seeds = tuple(check_integer("seeds", seed, 0) for seed in seeds)
        if not self.seeds:
            raise InputError("seeds is empty; give at least one seed.")
        self.table: list[dict[str, Any]] = []
        self._runs: list[xr.Dataset] = []
        self._progress = progress
        self._simulations = simulations

    def simulate(self, setting: str, **fields: Any) -> xr.Dataset:
        """Simulate `SimulationConfig` `fields` and keep the trajectory; all seeds by default."""
        config = SimulationConfig.of({"seeds": self.seeds, **fields})
        before = len(self._runs)

        def tell(done: int, total: int, message: str) -> None:
            if self._progress is not None:
                share = before * total + done
                self._progress(share, self._simulations * total, f"{setting}: {message}")

        found = simulate(config, progress=tell)
        found = found.assign_coords(
            run=[f"{setting}, seed {seed}" for seed in config.seeds],
            setting=("run", [setting] * len(config.seeds)),
            seed=("run", list(config.seeds)),
        )
        self._runs.append(found)
        return found

    def compare(
        self,
        quantity: str,
        setting: str,
        *,
        predicted: float,
        measured: ArrayLike,
        unit: str = "",
        source: str,
    ) -> None:
        """Add a row: one measurement per seed against the prediction."""
        interval = mean_interval(measured)
        self.table.append(
            {
                "quantity": quantity,
                "setting": setting,
                "predicted": float(predicted),
                "measured": interval.mean,
                "low": interval.low,
                "high": interval.high,
                "n_seeds": interval.n,
                "unit": unit,
                "source": source,
            }
        )

    def trajectory(self) -> xr.Dataset:
        """All runs so far."""
        return concat_runs(self._runs)


class Experiment(ABC):
    """A question to the simulator.

    A leaf gives its settings for ``quick`` and ``full`` and fills a `Lab`.
    """

    name: ClassVar[str]
    question: ClassVar[str]
    """What the experiment asks, in one sentence."""
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]]

    def run(
        self,
        size: str = "quick",
        seeds: Sequence[int] = (0, 1, 2),
        progress: Progress | None = None,
        **overrides: Any,
    ) -> ExperimentResult:
        """Run it.

        Parameters
        ----------
        size : {"quick", "full"}
        seeds : sequence of int
        progress : callable, optional
            Called as ``progress(done, total, message)``.
        **overrides
            Settings that replace those of the size.

        Raises
        ------
        InputError
            If the size or a setting is unknown, or a value cannot be used.
        DivergedError
            If a run diverges.
        """
        settings = self.settings(size, overrides)
        lab = Lab(seeds, progress, self.simulations(settings, len(seeds)))
        self.fill(lab, settings)
        return ExperimentResult(self.name, size, settings, lab.seeds, lab.trajectory(), lab.table)

    @abstractmethod
    def simulations(self, settings: Mapping[str, Any], seeds: int) -> int:
        """How many simulations `fill` will make."""

    @abstractmethod
    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Simulate, and compare with the theory."""

    def settings(self, size: str, overrides: Mapping[str, Any]) -> dict[str, Any]:
        """Settings of a size, with some replaced; raises InputError if one is unknown."""
        if size not in self.sizes:
            raise InputError(f"size is {size!r}; choose one of {', '.join(self.sizes)}.")
        settings = dict(self.sizes[size])
        for key, value in overrides.items():
            if key not in settings:
                raise InputError(
                    f"experiment {self.name!r} has no setting {key!r}; "
                    f"its settings: {', '.join(settings)}."
                )
            settings[key] = value
        return settings


def last(trajectory: xr.Dataset, variable: str) -> np.ndarray:
    """Values (R,) of a variable at the end."""
    values: np.ndarray = trajectory[variable].values[:, -1]
    return values


def decay_rate(trajectory: xr.Dataset, high: float, low: float) -> np.ndarray:
    """Decay rate (R,) of the centroid gap while it falls from `high` to `low`.

    Between two logged states k steps of size δ apart, the explicit scheme multiplies a mode of
    rate λ by ``(1 − λδ)^k``; solving this for λ leaves no error of the step. NaN where fewer
    than two states are logged in the window.

    Parameters
    ----------
    trajectory : xarray.Dataset
        Of `sim.simulate` with a constant step size.
    high, low : float
        The window.
    """
    step = trajectory["step"].values
    rates = []
    for gap, time in zip(trajectory["centroid_gap"].values, trajectory["time"].values, strict=True):
        inside = np.flatnonzero((gap < high) & (gap > low))
        if len(inside) < 2:
            rates.append(math.nan)
            continue
        a, b = inside[0], inside[-1]
        count = int(step[b] - step[a])
        size = (time[b] - time[a]) / count
        rates.append((1 - (gap[b] / gap[a]) ** (1 / count)) / size)
    return np.array(rates)
