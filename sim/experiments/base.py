"""What every experiment is: settings in two sizes, and a table of measured against predicted."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, ClassVar

import numpy as np
import xarray as xr

from gaplab.records import config_of
from sim.experiments.lab import Cell, Lab
from sim.simulator import Progress
from theory.errors import InputError
from theory.registry import Registry
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

STEPS_OF_PROGRESS = 1000
"""Of every cell."""


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


class Experiment(ABC):
    """A question to the simulator.

    A leaf gives its settings for ``quick`` and ``full`` and fills a `Lab`::

        def fill(self, lab, settings):
            for h, tau in lab.each(settings["cases"]):
                setting = f"h={h}, τ={tau:g}"
                found = lab.simulate(setting, h=h, temperature=tau)
                lab.compare("gap at the end", setting, predicted=0.0,
                            measured=last(found, "centroid_gap"), source="Y.T1")

    Every item of `Lab.each` is a *cell*, worked on for ``lab.seeds`` without knowing of the
    others: here, in another process or on another machine, in any order. What is outside the
    loops runs once a cell and must be cheap; what needs the findings of several cells belongs
    into `conclude`. A sweep (`sim.sweeps`) keeps every finished cell on disk.
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
        """Run it in this process, cell after cell.

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
        cells = self.cells(settings, seeds)
        found = []
        for done, cell in enumerate(cells):
            lab = Lab(cell.seeds, cell.index, _part(progress, done, len(cells)))
            self.fill(lab, settings)
            found.append(lab)
        return self.gather(size, settings, seeds, found)

    @abstractmethod
    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Go over the cells: simulate, and compare with the theory."""

    def conclude(self, lab: Lab, settings: Mapping[str, Any]) -> None:  # noqa: B027 - few need it
        """Compare what needs the rows (`Lab.measured`) or the runs of several cells."""

    def cells(self, settings: Mapping[str, Any], seeds: Sequence[int]) -> list[Cell]:
        """The cells of `fill`, whose findings make up those of the experiment."""
        chosen = tuple(check_integer("seeds", seed, 0) for seed in seeds)
        if not chosen:
            raise InputError("seeds is empty; give at least one seed.")
        lab = Lab(chosen)
        self.fill(lab, settings)
        groups = [[(seed,) for seed in chosen] if apart else [chosen] for apart in lab.apart]
        return [Cell(index, part) for index, parts in enumerate(groups) for part in parts]

    def gather(
        self,
        size: str,
        settings: dict[str, Any],
        seeds: Sequence[int],
        cells: Iterable[Lab],
        *,
        complete: bool = True,
    ) -> ExperimentResult:
        """Join the findings of all cells, in their order, and conclude if they are complete."""
        whole = Lab(seeds, whole=True)
        for lab in cells:
            whole.absorb(lab.measurements, lab.runs)
        if complete:
            self.conclude(whole, settings)
        table = [found.row() for found in whole.measurements]
        return ExperimentResult(self.name, size, settings, whole.seeds, whole.trajectory(), table)

    def settings(self, size: str, overrides: Mapping[str, Any]) -> dict[str, Any]:
        """Settings of a size, with some replaced.

        A single value may stand for a sequence of one.

        Raises
        ------
        InputError
            If a setting is unknown, or its value is of another kind than the one it replaces.
        """
        if size not in self.sizes:
            raise InputError(f"size is {size!r}; choose one of {', '.join(self.sizes)}.")
        settings = dict(self.sizes[size])
        for key, value in overrides.items():
            if key not in settings:
                raise InputError(
                    f"experiment {self.name!r} has no setting {key!r}; "
                    f"its settings: {', '.join(settings)}."
                )
            settings[key] = _like(settings[key], value, key)
        return settings


def _like(pattern: Any, value: Any, key: str) -> Any:
    """`value`, if it is of the kind of `pattern`: a number, a text or a sequence of such."""
    if isinstance(pattern, (list, tuple)):
        items = value if isinstance(value, (list, tuple)) else [value]
        if not items:
            raise InputError(f"setting {key!r} is empty; give values such as {pattern!r}.")
        rows = bool(pattern) and isinstance(pattern[0], (list, tuple))
        return tuple(_row(pattern[0], i, key) if rows else _like(pattern[0], i, key) for i in items)
    if pattern is None or (_is_number(pattern) and _is_number(value)):
        return value
    if _is_number(pattern) or not isinstance(value, type(pattern)):
        raise InputError(f"setting {key!r} is {value!r}; give a value such as {pattern!r}.")
    return value


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, (bool, np.bool_))


def _row(pattern: Sequence[Any], value: Any, key: str) -> Any:
    """One of several rows, place by place; rows of numbers may be of any length."""
    if not isinstance(value, (list, tuple)):
        raise InputError(f"setting {key!r} has the row {value!r}; give one such as {pattern!r}.")
    if all(isinstance(item, float) for item in pattern):
        return _like(pattern, value, key)
    if len(value) != len(pattern):
        raise InputError(f"setting {key!r} has the row {value!r}; give one such as {pattern!r}.")
    return tuple(_like(own, item, key) for own, item in zip(pattern, value, strict=True))


def _part(progress: Progress | None, index: int, count: int) -> Progress | None:
    """Progress of one cell of several, as progress of all: it never goes back."""
    if progress is None:
        return None
    furthest = 0

    def tell(done: int, total: int, message: str) -> None:
        nonlocal furthest
        furthest = max(furthest, STEPS_OF_PROGRESS * done // max(total, 1))
        progress(STEPS_OF_PROGRESS * index + furthest, STEPS_OF_PROGRESS * count, message)

    return tell


def last(trajectory: xr.Dataset, variable: str) -> np.ndarray:
    """Values (R,) of a variable at the end."""
    values: np.ndarray = trajectory[variable].values[:, -1]
    return values


def decay_rate(trajectory: xr.Dataset, high: float, low: float) -> np.ndarray:
    """Decay rate (R,) of the centroid gap while it falls from `high` to `low`.

    Between two logged states k steps of size δ apart, the explicit scheme multiplies a mode of
    rate λ by ``(1 − λδ)^k``; solving this for λ leaves no error of the step. The flow needs no
    such care. NaN where fewer than two states are logged in the window.

    Parameters
    ----------
    trajectory : xarray.Dataset
        Of `sim.simulate` with a constant step size.
    high, low : float
        The window.
    """
    step = trajectory["step"].values
    flows = config_of(trajectory).get("optimiser") == "flow"
    rates = []
    for gap, time in zip(trajectory["centroid_gap"].values, trajectory["time"].values, strict=True):
        inside = np.flatnonzero((gap < high) & (gap > low))
        if len(inside) < 2:
            rates.append(math.nan)
            continue
        a, b = inside[0], inside[-1]
        count = int(step[b] - step[a])
        size = (time[b] - time[a]) / count
        share = (gap[b] / gap[a]) ** (1 / count)
        rates.append((-math.log(share) if flows else 1 - share) / size)
    return np.array(rates)
