"""What ``gaplab bench`` measured, as Markdown, so that no number of the README is typed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gaplab.records import RecordError, read_json

__all__ = ["performance"]

RESULTS = "bench.json"

MARKS: dict[bool | None, str] = {True: "✓", False: "**not reached**", None: ""}

Record = Mapping[str, Any]


def performance(run: Path) -> str:
    """Ratios, their bars and how times grow, as Markdown tables.

    Parameters
    ----------
    run : Path
        Folder that ``gaplab bench`` wrote.

    Raises
    ------
    RecordError
        If the folder holds no benchmark.
    """
    path = run / RESULTS
    if not path.is_file():
        raise RecordError(f"{run} holds no {RESULTS}; name a run of gaplab bench.")
    found = read_json(path)
    try:
        rows = [row for row in found["rows"] if not row["floor"]]
        parts = [_how(found), _ratios(rows), _notes(rows), _growth(found["growth"])]
    except (KeyError, TypeError) as error:
        raise RecordError(f"{path} is not of gaplab bench ({error!r}); run it again.") from None
    return "\n\n".join(part for part in parts if part)


def _how(found: Record) -> str:
    config, versions, machine = found["config"], found["versions"], found["machine"]
    threads = config["threads"]
    packages = ", ".join(
        f"{name} {versions[name]}"
        for name in ("torch", "numpy", "scipy", "scikit-learn", "open_clip_torch", "python-flint")
        if name in versions
    )
    return (
        f"From `gaplab bench --size {config['size']}` on {found['created'][:10]}: "
        f"{threads} thread{'s' if threads > 1 else ''} of {machine['cores']} cores "
        f"({machine['system']}, {machine['architecture']}), "
        f"{packages}. Contenders take turns in one process; a ratio is ours over the peer's, the "
        f"median of {config['repeats']} rounds with its quartiles. Memory is the peak above the "
        "inputs, results included, each in a fresh process."
    )


def _ratios(rows: Sequence[Record]) -> str:
    return _table(
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
    return _table(
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


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; nothing if there are no rows."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    if not lines:
        return ""
    return "\n".join(["| " + " | ".join(head) + " |", "|---" * len(head) + "|", *lines])


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
