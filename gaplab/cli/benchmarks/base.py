"""What a benchmark is made of: tasks, the peers they are held against, suites, growth."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import Any, ClassVar, Literal, Self, get_args

import numpy as np

from theory.errors import InputError
from theory.registry import Registry

__all__ = [
    "SIZES",
    "SUITES",
    "Growth",
    "Peer",
    "Size",
    "Suite",
    "Task",
    "Values",
    "find_task",
    "largest_difference",
    "missing",
    "names",
    "register",
    "suite",
]

Size = Literal["tiny", "quick", "full"]
SIZES: tuple[Size, ...] = get_args(Size)

Values = Mapping[str, Any]
"""What a computation returns, by name, so that two of them can be compared."""

WARM_ROWS = 1024
"""Rows of the call that loads libraries and their buffers before memory is measured."""


@dataclass(frozen=True)
class Peer:
    """What a user would run instead, or the part of the work that nobody can avoid.

    Attributes
    ----------
    name : str
        Of the package and function.
    run : callable
        Takes the inputs of the task, returns what `Task.ours` returns; `None` values are not
        compared.
    time_bar, memory_bar : float, optional
        Largest ratio, ours over the peer's, that is good enough.
    items : int
        Units of work in one call, where a slow peer is given fewer; times are divided by it.
    requires : str, optional
        Module that must be installed.
    room : float
        MiB that one call takes; it is not made on a machine that has less.
    memory : bool
        Whether to measure the peer's memory even without a bar.
    floor : bool
        Whether this is no peer but a lower bound: it explains a bar that is missed.
    if_missed : str
        What else explains it.
    """

    name: str
    run: Callable[[Any], Values]
    time_bar: float | None = None
    memory_bar: float | None = None
    items: int = 1
    requires: str | None = None
    room: float = 0.0
    memory: bool = False
    floor: bool = False
    if_missed: str = ""


@dataclass(frozen=True)
class Task(ABC):
    """One computation on given inputs: ours, and what it is held against.

    Leaves are frozen dataclasses whose fields say how large the inputs are.

    Attributes
    ----------
    n : int
        Rows, points or particles: what grows.
    memory_limit : float, optional
        MiB above the inputs that are good enough.
    """

    n: int
    memory_limit: float | None = field(default=None, kw_only=True)

    title: ClassVar[str]
    tolerance: ClassVar[float]
    """Largest `difference` between two computations of the same."""

    requires: ClassVar[str | None] = None
    """Module without which the task cannot be run at all."""

    @property
    @abstractmethod
    def setting(self) -> str:
        """The sizes, for people."""

    @abstractmethod
    def inputs(self) -> Any:
        """Make the inputs; the same ones in every process."""

    @abstractmethod
    def ours(self, inputs: Any) -> Values:
        """Run gaplab's computation."""

    def peers(self) -> Sequence[Peer]:
        """What ours is held against."""
        return ()

    @property
    def items(self) -> int:
        """Units of work in one call of `ours`."""
        return 1

    @property
    def label(self) -> str:
        """Title and setting: unique within a suite."""
        return f"{self.title}, {self.setting}"

    @property
    def measures_memory(self) -> bool:
        """Whether memory is part of what is promised of ours."""
        return self.memory_limit is not None or any(p.memory_bar is not None for p in self.peers())

    def warm(self) -> Self:
        """The same task, small."""
        return replace(self, n=min(self.n, WARM_ROWS))

    def difference(self, ours: Values, theirs: Values) -> float:
        """How far two results are apart, to be held against `tolerance`."""
        return largest_difference(ours, theirs)

    def remark(self, theirs: Values) -> str:
        """What a reader should know about a peer's result, if anything."""
        return ""


@dataclass(frozen=True)
class Growth:
    """How the time of one computation grows with n.

    Attributes
    ----------
    name : str
        What is computed, with every size but n.
    tasks : sequence of Task
        Ascending in n, timed in turn.
    bar : float, optional
        Largest exponent that is good enough.
    alone : Task, optional
        The largest of all, too long to be repeated: run once, where memory is measured.
    if_missed : str
        Why, where the bar is missed.
    """

    name: str
    tasks: Sequence[Task]
    bar: float | None = None
    alone: Task | None = None
    if_missed: str = ""


@dataclass(frozen=True)
class Suite:
    """Tasks and growths that are asked for together."""

    tasks: Sequence[Task] = ()
    growths: Sequence[Growth] = ()


SUITES: Registry[Callable[[Size], Suite]] = Registry("benchmark suite")
register = SUITES.register
names = SUITES.names


def suite(name: str, size: Size) -> Suite:
    """The suite registered under `name`, at a size."""
    return SUITES[name](size)


def find_task(suite_name: str, size: Size, label: str) -> Task:
    """A task of a suite by its label.

    Raises
    ------
    InputError
        If the suite has no such task.
    """
    found = suite(suite_name, size)
    tasks = [*found.tasks, *(g.alone for g in found.growths if g.alone is not None)]
    for task in tasks:
        if task.label == label:
            return task
    listed = "; ".join(task.label for task in tasks)
    raise InputError(f"suite {suite_name!r} has no task {label!r}; its tasks: {listed}.")


def missing(module: str | None) -> str | None:
    """Why something that requires `module` cannot run, or None if it can."""
    if module is None or find_spec(module) is not None:
        return None
    return f'{module} is not installed (pip install "gaplab[real]")'


def largest_difference(ours: Values, theirs: Values) -> float:
    """Largest difference over the arrays both have, each relative to its largest entry.

    Examples
    --------
    >>> largest_difference({"a": [1.0, 4.0]}, {"a": [1.0, 5.0], "b": 7.0})
    0.2
    """
    worst = 0.0
    for name in ours.keys() & theirs.keys():
        a, b = (np.asarray(v[name], dtype=np.float64) for v in (ours, theirs))
        size = float(np.abs(b).max())
        apart = float(np.abs(a - b).max())
        worst = max(worst, apart / size if size > 0 else apart)
    return worst
