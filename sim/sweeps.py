"""Sweeps: experiments over grids of settings, cell by cell, each kept on disk when it is done.

A sweep is a folder. Its cells run in any order, in this process, in others or on a Dask cluster
that shares the folder's file system; what they find does not depend on it. A sweep that was
stopped goes on: finished cells are read, and a cell that was under way goes on from its last
state.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NamedTuple

import torch

from gaplab.jobs import Progress, Report, run_tasks
from gaplab.records import (
    RecordError,
    RunError,
    concat_runs,
    load_trajectory,
    read_json,
    save_trajectory,
    write_json,
)
from sim import experiments
from sim.experiments import ExperimentResult
from sim.experiments.lab import Cell, Lab, Measurement
from sim.simulator import DivergedError

__all__ = ["Sweep", "grid_of", "run_sweeps"]

WHOLE = 1000
"""Progress of one cell, in thousandths."""


def grid_of(
    experiment: str, size: str, overrides: Mapping[str, Any]
) -> list[tuple[str, dict[str, Any]]]:
    """Points of the grid that the overrides span, each with a name and its settings.

    Parameters
    ----------
    experiment, size : str
        Which experiment, and in which size.
    overrides : mapping
        Settings that replace those of the size. A *tuple* is several values: those of the
        setting itself where it is a sequence, else one for each point of the grid.

    Returns
    -------
    list of (str, dict)
        The name says what differs between the points; with one point it is empty.

    Raises
    ------
    InputError
        If the experiment, the size or a setting is unknown, or a value cannot be used.

    Examples
    --------
    >>> [name for name, _ in grid_of("circle", "quick", {"tau": (0.2, 0.5)})]
    ['tau=0.2', 'tau=0.5']
    """
    own = experiments.create(experiment)
    usual = own.settings(size, {})
    axes: dict[str, tuple[Any, ...]] = {
        key: value
        if isinstance(value, tuple) and not isinstance(usual.get(key), (list, tuple))
        else (value,)
        for key, value in overrides.items()
    }
    swept = [key for key, values in axes.items() if len(values) > 1]
    points = []
    for values in itertools.product(*axes.values()):
        chosen = dict(zip(axes, values, strict=True))
        name = ", ".join(f"{key}={chosen[key]}" for key in swept)
        points.append((name, own.settings(size, chosen)))
    return points


class _Files(NamedTuple):
    """Where a cell keeps what it found, or how far it came."""

    result: Path
    runs: Path
    diverged: Path
    states: Path

    @classmethod
    def of(cls, folder: Path, key: str) -> _Files:
        return cls(
            folder / f"{key}.json",
            folder / f"{key}.nc",
            folder / f"{key}.diverged.json",
            folder / f"{key}.state",
        )


class _Task(NamedTuple):
    """A cell to be worked on, anywhere that sees its folder."""

    folder: str
    key: str
    experiment: str
    settings: dict[str, Any]
    cell: Cell


class Sweep:
    """An experiment over a grid of settings, in a folder.

    Parameters
    ----------
    folder : path
        Of this sweep alone. While cells are open it has ``cells/``, in the end
        ``trajectory.nc`` (where there were simulations) and ``table.json``.
    experiment, size, overrides
        As for `grid_of`.
    seeds : sequence of int

    Raises
    ------
    InputError
        If the experiment, a setting or a seed cannot be used.
    """

    def __init__(
        self,
        folder: str | Path,
        experiment: str,
        size: str = "quick",
        seeds: Sequence[int] = (0, 1, 2),
        overrides: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder = Path(folder).absolute()
        self.size = size
        self.seeds = tuple(seeds)
        self._experiment = experiments.create(experiment)
        self._points = grid_of(experiment, size, overrides or {})
        self._cells = [self._experiment.cells(s, seeds) for _, s in self._points]
        self._open = self.folder / "cells"
        self._table = self.folder / "table.json"
        self._trajectory = self.folder / "trajectory.nc"

    @property
    def finished(self) -> bool:
        """Whether all has been gathered."""
        return self._table.is_file() and not self._open.exists()

    def tasks(self) -> list[tuple[_Task]]:
        """Cells that are not done yet, as arguments of the work."""
        return [
            (_Task(str(self._open), key, self._experiment.name, settings, cell),)
            for (_, settings), cells in zip(self._points, self._keyed(), strict=True)
            for key, cell in cells
            if not self.finished and not _Files.of(self._open, key).result.is_file()
        ]

    def gather(self) -> list[dict[str, Any]]:
        """Join the cells into the sweep's own files, and remove theirs; the rows of the table.

        Raises
        ------
        RunError
            If runs diverged. The findings of all others, and what was recorded of these, are in
            the sweep's files; the cells stay.
        """
        if not self.finished:
            diverged = self._join()
            if diverged:
                more = f" ({len(diverged)} cells diverged)" if len(diverged) > 1 else ""
                raise RunError(
                    f"{self._experiment.name}: {diverged[0]}{more} What was recorded is in "
                    f"{self.folder}."
                )
            # A rename is whole or not at all; a sweep without cells/ is finished.
            merged = self.folder / ".merged"
            if self._open.exists():
                os.replace(self._open, merged)
            shutil.rmtree(merged, ignore_errors=True)
        rows: list[dict[str, Any]] = read_json(self._table)
        return rows

    def _keyed(self) -> list[list[tuple[str, Cell]]]:
        return [
            [(f"{point}-{cell.index}-{cell.seeds[0]}", cell) for cell in cells]
            for point, cells in enumerate(self._cells)
        ]

    def _join(self) -> list[str]:
        """Write the table and the trajectory of all cells; what the diverged ones said."""
        found: list[tuple[str, ExperimentResult]] = []
        diverged: list[str] = []
        for (name, settings), keyed in zip(self._points, self._keyed(), strict=True):
            labs = []
            for key, cell in keyed:
                files = _Files.of(self._open, key)
                lab = Lab(cell.seeds)
                if files.result.is_file():
                    lab.absorb(map(_measurement, read_json(files.result)), [])
                else:
                    diverged.append(read_json(files.diverged)["error"])
                if files.runs.is_file():
                    lab.runs.append(load_trajectory(files.runs))
                labs.append(lab)
            result = self._experiment.gather(
                self.size, settings, self.seeds, labs, complete=not diverged
            )
            found.append((name, result))
        if not _tell_apart(result for _, result in found):
            found = [(name, _named(result, name)) for name, result in found]
        runs = [result.trajectory for _, result in found if result.trajectory.sizes["run"]]
        if runs:
            save_trajectory(concat_runs(runs), self._trajectory)
        write_json([row for _, result in found for row in result.table], self._table)
        return diverged


def run_sweeps(
    sweeps: Sequence[Sweep],
    *,
    jobs: int = 1,
    cluster: str | None = None,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Work on the open cells of all sweeps together, then gather; the rows of all tables.

    Parameters
    ----------
    sweeps : sequence of Sweep
    jobs, cluster, progress
        As for `gaplab.jobs.run_tasks`.

    Raises
    ------
    RunError
        If runs diverged; all other cells are done then, and all sweeps gathered.
    """
    tasks = [task for sweep in sweeps for task in sweep.tasks()]
    run_tasks(_work, tasks, [WHOLE] * len(tasks), jobs=jobs, cluster=cluster, progress=progress)
    rows: list[dict[str, Any]] = []
    diverged: list[str] = []
    for sweep in sweeps:
        try:
            rows += sweep.gather()
        except RunError as error:
            diverged.append(str(error))
    if diverged:
        raise RunError(" ".join(diverged))
    return rows


