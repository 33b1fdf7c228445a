"""Train the methods of a table into one folder, and collect what they reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gaplab.jobs import Progress
from gaplab.records import (
    Embeddings,
    RecordError,
    RunFolder,
    read_json,
    write_json,
    write_text,
)
from realdata.config import TrainConfig
from realdata.repairing import METHODS as REPAIRS
from realdata.repairing import repair_table
from realdata.tables.definitions import Table
from realdata.tables.results import PRESERVED, ordering, published, summarise
from realdata.training import train_all

__all__ = ["collect", "configs", "findings", "not_run", "to_markdown", "train_table"]


def configs(
    table: Table, seeds: Sequence[int], settings: Mapping[str, Any]
) -> dict[str, TrainConfig]:
    """What every method trains: the table's settings, then its own, then `settings`."""
    return {
        method.name: TrainConfig.from_mapping(
            {
                **table.settings,
                **method.settings,
                **settings,
                "seeds": tuple(seeds[: method.n_seeds]),
            }
        )
        for method in table.methods
    }


def train_table(
    table: Table,
    run: RunFolder,
    seeds: Sequence[int],
    settings: Mapping[str, Any] | None = None,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Train every method and seed that is not done yet, and write the table.

    Parameters
    ----------
    table : Table
    run : RunFolder
        A folder of its own: a method in each of its folders; ``table.json`` and ``table.md``.
    seeds : sequence of int
        The same for every method, which pairs them.
    settings : mapping, optional
        Settings of all methods, in place of the table's own.
    jobs, progress
        As in `train`.

    Returns
    -------
    dict
        What `collect` returns.

    Raises
    ------
    InputError, RecordError
        If a setting cannot be used, or a folder holds another run.
    """
    parts = []
    for name, config in configs(table, seeds, settings or {}).items():
        folder = run.path / name
        if (folder / "manifest.json").is_file():
            part = RunFolder.open(folder)
            own = TrainConfig.from_mapping(part.manifest["config"])
            if differences := own.differences(config):
                raise RecordError(
                    f"{folder} was trained with another {', '.join(differences)}; "
                    "resume the table as it was begun, or name a new folder."
                )
        else:
            part = RunFolder.create(folder, "train", config.to_dict())
        parts.append((config, part))
    train_all(parts, jobs=jobs, progress=progress)
    found = collect(table, run.path, seeds)
    write_json(found, run.file("table.json"))
    write_text(to_markdown(found), run.file("table.md"))
    return found


def not_run(table: Table, run: RunFolder, reason: str) -> None:
    """Leave a record of a table that could not be trained, and why."""
    write_json(
        {"name": table.name, "title": table.title, "not_run": reason}, run.file("table.json")
    )
    write_text(f"# {table.title}\n\n*Not run*: {reason}\n", run.file("table.md"))


def collect(table: Table, folder: Path, seeds: Sequence[int]) -> dict[str, Any]:
    """The table of what is in `folder`.

    Returns
    -------
    dict
        ``title``, ``dataset``, ``licence``, ``n_test``, ``chance``, ``floor``, ``columns``,
        ``rows`` (see `summarise`; methods, whose names are ``trained``, then repairs of the first
        method's embeddings), the bound ``preserved`` of R@1,
        ``ordering`` and ``findings`` (see there), ``published``, processor ``hours`` of all
        ``runs`` together, and ``notes``.
    """
    records = {m.name: read_json(folder / m.name / "evaluation.json") for m in table.methods}
    titles = {m.name: m.title for m in table.methods}
    evaluations = {name: record["seeds"] for name, record in records.items()}
    baseline = table.methods[0].name
    repairs: dict[str, list[dict[str, Any]]] = {name: [] for name in REPAIRS if name != "none"}
    notes = [table.note] if table.note else []
    told: dict[str, list[str]] = {}
    for seed in seeds:
        saved = folder / baseline / "embeddings"
        train, test = (
            Embeddings.load(saved / f"seed-{seed}-{part}.safetensors") for part in ("train", "test")
        )
        found, _ = repair_table(train, test, list(repairs), loss=baseline, seed=seed)
        for row in found:
            repairs[row["method"]].append(row)
            if row["note"]:
                told.setdefault(row["method"], []).append(f"seed {seed}: {row['note']}")
    for name, said in told.items():
        others = f" (So in {len(said)} of {len(seeds)} seeds.)" if len(seeds) > 1 else ""
        notes.append(f"{titles[baseline]} + {name.replace('_', ' ')}, {said[0]}{others}")
    titles |= {name: f"{titles[baseline]} + {name.replace('_', ' ')}" for name in repairs}
    first = records[baseline]
    after = summarise({baseline: evaluations[baseline], **repairs}, table.columns)
    rows = [*summarise(evaluations, table.columns), *after[1:]]
    seconds = [seed["cpu_seconds"] for found in evaluations.values() for seed in found]
    record = {
        "name": table.name,
        "title": table.title,
        "dataset": first["dataset"],
        "licence": first["licence"],
        "runs": len(seconds),
        "hours": sum(seconds) / 3600.0,
        "model": first["model"],
        "n_test": first["n_test"],
        "chance": first["chance"],
        "floor": first["floor"],
        "columns": [vars(column) for column in table.columns],
        "rows": [{**row, "title": titles[row["method"]]} for row in rows],
        "trained": list(evaluations),
        "preserved": PRESERVED,
        "ordering": ordering(rows, table.columns),
        "published": published(table.source),
        "notes": notes,
    }
    return {**record, "findings": findings(record)}


def to_markdown(found: Mapping[str, Any]) -> str:
    """A table of `collect` as Markdown: means with intervals, differences, published numbers."""
    columns = found["columns"]
    heads = [column["title"] for column in columns]
    lines = [
        f"# {found['title']}",
        "",
        *(f"- {finding['text']}" for finding in found["findings"]),
        "",
        f"Model {found['model']}, {found['n_test']} test items, every one counted; equal captions "
        f"count as correct (chance R@1 {found['chance']['r1_xy']:.3f}, InfoNCE floor "
        f"{found['floor']:.3f}). Mean with 95 % t-interval over seeds; then the paired difference "
        "to the first row. ▲ better and ▼ worse at 5 % after Holm's correction over the ways to "
        "train, and over the repairs; R@1 is *preserved* if the interval of its difference lies "
        f"above −{-100 * PRESERVED:.0f} points.",
        "",
        "| | seeds | " + " | ".join(heads) + " |",
        "|---" * (len(heads) + 2) + "|",
    ]
    for row in found["rows"]:
        cells = [_cell(row["metrics"].get(column["metric"])) for column in columns]
        lines.append(f"| {row['title']} | {row['n_seeds']} | " + " | ".join(cells) + " |")
    for row in found["published"]:
        cells = [_theirs(row.get(column["metric"])) for column in columns]
        lines.append(f"| *published: {row['method']}* | – | " + " | ".join(cells) + " |")
    notes = [f"- {note}" for note in found["notes"]]
    return "\n".join([*lines, "", *notes, ""]).replace("-0.", "−0.")


def findings(found: Mapping[str, Any]) -> list[dict[str, str]]:
    """Whether the published order is found, in words: a finding a method of it.

    Returns
    -------
    list of dict
        ``title`` of the method; ``answer``: *yes* if all of the order holds, *no* if some of it
        does not, else *undecided*; and the ``text``.
    """
    titles = {row["method"]: row["title"] for row in found["rows"]}
    heads = {column["metric"]: column["title"] for column in found["columns"]}
    told = []
    for method in dict.fromkeys(entry["method"] for entry in found["ordering"]):
        entries = [entry for entry in found["ordering"] if entry["method"] == method]
        parts = [
            f"{heads[entry['metric']]} {entry['expected']}: {entry['answer']} "
            f"({_signed(entry['difference'])})"
            for entry in entries
        ]
        answers = {entry["answer"] for entry in entries}
        answer = "no" if "does not hold" in answers else "yes" if answers == {"holds"} else ""
        told.append(
            {
                "title": titles[method],
                "answer": answer or "undecided",
                "text": f"{titles[method]}, beside {found['rows'][0]['title']}: "
                + "; ".join(parts)
                + ".",
            }
        )
    return told


def _signed(change: Mapping[str, float]) -> str:
    """A difference with its interval."""
    text = f"{change['mean']:+.3f} [{change['low']:+.3f}, {change['high']:+.3f}]"
    return text.replace(" [+nan, +nan]", "").replace("-", "−")


_MARKS = {"better": " ▲", "worse": " ▼", "undecided": ""}


def _cell(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return "–"
    text = f"{cell['mean']:.3f} [{cell['low']:.3f}, {cell['high']:.3f}]"
    if "difference" in cell:
        change = cell["difference"]
        text += f"<br>{_signed(change)}"
        text += _MARKS[cell["decision"]]
    if "preserved" in cell:
        text += f" preserved: {cell['preserved']}"
    return text.replace(" [nan, nan]", "")


def _theirs(value: float | None) -> str:
    return "–" if value is None else f"*{value:.3f}*"
