"""What the terminal shows: stages with live progress and seconds, tables, complaints."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console, ConsoleDimensions
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

__all__ = ["ProgressCallback", "complain", "console", "degrees", "number", "stage", "table"]

ProgressCallback = Callable[[int, int, str], None]

_WIDE = 120
"""Columns where the output is not a terminal and nothing says how wide it is."""


class _Console(Console):
    """A console that is wide where nothing says how wide it is."""

    @property  # type: ignore[misc]  # nothing here sets the size, which Rich also allows
    def size(self) -> ConsoleDimensions:
        """Columns and lines, asked for at every print: Rich keeps what it finds at first."""
        found = super().size
        columns = os.environ.get("COLUMNS", "")
        if columns.isdigit():
            return ConsoleDimensions(int(columns), found.height)
        return found if self.is_terminal else ConsoleDimensions(_WIDE, found.height)


console = _Console(highlight=False)
_errors = Console(stderr=True, highlight=False)

_PLAIN_EVERY = 10.0
"""Seconds between progress lines where the output is not a terminal."""


def complain(message: str) -> None:
    """Print an error to standard error."""
    _errors.print(f"[bold red]error:[/] {escape(message)}", soft_wrap=True)


def number(value: float | None, digits: int = 3) -> str:
    """Fixed decimals; an en dash where there is no number.

    Examples
    --------
    >>> number(0.12345), number(float("nan"))
    ('0.123', '–')
    """
    if value is None or value != value:
        return "–"
    if value != 0 and (abs(value) < 10**-digits or abs(value) >= 1e6):
        return f"{value:.{digits}g}"
    return f"{value:.{digits}f}"


def degrees(radians: float | None) -> str:
    """Radians as degrees.

    Examples
    --------
    >>> degrees(3.141592653589793)
    '180.0°'
    """
    return "–" if radians is None or radians != radians else f"{radians * 57.29577951308232:.1f}°"


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a title; every column but the first is right-aligned.

    Cells are Rich markup; a cell of foreign text is escaped by whoever makes it.
    """
    shown = Table(header_style="bold")
    for k, column in enumerate(columns):
        shown.add_column(column, justify="right" if k else "left", no_wrap=k == 0, overflow="fold")
    for row in rows:
        shown.add_row(*row)
    console.print(f"[bold]{escape(title)}[/]", soft_wrap=True)
    console.print(shown)


@contextmanager
def stage(title: str) -> Iterator[ProgressCallback]:
    """Show a stage while it runs, and its seconds when it is done.

    Yields a callback ``progress(done, total, message)``: a live bar on a terminal, a line every
    few seconds elsewhere.
    """
    start = time.perf_counter()
    if console.is_terminal:
        with Progress(
            SpinnerColumn(),
            TextColumn("[bold]{task.fields[title]}"),
            BarColumn(bar_width=24),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        ) as bars:
            task = bars.add_task("", title=title, total=None)
            yield lambda done, total, message: bars.update(
                task, completed=done, total=total or None, description=escape(message)
            )
    else:
        console.print(f"{title} …")
        yield _plain_progress(title)
    console.print(f"[green]✓[/] {title}  [dim]{time.perf_counter() - start:.1f} s[/]")


def _plain_progress(title: str) -> ProgressCallback:
    last = time.perf_counter()

    def show(done: int, total: int, message: str) -> None:
        nonlocal last
        now = time.perf_counter()
        if now - last >= _PLAIN_EVERY:
            last = now
            console.print(f"  {title} {done}/{total} {escape(message)}", soft_wrap=True)

    return show
