"""Write the page of a diagnosis into its run folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from figures.diagnosis.words import DEGREES, Row, metric_groups
from figures.folder import manifest
from figures.report.html import Markup, join, paragraph, table, tag
from figures.report.page import page
from figures.report.pictures import draw_pictures
from figures.report.sections import Section
from figures.words import number
from gaplab.records import RecordError, read_json, write_text

__all__ = ["write_page"]

_CLASSES = {"warning": "no", "gap": "undecided", "theory": "", "advice": "yes"}

_HOW = (
    "Every interval aims at 95 %. bootstrap: pairs are resampled; squared lengths of means are "
    "corrected for the noise of the means. m × k: m subsamples of k pairs without replacement, "
    "since repeated rows would be each other's neighbours; the value is that of k pairs, and the "
    "interval covers what the population gives for k pairs (delete-d jackknife); the value on "
    "all rows stands beside it where it was computed. held-out: two classifiers, each judged on "
    "the half that it has not seen, are held and the pairs resampled."
)


def write_page(run: str | os.PathLike[str]) -> Path:
    """Write ``report.html``, one self-contained file, into the folder of a diagnosis.

    Parameters
    ----------
    run : path
        What ``gaplab diagnose --out`` writes: ``diagnosis.json``, ``sample.safetensors``.

    Raises
    ------
    RecordError
        If the folder holds no diagnosis.
    """
    folder = Path(run)
    if not (folder / "diagnosis.json").is_file():
        raise RecordError(f"{run} holds no diagnosis.json; make one with gaplab diagnose --out.")
    record: dict[str, Any] = read_json(folder / "diagnosis.json")
    names = " and ".join(record["names"])
    lead = f"{record['n']:,} pairs of {names} in {record['h']} dimensions."
    sections = [
        Section("findings", "Findings", _findings(record)),
        Section("pictures", "Pictures", draw_pictures(folder).of("diagnosis")),
        Section("theory", "What the theory says", _theory(record)),
        Section("metrics", "Every metric", _metrics(record)),
        Section("making", "How this was made", _making(folder)),
    ]
    return write_text(page("Why the modalities lie apart", lead, sections), folder / "report.html")


def _findings(record: Mapping[str, Any]) -> Markup:
    entries = [
        tag(
            "div",
            tag("dt", found["text"]),
            tag("dd", found["reason"]),
            class_=f"finding {_CLASSES[found['kind']]}".strip(),
        )
        for found in record["findings"]
    ]
    return tag("dl", *entries, class_="findings")


def _theory(record: Mapping[str, Any]) -> Markup:
    parts = []
    for pair in record["pairs"]:
        names = ", ".join(pair["names"])
        checks = [
            (c["theorem"], _wrapped(c["needs"]), "met" if c["met"] else "not met",
             _wrapped(c["measured"]), _wrapped(c["says"]))
            for c in pair["hypotheses"]
        ]  # fmt: skip
        head = ("theorem", "hypothesis", "", "measured", "what holds where it is met")
        parts.append(table(f"Hypotheses, {names}", head, checks))
        parts.append(table(f"Predictions, {names}", ("", ""), _predictions(pair["prediction"])))
    if len(record["names"]) > 2:
        parts.append(
            paragraph(
                f"All {len(record['names'])} views share {record['shared_by_all']} directions."
            )
        )
    return join(*parts)


def _wrapped(text: str) -> Markup:
    return tag("span", text, class_="wrap")


def _predictions(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    p, q = found["dimensions"]
    critical = found["critical_angle"]
    return [
        ("directions that hold 99 % of the second moment", f"{p} and {q}"),
        ("shared because both fit in no other way", str(found["forced"])),
        ("shared to within what sampling resolves",
         f"{found['shared']} (angles below {_degrees(found['resolution'])})"),
        ("smallest principal angle: the gap angle that training can reach (N.T3′)",
         _degrees(found["achievable_angle"])),
        ("centroid gap at that angle", number(found["achievable_gap"])),
        (f"angle above which directions are given up at τ = {found['temperature']:g} (N.3)",
         "–" if critical is None else _degrees(critical)),
        ("directions that are not shared: surviving, given up",
         f"{found['surviving']}, {found['abandoned']}"),
    ]  # fmt: skip


def _degrees(radians: float) -> str:
    return f"{radians * DEGREES:.2f}°"


def _metrics(record: Mapping[str, Any]) -> Markup:
    head = ("metric", "value [95 % interval]", "how", "all rows")
    parts = [paragraph(_HOW)]
    for heading, rows in metric_groups(record):
        parts.append(table(heading, head, [_cells(row) for row in rows]))
    return join(*parts)


def _cells(row: Row) -> tuple[str, str, str, str]:
    return row.title, row.value, row.how, row.whole


def _making(folder: Path) -> Markup:
    made = manifest(folder)
    config: Mapping[str, Any] = made.get("config") or {}
    rows = [(name, ", ".join(value) if isinstance(value, list) else str(value))
            for name, value in config.items()]  # fmt: skip
    versions: Mapping[str, Any] = made.get("versions") or {}
    return join(
        table("Configuration", ("name", "value"), [(n, _wrapped(v)) for n, v in rows]),
        table("Versions", ("name", "value"), [(n, str(v)) for n, v in versions.items()]),
    )
