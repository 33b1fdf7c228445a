"""How far finitely many pairs are from the limits that the theory gives, as Markdown."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from figures.markdown import markdown_table
from figures.results import deviation, setting_numbers
from gaplab.records import RecordError, read_json

__all__ = ["finite_size"]

LIMIT = "N → ∞"
"""Part of the source of predictions that are of infinitely many pairs."""

FEWEST = 256
"""Smallest N that is shown."""

Row = Mapping[str, Any]


def finite_size(*runs: Path) -> str:
    """Deviations from the limits N → ∞ over N, a table a quantity.

    Parameters
    ----------
    *runs : Path
        Folders that ``gaplab simulate EXPERIMENT`` wrote.

    Raises
    ------
    RecordError
        If a folder has no quantity with a limit at several N.
    """
    return "\n\n".join(part for run in runs for part in _tables(run))


def _tables(run: Path) -> list[str]:
    path = run / "table.json"
    rows = [row for row in (read_json(path) if path.is_file() else []) if _is_shown(row)]
    quantities: dict[str, dict[str, dict[int, Row]]] = {}
    for row in rows:
        rest = re.sub(r"(, )?\bN=\d+", "", row["setting"]).removeprefix(", ")
        n = int(setting_numbers(row["setting"])["N"])
        quantities.setdefault(row["quantity"], {}).setdefault(rest, {})[n] = row
    found = [
        _table(quantity, settings)
        for quantity, settings in quantities.items()
        if any(len(by_n) > 1 for by_n in settings.values())
    ]
    if not found:
        raise RecordError(
            f"{run} holds no quantity with a limit at several N; name a run of gaplab simulate "
            "finite_n or transition."
        )
    return found


def _is_shown(row: Row) -> bool:
    """Whether a row measures something that has a limit for infinitely many pairs."""
    enough = setting_numbers(row["setting"]).get("N", 0.0) >= FEWEST
    return enough and LIMIT in row["source"] and deviation(row) is not None


def _table(quantity: str, settings: Mapping[str, Mapping[int, Row]]) -> str:
    counts = sorted({n for by_n in settings.values() for n in by_n})
    seeds = sorted({int(row["n_seeds"]) for by_n in settings.values() for row in by_n.values()})
    count = f"{' or '.join(map(str, seeds))} seeds; ± half the 95 % interval"
    told = "one seed" if seeds == [1] else count
    rows = []
    for setting, by_n in settings.items():
        limit = f"{next(iter(by_n.values()))['predicted']:.4g}".replace("-", "−")
        rows.append((setting, limit, *(_cell(by_n.get(n)) for n in counts)))
    return (
        f"**{quantity[0].upper()}{quantity[1:]}**, deviation from its limit in % over N ({told})"
        f"\n\n{markdown_table(('', 'limit', *map(str, counts)), rows)}"
    )


def _cell(row: Row | None) -> str:
    percent = None if row is None else deviation(row)
    if percent is None:
        return "–"
    text = f"{percent.mean:+.2f}".replace("-", "−")
    half = (percent.high - percent.low) / 2
    return text if math.isnan(half) else f"{text} ± {half:.2f}"
