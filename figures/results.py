"""Tables of results in a run folder: evaluations by seed, repairs, predictions, the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from figures.folder import BASELINE, find, find_named
from gaplab.records import RecordError, load_ledger, read_json
from theory.statistics import Interval, mean_interval, paired_interval

__all__ = [
    "BASELINE",
    "Evaluation",
    "deviation",
    "interval_of",
    "load_comparison",
    "load_evaluations",
    "load_predictions",
    "load_rates",
    "load_repairs",
    "load_tables",
    "load_verdicts",
    "paired_difference",
    "row_interval",
    "saved_interval",
    "setting_numbers",
]

_NUMBER = re.compile(r"(\w+(?==)|from|gap|residual)[= ](-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)")
"""A setting's name and number, ``τ=0.5``; of some words without the sign, ``from 40°``."""

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Evaluation:
    """What `gaplab train` found on held-out pairs, by seed."""

    loss: str
    seeds: list[dict[str, Any]]
    dataset: str = ""
    model: str = ""
    split: str = ""
    n_test: int | None = None
    chance: dict[str, float] = field(default_factory=dict)
    floor: float | None = None


def load_evaluations(run: Path) -> dict[str, Evaluation]:
    """Evaluations of a run by loss, plain CLIP first.

    Raises
    ------
    RecordError
        If an evaluation has no list of seeds.
    """
    found = {}
    for name, path in find_named(run, "training/*/evaluation.json", "loss").items():
        saved = read_json(path)
        if not isinstance(saved, dict) or not isinstance(saved.get("seeds"), list):
            raise RecordError(f"{path} has no list of seeds; make it with gaplab train.")
        found[name] = Evaluation(
            loss=name,
            seeds=saved["seeds"],
            dataset=str(saved.get("dataset", "")),
            model=str(saved.get("model", "")),
            split=str(saved.get("split", "")),
            n_test=saved.get("n_test"),
            chance=saved.get("chance") or {},
            floor=saved.get("floor"),
        )
    return found


def load_repairs(run: Path) -> list[dict[str, Any]]:
    """Rows of the repair table (``method``, ``loss``, ``seed`` and metrics); none if absent."""
    paths = find(run, "repairs/table.json")
    return _rows(paths[0], ("method",)) if paths else []


def load_predictions(run: Path) -> dict[str, list[dict[str, Any]]]:
    """Measured-against-predicted rows of every simulated experiment."""
    found = find_named(run, "simulations/*/table.json", "experiment")
    return {name: _rows(path, ("quantity",)) for name, path in found.items()}


def load_tables(run: Path) -> dict[str, Any]:
    """Benchmark tables by name; that of pretrained models is a list of rows.

    Raises
    ------
    RecordError
        If one holds neither rows nor why it was not run.
    """
    found = {}
    for name, path in find_named(run, "tables/*/table.json", "table").items():
        saved = read_json(path)
        if not (isinstance(saved, list) or {"rows", "not_run"} & set(saved)):
            raise RecordError(f"{path} is not a benchmark table; make it with gaplab train.")
        found[name] = saved
    return found


def load_comparison(run: Path) -> list[dict[str, Any]]:
    """Rows of the comparison of real and simulated dynamics; none if absent."""
    paths = find(run, "comparison/comparison.json")
    return _rows(paths[0], ("reference", "other", "quantity", "time_scale")) if paths else []


def load_rates(run: Path) -> list[dict[str, Any]]:
    """Rows of the gap's decay rates in a comparison; none if absent."""
    paths = find(run, "comparison/rates.json")
    return _rows(paths[0], ("run", "measured", "predicted", "start", "level")) if paths else []


def load_verdicts(run: Path) -> list[dict[str, Any]]:
    """The verdicts of the ledger; none if it is absent."""
    paths = find(run, "ledger.json")
    return list(load_ledger(paths[0])["verdicts"]) if paths else []


def row_interval(row: Mapping[str, Any]) -> Interval:
    """What a row of predictions measured, with its interval over seeds; NaN where unknown."""
    return saved_interval({**row, "mean": row.get("measured"), "n": row.get("n_seeds")})


def deviation(row: Mapping[str, Any]) -> Interval | None:
    """Percent by which a row of predictions was measured off, with its interval over seeds.

    None where something is unknown or 0 is predicted.
    """
    predicted = row.get("predicted")
    if row.get("measured") is None or not predicted:
        return None
    found = row_interval(row)
    mean, low, high = (100 * (value - predicted) / abs(predicted) for value in found[:3])
    return Interval(mean, low, high, found.n)


def saved_interval(cell: Mapping[str, Any]) -> Interval:
    """An interval as JSON keeps it, where a single seed has no bounds."""
    mean, low, high = (
        float("nan") if cell.get(key) is None else float(cell[key])
        for key in ("mean", "low", "high")
    )
    return Interval(mean, low, high, int(cell.get("n") or 0))


def setting_numbers(setting: str) -> dict[str, float]:
    """The numbers of a setting as the simulator words it.

    Examples
    --------
    >>> setting_numbers("full loss, h=4, φ=60°, τ=0.5, from 40°")
    {'h': 4.0, 'φ': 60.0, 'τ': 0.5, 'from': 40.0}
    """
    return {name: float(value) for name, value in _NUMBER.findall(setting)}


def interval_of(rows: Rows, metric: str) -> Interval | None:
    """Mean and 95 % interval of a metric over rows (one a seed); None where none has it."""
    values = [float(row[metric]) for row in rows if row.get(metric) is not None]
    return mean_interval(values) if values else None


def paired_difference(rows: Rows, baseline: Rows, metric: str) -> Interval | None:
    """Interval of ``rows − baseline`` over the seeds that both measured; None without any."""
    ours, theirs = _by_seed(rows, metric), _by_seed(baseline, metric)
    shared = sorted(ours.keys() & theirs.keys())
    if not shared:
        return None
    return paired_interval(
        np.array([ours[s] for s in shared]), np.array([theirs[s] for s in shared])
    )


def _by_seed(rows: Rows, metric: str) -> dict[int, float]:
    return {int(r["seed"]): float(r[metric]) for r in rows if r.get(metric) is not None}


def _rows(path: Path, keys: Iterable[str]) -> list[dict[str, Any]]:
    rows = read_json(path)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RecordError(f"{path} is not a list of rows; make it again.")
    for key in keys:
        if not all(key in row for row in rows):
            raise RecordError(f"{path} has a row without {key}; make it again.")
    return rows
