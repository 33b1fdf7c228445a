"""The README's results, speeds and pictures, written from runs so that no number is typed in.

``python -m figures.readme RUN …`` replaces what stands between the markers of README.md: the
results by a run of ``gaplab reproduce``, whose pictures named there go to ``docs/gallery``; the
performance by runs of ``gaplab bench``, of which the newest counts for each suite; by runs of
``gaplab train --table`` what their tables say, which stand whole in ``docs/tables.md``, and the
pictures of benchmark tables; and by runs of ``gaplab simulate`` how far N pairs are from the
limits.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from figures.base import FIGURES
from figures.catalogue import save_all
from figures.finite_size import finite_size
from figures.folder import BASELINE, manifest
from figures.markdown import markdown_table
from figures.performance import performance
from figures.report.story import (
    comparison_findings,
    ledger_finding,
    prediction_finding,
    training_findings,
)
from figures.results import (
    interval_of,
    load_comparison,
    load_evaluations,
    load_predictions,
    load_repairs,
    load_tables,
    load_verdicts,
    paired_difference,
)
from figures.style import label
from figures.words import ANGLES, interval, signed_interval
from gaplab.records import RecordError, RunFolder, read_json, write_json, write_text
from realdata import tables
from theory.claims.verdict import STATUSES

__all__ = ["results", "update"]

METRICS = ("centroid_gap", "gap_angle", "true_pair_cosine", "r1_xy", "r1_yx", "v_measure", "knn")


def results(run: Path) -> str:
    """What a run found, as Markdown."""
    made = manifest(run)
    seconds = made["seconds"]
    stages = ", ".join(f"{name} {value:.0f}" for name, value in seconds.items())
    findings = [
        ledger_finding(load_verdicts(run)),
        prediction_finding(load_predictions(run)),
        *training_findings(load_evaluations(run)),
        *comparison_findings(load_comparison(run)),
    ]
    parts = [
        f"From `{_without_folder(made['command'])}` ({made['created'][:10]}; "
        f"gaplab {made['versions']['gaplab']}, torch {made['versions']['torch']}, "
        f"{made['machine']['cores']} cores): "
        f"{sum(seconds.values()):.0f} s in all ({stages}).",
        "\n".join(f"- **{f.question}** {f.text}" for f in findings if f is not None),
        _training(run),
        _repairs(run),
        _ledger(run),
    ]
    return "\n\n".join(part for part in parts if part)


def _without_folder(command: str) -> str:
    """The command but for where it wrote, which is nobody else's business."""
    return re.sub(r" (--out|-o)[ =]\S+", "", command)


def simulations(*runs: Path) -> str:
    """How far simulations of N pairs are from the limits, as Markdown."""
    commands = ", ".join(f"`{_without_folder(manifest(run)['command'])}`" for run in runs)
    return f"From {commands}.\n\n{finite_size(*runs)}"


def _table_command(run: Path) -> str:
    """The command that trains the table of `run`, be it trained in one go or extended later."""
    made = manifest(run)
    if "extended" not in made:
        return _without_folder(made["command"])
    name, methods = made["config"]["table"], made["config"]["methods"]
    whole = {method.name for method in tables.create(name).methods} == set(methods)
    return f"gaplab train --table {name}" + "".join(
        f" --method {method}" for method in (() if whole else methods)
    )


def benchmark_tables(*runs: Path) -> str:
    """What benchmark tables say of the published order, as Markdown."""
    parts = []
    for run in runs:
        (table,) = load_tables(run).values()
        if "findings" not in table:
            raise RecordError(f"{run} holds no methods that were trained; name another table.")
        command = _table_command(run)
        lines = "\n".join(f"- {found['text']}" for found in table["findings"])
        parts.append(f"**{table['title']}** (`{command}`)\n\n{lines}")
    return "\n\n".join([*parts, "Every row, with intervals and decisions: [docs](docs/tables.md)."])


def _whole_tables(runs: Iterable[Path], path: Path) -> None:
    """The tables of `runs` one after the other, in a file of their own."""
    parts = [
        "# Benchmark tables",
        "Written by `python -m figures.readme` from runs of these commands.",
    ]
    for run in runs:
        made = manifest(run)
        told = (run / "table.md").read_text(encoding="utf-8").replace("# ", "## ", 1).strip()
        heading, _, rest = told.partition("\n")
        saved = read_json(run / "table.json")
        parts.append(
            f"{heading}\n\n`{_table_command(run)}`, {made['created'][:10]}, "
            f"{saved['runs']} runs, {saved['hours']:.1f} processor hours.\n{rest}"
        )
    write_text("\n\n".join(parts) + "\n", path)


_SECTIONS: dict[str, tuple[str, Callable[..., str]]] = {
    "reproduce": ("results", results),
    "bench": ("performance", performance),
    "table": ("tables", benchmark_tables),
    "simulate": ("finite size", simulations),
}
"""Section of the README that a kind of run writes, and how."""


