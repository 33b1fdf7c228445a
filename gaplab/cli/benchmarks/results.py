"""What a benchmark found, as plain records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gaplab.cli.benchmarks.base import Growth, Peer, Task
from gaplab.cli.benchmarks.memory import Peak
from gaplab.cli.benchmarks.timing import Spread

__all__ = ["GrowthRow", "Row", "exponent", "reached"]


@dataclass(frozen=True)
class Row:
    """Ours beside one peer.

    Times are seconds per unit of work, `time_ratio` the median over rounds of ours over the
    peer's of the same round; memory is the peak above the inputs in MiB.
    """

    suite: str
    task: str
    setting: str
    peer: str
    floor: bool = False
    ours: Spread | None = None
    theirs: Spread | None = None
    time_ratio: Spread | None = None
    time_bar: float | None = None
    ours_mib: float | None = None
    theirs_mib: float | None = None
    memory_limit: float | None = None
    memory_ratio: float | None = None
    memory_bar: float | None = None
    difference: float | None = None
    tolerance: float | None = None
    note: str = ""

    @property
    def agrees(self) -> bool:
        """Whether ours and the peer computed the same, as far as they were compared."""
        if self.difference is None or self.tolerance is None:
            return True
        return self.difference <= self.tolerance

    @property
    def time_reached(self) -> bool | None:
        """Whether the time is good enough; None without a bar or a measurement."""
        return reached(None if self.time_ratio is None else self.time_ratio.median, self.time_bar)

    @property
    def memory_reached(self) -> bool | None:
        """Whether the memory is good enough; None without a bar or a measurement."""
        found = (
            reached(self.ours_mib, self.memory_limit),
            reached(self.memory_ratio, self.memory_bar),
        )
        known = [value for value in found if value is not None]
        return all(known) if known else None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, with what follows from them."""
        return {
            **asdict(self),
            "agrees": self.agrees,
            "time_reached": self.time_reached,
            "memory_reached": self.memory_reached,
        }

    @classmethod
    def of(cls, suite: str, task: Task, peer: Peer | None, **found: Any) -> Row:
        """A row for a task and a peer, with their bars."""
        return cls(
            suite,
            task.title,
            task.setting,
            peer.name if peer else "",
            floor=bool(peer and peer.floor),
            time_bar=peer.time_bar if peer else None,
            memory_limit=None if peer and peer.floor else task.memory_limit,
            memory_bar=peer.memory_bar if peer else None,
            **found,
        )


@dataclass(frozen=True)
class GrowthRow:
    """Times of one computation by n, and the exponent fitted to them."""

    suite: str
    name: str
    n: Sequence[int]
    seconds: Sequence[float]
    exponent: float
    bar: float | None = None
    mib: float | None = None
    memory_limit: float | None = None
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the exponent is small enough; None without a bar."""
        return reached(self.exponent, self.bar)

    @property
    def memory_reached(self) -> bool | None:
        """Whether the memory of the largest is; None without a limit or a measurement."""
        return reached(self.mib, self.memory_limit)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, with what follows from them."""
        return {
            **asdict(self),
            "reached": self.reached,
            "memory_reached": self.memory_reached,
        }

    @classmethod
    def of(
        cls,
        suite: str,
        growth: Growth,
        medians: Sequence[float],
        last: Peak | None = None,
        note: str = "",
    ) -> GrowthRow:
        """Fit a growth to the medians of its tasks, and what its largest task took alone."""
        n = [task.n for task in growth.tasks]
        seconds = list(medians)
        limit = None
        if growth.alone is not None and last is not None:
            n.append(growth.alone.n)
            seconds.append(last.seconds)
            limit = growth.alone.memory_limit
        fitted = exponent(n, seconds)
        if reached(fitted, growth.bar) is False:
            note = "; ".join(filter(None, (note, growth.if_missed)))
        return cls(
            suite,
            growth.name,
            n,
            seconds,
            fitted,
            growth.bar,
            last.mib if last else None,
            limit,
            note,
        )


def exponent(n: Sequence[int], seconds: Sequence[float]) -> float:
    """Slope of log time over log n, by least squares.

    Examples
    --------
    >>> round(exponent([1000, 2000, 4000], [0.1, 0.4, 1.6]), 6)
    2.0
    """
    return float(np.polyfit(np.log(n), np.log(seconds), 1)[0])


def reached(value: float | None, bar: float | None) -> bool | None:
    """Whether a value is at most its bar; None where either is missing."""
    return None if value is None or bar is None else value <= bar
