"""``gaplab bench``: speed and memory beside what a user would run instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape

from gaplab.cli.console import ProgressCallback, console, stage, table
from gaplab.cli.options import Out

if TYPE_CHECKING:
    from gaplab.cli.benchmarks import Found, GrowthRow, Row, Settings
    from gaplab.records import RunFolder

__all__ = ["bench", "print_growth", "print_rows"]

RESULTS = "bench.json"


def bench(
    suite: Annotated[
        list[str] | None, typer.Option("--suite", help="Run only this suite; may be repeated.")
    ] = None,
    size: Annotated[
        Literal["tiny", "quick", "full"],
        typer.Option(help="Size of the tasks; tiny only shows that all of them run."),
    ] = "quick",
    repeats: Annotated[
        int, typer.Option(min=1, help="Fewest timed rounds; medians are shown.")
    ] = 5,
    threads: Annotated[int, typer.Option(min=1, help="Threads of every contender.")] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the results as JSON and nothing else.")
    ] = False,
    out: Out = None,
) -> None:
    """Time every computation against its peers; exit 1 if they do not compute the same.

    A bar that is not reached is said in the table and does not fail the command: how fast
    something is depends on the machine.
    """
    from gaplab.cli.benchmarks import SUITES, Settings, names
    from gaplab.records import RunFolder

    wanted = list(dict.fromkeys(suite or names()))
    for name in wanted:
        SUITES[name]
    settings = Settings(size, repeats, threads)
    config = {"suites": wanted, "size": size, "repeats": repeats, "threads": threads}
    with RunFolder.create(out, "bench", config) as run:
        found = _run(wanted, settings, run, quiet=as_json)
        record = _save(found, run)
    if as_json:
        typer.echo(json.dumps(record, indent=2, ensure_ascii=False))
    else:
        rows = [row for part in found for row in part.rows]
        print_rows(rows)
        print_growth([row for part in found for row in part.growth])
        console.print(f"run folder: {run.path}")
    raise typer.Exit(0 if all(row["agrees"] for row in record["rows"]) else 1)


def _run(wanted: Sequence[str], settings: Settings, run: RunFolder, quiet: bool) -> list[Found]:
    """Run the suites; what is done is saved after each."""
    from gaplab.cli.benchmarks import run_suite

    found: list[Found] = []

    def measure(name: str, report: Callable[[str], None]) -> None:
        with run.stage(name):
            found.append(run_suite(name, settings, report))
        _save(found, run)

    for k, name in enumerate(wanted):
        if quiet:
            measure(name, lambda message: None)
            continue
        with stage(f"bench {name}") as progress:
            measure(name, _reporter(progress, k, len(wanted)))
    return found


def _reporter(progress: ProgressCallback, done: int, total: int) -> Callable[[str], None]:
    return lambda message: progress(done, total, message)


def _save(found: Sequence[Found], run: RunFolder) -> dict[str, Any]:
    """Write what was found so far to the run folder, and return it."""
    from gaplab.records import read_json, write_json

    record = {
        **{key: run.manifest[key] for key in ("created", "config", "versions", "machine")},
        "rows": [row.to_dict() for part in found for row in part.rows],
        "growth": [row.to_dict() for part in found for row in part.growth],
    }
    saved: dict[str, Any] = read_json(write_json(record, run.file(RESULTS)))
    return saved


def print_rows(rows: Sequence[Row]) -> None:
    """Print a table a task, one line a peer: times, memory, their bars, the difference.

    Times are medians for one unit of work (a point, a step, a call), ratios have their
    quartiles, memory is the peak above the inputs.
    """
    for title in dict.fromkeys(row.task for row in rows):
        chosen = [row for row in rows if row.task == title]
        table(
            title,
            ("setting", "peer", "ours", "peer's", "ratio", "bar", "MiB", "bar", "apart"),
            [_cells(row) for row in chosen],
        )
        for row in chosen:
            if row.note:
                console.print(
                    f"{row.setting}, {row.peer}: {row.note}.", markup=False, soft_wrap=True
                )


def _cells(row: Row) -> tuple[str, ...]:
    return (
        escape(row.setting),
        escape(f"({row.peer})" if row.floor else row.peer),
        seconds(row.ours.median if row.ours else None),
        seconds(row.theirs.median if row.theirs else None),
        _ratio(row),
        _bar(row.time_bar, row.time_reached),
        _memory(row),
        _memory_bar(row),
        _difference(row),
    )


def print_growth(rows: Sequence[GrowthRow]) -> None:
    """Print one line a computation: how its time grows with N."""
    if not rows:
        return
    table(
        "Growth with N",
        ("computation", "N", "time of the largest", "exponent", "bar", "its MiB", "bar"),
        [
            (
                escape(row.name),
                f"{row.n[0]} … {row.n[-1]}",
                seconds(row.seconds[-1]),
                f"{row.exponent:.2f}",
                _bar(row.bar, row.reached),
                _mib(row.mib),
                _bar(row.memory_limit, row.memory_reached, " MiB"),
            )
            for row in rows
        ],
    )
    for row in rows:
        if row.note:
            console.print(f"{row.name}: {row.note}.", markup=False, soft_wrap=True)


def seconds(value: float | None) -> str:
    """A time with its unit.

    Examples
    --------
    >>> seconds(0.00213), seconds(3.1e-7), seconds(12.0)
    ('2.13 ms', '310 ns', '12 s')
    """
    if value is None:
        return "–"
    for factor, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= factor:
            return f"{value / factor:.3g} {unit}"
    return f"{value / 1e-9:.3g} ns"


def _ratio(row: Row) -> str:
    ratio = row.time_ratio
    return "–" if ratio is None else f"{ratio.median:.3g} ({ratio.low:.3g} … {ratio.high:.3g})"


def _bar(bar: float | None, good: bool | None, unit: str = "") -> str:
    """A bar, and whether it is reached."""
    if bar is None:
        return "–"
    mark = {True: " [green]✓[/]", False: " [red]✗[/]", None: ""}[good]
    return f"≤ {bar:.3g}{unit}{mark}"


def _memory_bar(row: Row) -> str:
    from gaplab.cli.benchmarks.results import reached

    bars = [
        _bar(bar, reached(value, bar), unit)
        for value, bar, unit in (
            (row.ours_mib, row.memory_limit, " MiB"),
            (row.memory_ratio, row.memory_bar, " ×"),
        )
        if bar is not None
    ]
    return ", ".join(bars) or "–"


def _memory(row: Row) -> str:
    if row.ours_mib is None:
        return "–"
    return f"{_mib(row.ours_mib)}" + (f" / {_mib(row.theirs_mib)}" if row.theirs_mib else "")


def _mib(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _difference(row: Row) -> str:
    if row.difference is None:
        return "–"
    colour = "green" if row.agrees else "bold red"
    return f"[{colour}]{row.difference:.1e}[/]"