def _work(task: _Task, report: Report) -> None:
    """Work on one cell; its result is written last, and whole."""
    # One thread: the steps are too small to share, and sums do not depend on the machine.
    torch.set_num_threads(1)
    folder = Path(task.folder)
    if not folder.parent.is_dir():
        raise RecordError(
            f"{folder.parent} is not there for this worker; name a folder that all share."
        )
    files = _Files.of(folder, task.key)
    files.diverged.unlink(missing_ok=True)
    lab = Lab(task.cell.seeds, task.cell.index, _thousandths(report), states=files.states)
    try:
        experiments.create(task.experiment).fill(lab, task.settings)
    except DivergedError as error:
        if lab.runs:
            save_trajectory(lab.trajectory(), files.runs)
        write_json({"error": str(error), "step": error.step}, files.diverged)
        return
    if lab.runs:
        save_trajectory(lab.trajectory(), files.runs)
    write_json([asdict(found) for found in lab.measurements], files.result)
    for state in folder.glob(f"{files.states.name}*"):
        state.unlink(missing_ok=True)


def _thousandths(report: Report) -> Progress:
    """Progress of the simulations of a cell, as that of the cell: it never goes back."""
    furthest = 0

    def tell(done: int, total: int, message: str) -> None:
        nonlocal furthest
        furthest = max(furthest, WHOLE * done // max(total, 1))
        report(furthest, message)

    return tell


def _measurement(record: Mapping[str, Any]) -> Measurement:
    """What `_work` wrote, with numbers that JSON has none for."""
    numbers = {
        key: tuple(float("nan") if v is None else v for v in record[key])
        for key in ("predicted", "measured")
    }
    return Measurement(**{**record, **numbers, "seeds": tuple(record["seeds"])})


def _tell_apart(results: Iterable[ExperimentResult]) -> bool:
    """Whether no two points of the grid call a setting the same."""
    seen: set[str] = set()
    for result in results:
        own = {row["setting"] for row in result.table}
        if own & seen:
            return False
        seen |= own
    return True


def _named(result: ExperimentResult, point: str) -> ExperimentResult:
    """The result with its settings named after their point of the grid as well."""
    table = [{**row, "setting": f"{row['setting']}, {point}"} for row in result.table]
    runs = result.trajectory
    if runs.sizes["run"]:
        settings = [f"{setting}, {point}" for setting in runs["setting"].values]
        names = [f"{s}, seed {seed}" for s, seed in zip(settings, runs["seed"].values, strict=True)]
        runs = runs.assign_coords(run=names, setting=("run", settings))
    return replace(result, table=table, trajectory=runs)
