"""The parts of the report, each from the records it needs; absent ones say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from figures.folder import find, manifest
from figures.report import tables
from figures.report.claims import claim_details, ledger
from figures.report.html import Markup, code_block, join, paragraph, tag
from figures.report.pictures import PictureSet
from figures.report.story import (
    Finding,
    comparison_findings,
    ledger_finding,
    prediction_finding,
    repair_finding,
    table_findings,
    training_findings,
)
from figures.results import (
    load_comparison,
    load_evaluations,
    load_predictions,
    load_rates,
    load_repairs,
    load_tables,
    load_verdicts,
)
from figures.words import duration, number

__all__ = ["Section", "build_sections"]


class Section(NamedTuple):
    """An anchor, a heading and the content below it."""

    anchor: str
    heading: str
    body: Markup


def build_sections(run: Path, pictures: PictureSet) -> list[Section]:
    """All sections in reading order."""
    builders: tuple[tuple[str, str, Callable[[Path, PictureSet], Markup]], ...] = (
        ("summary", "Summary", _summary),
        ("claims", "The claims and their verdicts", _claims),
        ("simulations", "Simulation on the sphere", _simulations),
        ("training", "Real training", _training),
        ("repairs", "Repairing trained embeddings", _repairs),
        ("tables", "Benchmark tables", _tables),
        ("making", "How this was made", _making),
    )
    return [Section(anchor, heading, build(run, pictures)) for anchor, heading, build in builders]


def _absent(what: str, command: str) -> Markup:
    return paragraph(f"Not run: this folder holds no {what}. ", tag("code", command), " makes it.")


def _summary(run: Path, _pictures: PictureSet) -> Markup:
    findings = [
        ledger_finding(load_verdicts(run)),
        prediction_finding(load_predictions(run)),
        *training_findings(load_evaluations(run)),
        *comparison_findings(load_comparison(run)),
        repair_finding(load_repairs(run)),
        *table_findings(load_tables(run)),
    ]
    told = [found for found in findings if found is not None]
    if not told:
        return paragraph("This folder holds no results that answer a question yet.")
    return tag("dl", *(_answer(found) for found in told), class_="findings")


def _answer(found: Finding) -> Markup:
    points = [tag("ul", *(tag("li", point) for point in found.points))] if found.points else []
    return tag(
        "div",
        tag("dt", found.question),
        tag("dd", found.text, *points),
        class_=f"finding {found.answer}",
    )


def _claims(run: Path, pictures: PictureSet) -> Markup:
    verdicts = load_verdicts(run)
    if not verdicts:
        return join(_absent("ledger", "gaplab verify --out DIR"), pictures.of("claims"))
    return join(
        paragraph(
            "A verdict follows from its evidence. Evidence counts only if it also refutes every "
            "control: a false sibling of the claim, some of them close to the truth."
        ),
        ledger(verdicts),
        *(claim_details(verdict) for verdict in verdicts),
        pictures.of("claims"),
    )


def _simulations(run: Path, pictures: PictureSet) -> Markup:
    predictions = load_predictions(run)
    if not predictions:
        return join(
            _absent("simulation", "gaplab simulate free --out DIR"), pictures.of("simulations")
        )
    return join(
        pictures.of("simulations"),
        *(tables.predictions(name, rows) for name, rows in predictions.items()),
    )


def _training(run: Path, pictures: PictureSet) -> Markup:
    evaluations = load_evaluations(run)
    comparison = load_comparison(run)
    parts: list[Markup] = []
    if evaluations:
        first = next(iter(evaluations.values()))
        parts += [paragraph(tables.training_setting(first)), tables.training(evaluations)]
    else:
        parts.append(_absent("evaluated training", "gaplab train --out DIR"))
    if comparison:
        parts.append(tables.comparison(comparison))
    if rates := load_rates(run):
        parts.append(tables.rates(rates))
    return join(*parts, pictures.of("training"))


def _repairs(run: Path, pictures: PictureSet) -> Markup:
    rows = load_repairs(run)
    if not rows:
        return join(_absent("repairs", "gaplab reproduce"), pictures.of("repairs"))
    return join(
        paragraph("Each repair is fitted on the training pairs and judged on the test pairs."),
        tables.repairs(rows),
        pictures.of("repairs"),
    )


def _tables(run: Path, pictures: PictureSet) -> Markup:
    found = load_tables(run)
    if not found:
        return join(
            _absent("benchmark table", "gaplab train --table digits --out DIR"),
            pictures.of("tables"),
        )
    return join(
        *(
            tables.pretrained(saved) if isinstance(saved, list) else tables.benchmark(saved)
            for saved in found.values()
        ),
        pictures.of("tables"),
    )


def _making(run: Path, _pictures: PictureSet) -> Markup:
    made = manifest(run)
    parts: list[Markup] = []
    seconds: Mapping[str, Any] = made.get("seconds") or {}
    if seconds:
        rows = [(stage, duration(float(s))) for stage, s in seconds.items()]
        rows.append(("together", duration(sum(float(s) for s in seconds.values()))))
        parts += [
            tag("h3", "Time"),
            tables.plain("Wall-clock time of every stage", ("stage", "time"), rows),
        ]
    if made.get("command"):
        parts += [
            tag("h3", "Make it again"),
            paragraph(
                "From a checkout with ", tag("code", "make reproduce"), ", or with this command:"
            ),
            code_block(str(made["command"]), "Command that made this run"),
        ]
    for key, heading in (
        ("config", "Configuration"),
        ("versions", "Versions"),
        ("machine", "Machine"),
    ):
        values = made.get(key)
        if isinstance(values, Mapping) and values:
            rows = [(name, _setting(value)) for name, value in values.items()]
            parts += [tag("h3", heading), tables.plain(heading, ("name", "value"), rows)]
    if made.get("created"):
        parts.append(
            paragraph(f"Started {made['created']}; ended as “{made.get('status', 'unknown')}”.")
        )
    files = find(run, "**/*.nc")
    if files:
        parts.append(
            paragraph(
                f"The numbers behind the figures lie in this folder: {len(files)} trajectories "
                "(NetCDF), the ledger and tables (JSON), embeddings (safetensors)."
            )
        )
    return join(*parts) if parts else paragraph("The folder has no manifest.")


def _setting(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return (
            ", ".join(f"{k} = {v}" for k, v in value.items())
            if isinstance(value, dict)
            else ", ".join(map(str, value))
        )
    return number(value) if isinstance(value, float) else str(value)
