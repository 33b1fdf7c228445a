"""What a figure is: a leaf that loads saved records and plots them, and nothing else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from figures.style import Style, get_style
from theory.registry import Registry

__all__ = ["FIGURES", "Figure", "Panels"]

FIGURES: Registry[type[Figure]] = Registry("figure")
"""All figures, by name."""


class Panels(NamedTuple):
    """The grid of axes that a figure needs, and the size of one of them in inches."""

    rows: int = 1
    columns: int = 1
    width: float = 4.0
    height: float = 3.2
    share_x: bool = False
    share_y: Literal["row"] | bool = False
    width_ratios: tuple[float, ...] | None = None


class Figure(ABC):
    """One figure over the saved records of a run.

    A leaf reads records in `load` (numbers that a picture needs beyond the records come from
    pure functions of `theory`), draws what it is given in `plot`, and says in `caption` what
    is shown: claim, setting and N.

    Attributes
    ----------
    name : str
        Key in the registry and stem of the file.
    title : str
        Heading in the report.
    section : {"claims", "simulations", "training", "repairs", "tables", "diagnosis"}
        Part of the report it belongs to.
    place : int
        Where in its section: the lowest first.
    needs : tuple of str or tuple of str
        Glob patterns in the run folder; the figure exists where each matches a file. Of a tuple
        one is enough: what theory alone can draw stands beside the ledger, and takes the
        measurements that the run has.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    section: ClassVar[str]
    place: ClassVar[int] = 0
    needs: ClassVar[tuple[str | tuple[str, ...], ...]]

    def __init__(self, style: str | Style = "screen") -> None:
        self.style = get_style(style)

    @classmethod
    def drawable(cls, run: Path) -> bool:
        """Whether the files that exist also hold what is drawn, such as labels."""
        return True

    @abstractmethod
    def load(self, run: Path) -> Any:
        """Read from the run folder what `plot` and `caption` take."""

    def panels(self, data: Any) -> Panels:
        """The grid of axes for `data`."""
        return Panels()

    @abstractmethod
    def plot(self, data: Any, axes: np.ndarray) -> np.ndarray | Axes:
        """Draw `data` into `axes` (rows × columns) and return them; compute nothing."""

    @abstractmethod
    def caption(self, data: Any) -> str:
        """What the picture shows, in one to three sentences of plain text."""
