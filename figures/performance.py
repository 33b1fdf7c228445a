"""What ``gaplab bench`` measured, as Markdown, so that no number of the README is typed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from figures.markdown import markdown_table
from gaplab.records import RecordError, read_json

__all__ = ["performance"]

RESULTS = "bench.json"

MARKS: dict[bool | None, str] = {True: "✓", False: "**not reached**", None: ""}

Record = Mapping[str, Any]


def performance(*runs: Path) -> str:
    """Ratios, their bars and how times grow, as Markdown tables.

    Parameters
    ----------
    *runs : Path
        Folders that ``gaplab bench`` wrote; a suite that several of them hold is taken from the
        newest, so that one suite can be measured again.

    Raises
    ------
    RecordError
        If a folder holds no benchmark, or two were not made alike.
    """
    records = sorted((_load(run) for run in runs), key=lambda record: str(record["created"]))
    for other in records[:-1]:
        _check_alike(other, records[-1])
    newest = {suite: record for record in records for suite in _suites(record)}
    rows = [row for row in _gather(newest, "rows") if not row["floor"]]
    growth = _gather(newest, "growth")
    told = [f"- {row['name']}: {row['note']}." for row in growth if row.get("note")]
    parts = [
        _how(records[-1], newest), _ratios(rows), _notes(rows), _growth(growth), "\n".join(told),
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def _load(run: Path) -> Record:
    path = run / RESULTS
    if not path.is_file():
        raise RecordError(f"{run} holds no {RESULTS}; name a run of gaplab bench.")
    found = read_json(path)
    try:
        _how(found, dict.fromkeys(_suites(found), found))
    except (KeyError, TypeError) as error:
        raise RecordError(f"{path} is not of gaplab bench ({error!r}); run it again.") from None
    record: Record = found
    return record


def _suites(record: Record) -> list[str]:
    """Suites that were measured, in their order."""
    return list(dict.fromkeys(row["suite"] for row in (*record["rows"], *record["growth"])))


def _gather(newest: Mapping[str, Record], part: str) -> list[Record]:
    """Rows of every suite, each from its record."""
    return [row for suite, found in newest.items() for row in found[part] if row["suite"] == suite]


def _check_alike(one: Record, other: Record) -> None:
    """Refuse to put into one table what was measured in different ways."""
    for part, left_out in (("config", "suites"), ("machine", ""), ("versions", "gaplab")):
        for key in one[part].keys() & other[part].keys() - {left_out}:
            a, b = one[part][key], other[part][key]
            if a != b:
                raise RecordError(
                    f"the runs of gaplab bench differ in {key} ({a} and {b}); one table needs "
                    "runs of one size, on one machine, with the same packages."
                )


def _dates(newest: Mapping[str, Record]) -> str:
    """When the suites were measured: one date, or each with its suites."""
    by_date: dict[str, list[str]] = {}
    for suite, record in newest.items():
        by_date.setdefault(record["created"][:10], []).append(suite)
    if len(by_date) == 1:
        return next(iter(by_date))
    return " and ".join(f"{date} ({', '.join(by_date[date])})" for date in sorted(by_date))


def _how(found: Record, newest: Mapping[str, Record]) -> str:
    config, versions, machine = found["config"], found["versions"], found["machine"]
    threads = config["threads"]
    processor = machine.get("processor", machine["architecture"])
    packages = ", ".join(
        f"{name} {versions[name]}"
        for name in ("torch", "numpy", "scipy", "scikit-learn", "open_clip_torch", "python-flint")
        if name in versions
    )
    return (
        f"From `gaplab bench --size {config['size']}` on {_dates(newest)}: "
        f"{threads} thread{'s' if threads > 1 else ''} of {machine['cores']} cores "
        f"({processor}, {machine['system']}), "
        f"{packages}. Contenders take turns in one process; a ratio is ours over the peer's, the "
        f"median of {config['repeats']} rounds, or more where they are short, with its quartiles. "
        "Memory is the peak above the inputs, results included, each in a fresh process."
    )


def _ratios(rows: Sequence[Record]) -> str:
    return markdown_table(
        ("task", "setting", "peer", "ours", "peer's", "time ratio", "bar", "memory", "bar"),
        (
            (
                row["task"],
                row["setting"],
                row["peer"],
                _seconds(row["ours"]),
                _seconds(row["theirs"]),
                _ratio(row["time_ratio"]),
                _bar(row["time_bar"], row["time_reached"]),
                _memory(row),
                _memory_bar(row),
            )
            for row in rows
        ),
    )


def _notes(rows: Sequence[Record]) -> str:
    return "\n".join(
        f"- {row['task']}, {row['setting']}, {row['peer']}: {row['note']}."
        for row in rows
        if row["note"]
    )


def _growth(rows: Sequence[Record]) -> str:
    return markdown_table(
        ("growth", "N", "largest takes", "exponent", "bar", "memory of the largest", "bar"),
        (
            (
                row["name"],
                f"{row['n'][0]} … {row['n'][-1]}",
                _time(row["seconds"][-1]),
                f"{row['exponent']:.2f}",
                _bar(row["bar"], row["reached"]),
                "–" if row["mib"] is None else f"{row['mib']:.0f} MiB",
                _bar(row["memory_limit"], row["memory_reached"], " MiB"),
            )
            for row in rows
        ),
    )


def _seconds(spread: Record | None) -> str:
    return "–" if spread is None else _time(spread["median"])


def _time(seconds: float) -> str:
    """A time with its unit.

    Examples
    --------
    >>> _time(0.00213), _time(3.1e-7)
    ('2.13 ms', '310 ns')
    """
    for factor, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= factor:
            return f"{seconds / factor:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"


def _ratio(spread: Record | None) -> str:
    if spread is None:
        return "–"
    return f"{spread['median']:.3g} ({spread['low']:.3g} … {spread['high']:.3g})"


def _bar(bar: float | None, good: bool | None, unit: str = "") -> str:
    if bar is None:
        return "–"
    return f"≤ {bar:.3g}{unit} {MARKS[good]}".rstrip()


def _memory(row: Record) -> str:
    if row["ours_mib"] is None:
        return "–"
    theirs = "" if row["theirs_mib"] is None else f" / {row['theirs_mib']:.0f}"
    return f"{row['ours_mib']:.0f}{theirs} MiB"


def _memory_bar(row: Record) -> str:
    bars = []
    if row["memory_limit"] is not None:
        bars.append(f"≤ {row['memory_limit']:.3g} MiB")
    if row["memory_bar"] is not None:
        bars.append(f"≤ {row['memory_bar']:.3g} ×")
    if not bars:
        return "–"
    return f"{', '.join(bars)} {MARKS[row['memory_reached']]}".rstrip()
