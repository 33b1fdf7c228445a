"""Run suites: time the contenders in turn, measure memory apart, hold both against the bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaplab.cli.benchmarks import memory
from gaplab.cli.benchmarks.base import Growth, Peer, Size, Task, Values, missing, suite
from gaplab.cli.benchmarks.results import GrowthRow, Row
from gaplab.cli.benchmarks.timing import interleave, limit_threads, spread

__all__ = ["Found", "Settings", "run_suite"]

OURS = "ours"

SHARE = 0.8
"""Of the memory that is available, what a call may take."""

Report = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """How to measure."""

    size: Size = "quick"
    repeats: int = 5
    threads: int = 1

    @property
    def budget(self) -> float:
        """Seconds that the rounds of a fast task may take together (`interleave`)."""
        return {"tiny": 0.0, "quick": 1.0, "full": 10.0}[self.size]


@dataclass(frozen=True)
class Found:
    """What one suite found."""

    rows: Sequence[Row]
    growth: Sequence[GrowthRow]


def run_suite(name: str, settings: Settings, report: Report = lambda message: None) -> Found:
    """Measure every task and growth of a suite.

    Parameters
    ----------
    name : str
        Registered suite.
    settings : Settings
    report : callable, optional
        Told what is being run.

    Raises
    ------
    InputError
        If there is no such suite.
    """
    wanted = suite(name, settings.size)
    with limit_threads(settings.threads):
        rows = [row for task in wanted.tasks for row in _compare(name, task, settings, report)]
        growth = [_grow(name, growth, settings, report) for growth in wanted.growths]
    return Found(rows, growth)


def _compare(name: str, task: Task, settings: Settings, report: Report) -> list[Row]:
    """One row for each peer of a task."""
    reason = missing(task.requires)
    if reason is not None:
        return [Row.of(name, task, peer, note=f"not run: {reason}") for peer in task.peers()]
    times, results, absent = _time(task, settings, report)
    apart = partial(_apart, name, task, settings, report)
    ours_mib, ours_note = apart(OURS) if task.measures_memory else (None, "")

    def row(peer: Peer) -> Row:
        ours = times[OURS]
        known: dict[str, Any] = {"ours": spread(ours)}
        if not peer.floor:
            known |= {"ours_mib": ours_mib, "note": ours_note}
        if peer.name in absent:
            return Row.of(name, task, peer, **known | {"note": f"not run: {absent[peer.name]}"})
        theirs = times[peer.name]
        known |= {"theirs": spread(theirs), "time_ratio": spread(ours / theirs)}
        if not peer.floor:
            measured = peer.memory or peer.memory_bar is not None
            mib, note = apart(peer.name) if measured else (None, "")
            known |= {
                "theirs_mib": mib,
                "memory_ratio": ours_mib / mib if ours_mib is not None and mib else None,
                "difference": task.difference(results[OURS], results[peer.name]),
                "tolerance": task.tolerance,
                "note": _join(ours_note, note, task.remark(results[peer.name])),
            }
        return Row.of(name, task, peer, **known)

    return _explained([row(peer) for peer in task.peers()], task.peers())


def _time(
    task: Task, settings: Settings, report: Report
) -> tuple[dict[str, NDArray[np.float64]], dict[str, Values], dict[str, str]]:
    """Seconds for a unit of work by contender, their results, and why peers are absent."""
    inputs = task.inputs()
    results: dict[str, Values] = {OURS: task.ours(inputs)}
    calls: dict[str, Callable[[], Values]] = {OURS: partial(task.ours, inputs)}
    items, absent = {OURS: task.items}, {}
    for peer in task.peers():
        report(f"{task.label}: {peer.name}")
        found = _obstacle(peer) or _try(peer, inputs)
        if isinstance(found, str):
            absent[peer.name] = found
            continue
        results[peer.name], items[peer.name] = found, peer.items
        calls[peer.name] = partial(peer.run, inputs)
    seconds = interleave(
        calls,
        settings.repeats,
        lambda key: report(f"{task.label}: {key}"),
        budget=settings.budget,
    )
    return {key: seconds[key] / items[key] for key in calls}, results, absent


def _try(peer: Peer, inputs: Any) -> Values | str:
    """What a peer returns, or why it returns nothing: its failure must not end the benchmark."""
    try:
        return peer.run(inputs)
    except Exception as error:
        return f"it fails with {type(error).__name__}: {error}"


def _obstacle(peer: Peer) -> str | None:
    """Why a peer cannot be run here, if it cannot."""
    free = memory.available()
    if free is not None and peer.room > SHARE * free:
        return f"it takes {peer.room:.0f} MiB and {free:.0f} MiB are free"
    return missing(peer.requires)


def _explained(rows: list[Row], peers: Sequence[Peer]) -> list[Row]:
    """Note beside a missed bar what the part that nobody can avoid takes of the peer's time."""
    floors = [row for row in rows if row.floor and row.theirs is not None]

    def explain(row: Row, peer: Peer) -> Row:
        if row.time_reached is not False or row.theirs is None:
            return row
        notes = [
            f"{floor.peer} take {floor.theirs.median / row.theirs.median:.2g} of the peer's time"
            for floor in floors
            if floor.theirs is not None
        ]
        return replace(row, note=_join(row.note, *notes, peer.if_missed))

    return [explain(row, peer) for row, peer in zip(rows, peers, strict=True)]


def _apart(
    name: str, task: Task, settings: Settings, report: Report, contender: str
) -> tuple[float | None, str]:
    """Memory of a contender, or why there is none."""
    report(f"{task.label}: memory of {contender}")
    try:
        peak = memory.measure_apart(name, settings.size, task.label, contender, settings.threads)
    except memory.ProcessError as error:
        return None, str(error)
    return peak.mib, ""


def _join(*notes: str) -> str:
    return "; ".join(filter(None, notes))


def _grow(name: str, growth: Growth, settings: Settings, report: Report) -> GrowthRow:
    """Time the tasks of a growth in turn, and the largest on its own."""
    calls = {task.n: partial(task.ours, task.inputs()) for task in growth.tasks}
    for call in calls.values():
        call()
    seconds = interleave(
        calls,
        settings.repeats,
        lambda n: report(f"growth of {growth.name}: N = {n}"),
        budget=settings.budget,
    )
    medians = [spread(s).median for s in seconds.values()]
    if growth.alone is None:
        return GrowthRow.of(name, growth, medians)
    label = growth.alone.label
    report(f"growth of {growth.name}: N = {growth.alone.n}, once")
    try:
        last = memory.measure_apart(name, settings.size, label, OURS, settings.threads)
    except memory.ProcessError as error:
        return GrowthRow.of(name, growth, medians, note=f"N = {growth.alone.n}: {error}")
    return GrowthRow.of(name, growth, medians, last)