def update(runs: Iterable[Path], readme: Path, gallery: Path) -> None:
    """Write what `runs` found into `readme`, and the pictures of a reproduction into `gallery`.

    Raises
    ------
    RecordError
        If a run is none of these, two are reproductions, a table was not trained, or
        `readme` lacks the markers.
    """
    by_kind: dict[str, list[Path]] = {}
    for run in runs:
        kind = RunFolder.open(run).manifest.get("kind")
        if kind not in _SECTIONS:
            raise RecordError(f"{run} is a run of {kind}; name one of {', '.join(_SECTIONS)}.")
        by_kind.setdefault(kind, []).append(run)
    if len(by_kind.get("reproduce", [])) > 1:
        raise RecordError(f"{by_kind['reproduce'][1]} is a second reproduction; name one.")
    for kind, found in by_kind.items():
        name, write = _SECTIONS[kind]
        _replace(readme, name, write(*found))
    for run in by_kind.get("reproduce", []):
        _draw_named(run, readme, gallery, of_tables=False)
    if "table" in by_kind:
        _whole_tables(by_kind["table"], readme.parent / "docs" / "tables.md")
        with tempfile.TemporaryDirectory() as together:
            for run in by_kind["table"]:
                write_json(
                    read_json(run / "table.json"),
                    Path(together) / "tables" / run.name / "table.json",
                )
            _draw_named(Path(together), readme, gallery, of_tables=True)


def _draw_named(run: Path, readme: Path, gallery: Path, *, of_tables: bool) -> None:
    """Draw the pictures that the README names, of benchmark tables or of all else."""
    folder = re.escape(gallery.relative_to(readme.parent).as_posix())
    named = set(re.findall(rf"{folder}/([\w-]+)\.png", readme.read_text(encoding="utf-8")))
    chosen = sorted(name for name in named if (FIGURES[name].section == "tables") == of_tables)
    save_all(run, names=chosen, formats=("png",), out=gallery)
    (gallery / "captions.json").unlink(missing_ok=True)


def _replace(readme: Path, name: str, text: str) -> None:
    """Put `text` between the markers of a section."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    whole = readme.read_text(encoding="utf-8")
    if whole.count(begin) != 1 or whole.count(end) != 1:
        raise RecordError(f"{readme} needs the lines {begin} and {end}, once each.")
    before, rest = whole.split(begin)
    after = rest.split(end)[1]
    write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", readme)


def _training(run: Path) -> str:
    evaluations = load_evaluations(run)
    base = evaluations.get(BASELINE)
    if base is None:
        return ""
    rows = [
        [f"{label(e.loss)} ({len(e.seeds)} seeds)", *_cells(e.seeds)] for e in evaluations.values()
    ]
    for e in evaluations.values():
        if e.loss != BASELINE:
            differences = [_difference(e.seeds, base.seeds, metric) for metric in METRICS]
            rows.append([f"{label(e.loss)} − {label(BASELINE)}, paired", *differences])
    rows.append(["chance", *(_chance(base.chance, metric) for metric in METRICS)])
    heading = (
        f"**Trained on {base.dataset}, judged on {base.n_test} held-out pairs** "
        "(mean and 95 % t-interval over seeds; equal captions count as correct; "
        f"false negatives leave an InfoNCE floor of {base.floor:.3f})"
    )
    return f"{heading}\n\n{_table(rows)}"


def _repairs(run: Path) -> str:
    rows = load_repairs(run)
    methods = list(dict.fromkeys(row["method"] for row in rows))
    if not methods:
        return ""
    body = [[label(m), *_cells([row for row in rows if row["method"] == m])] for m in methods]
    heading = (
        f"**Repairs of {label(BASELINE)}'s embeddings**, fitted on the training pairs, "
        "judged on the held-out pairs"
    )
    notes = {
        row["method"]: f"{label(row['method'])}, seed {row['seed']}: {row['note']}"
        for row in reversed(rows)
        if row.get("note")
    }
    return "\n\n".join([heading, _table(body), *notes.values()])


def _ledger(run: Path) -> str:
    """Claims by verdict, the strongest first."""
    by_status: dict[str, list[str]] = {}
    for verdict in load_verdicts(run):
        by_status.setdefault(verdict["status"], []).append(f"`{verdict['id']}`")
    order = [status for status in reversed(STATUSES) if status in by_status]
    lines = [
        f"- **{status}** ({len(by_status[status])}): " + ", ".join(by_status[status])
        for status in order
    ]
    return "\n".join(["**The ledger of claims**", "", *lines]) if lines else ""


def _cells(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [interval(interval_of(rows, metric), _factor(metric)) for metric in METRICS]


def _difference(ours: Sequence[dict[str, Any]], base: Sequence[dict[str, Any]], metric: str) -> str:
    found = paired_difference(ours, base, metric)
    return "–" if found is None else signed_interval(found, _factor(metric))


def _chance(chance: dict[str, float], metric: str) -> str:
    return f"{chance[metric]:.3f}" if metric in chance else "–"


def _factor(metric: str) -> float:
    return 57.29577951308232 if metric in ANGLES else 1.0


def _table(rows: Iterable[Sequence[str]]) -> str:
    titles = [label(metric) + (" (°)" if metric in ANGLES else "") for metric in METRICS]
    return markdown_table(["", *titles], rows)


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]]
    update(given, Path("README.md").resolve(), Path("docs/gallery").resolve())
