"""The report's pictures: drawn for light and for dark pages, kept inside the document."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from figures.base import FIGURES
from figures.catalogue import available, file_name, save_all
from figures.folder import find_any
from figures.report.html import Markup, join, paragraph, tag
from gaplab.records import read_json

__all__ = ["PictureSet", "draw_pictures"]


class PictureSet(NamedTuple):
    """Figures as HTML by section; a figure that could not be drawn says why."""

    by_section: dict[str, list[Markup]]

    def of(self, section: str) -> Markup:
        """The figures of one section."""
        return join(*self.by_section.get(section, []))


def draw_pictures(run: Path, names: Iterable[str] | None = None) -> PictureSet:
    """Draw figures of a run into its ``figures/`` folder, in light and dark.

    A picture that is newer than its records is used as it is. One that fails must not cost the
    reader the report: it is replaced by its error.
    """
    by_section: dict[str, list[Markup]] = {}
    leaves = [FIGURES[name] for name in (available(run) if names is None else names)]
    for leaf in sorted(leaves, key=lambda leaf: (leaf.place, leaf.name)):
        by_section.setdefault(leaf.section, []).append(_figure(run, leaf.name))
    return PictureSet(by_section)


def _figure(run: Path, name: str) -> Markup:
    try:
        light, dark = _drawn(run, name, "screen"), _drawn(run, name, "dark")
    except Exception as error:  # whatever a broken record does to a picture, the report stands
        return paragraph(
            f"Figure {name} could not be drawn: {error} ({type(error).__name__}).", class_="failed"
        )
    told: dict[str, Any] = read_json(light.parent / "captions.json")[name]
    width, height = _size(light)
    picture = tag(
        "picture",
        tag("source", srcset=_data(dark), media="(prefers-color-scheme: dark)"),
        tag(
            "img",
            src=_data(light),
            alt=told["caption"],
            width=width,
            height=height,
            style=f"max-width: max(40rem, {width}px)",
        ),
    )
    return tag(
        "figure",
        tag("h3", told["title"]),
        tag("div", picture, class_="scroll", tabindex=0, role="group", aria_label=told["title"]),
        tag("figcaption", told["caption"]),
        id=f"figure-{name}",
    )


def _drawn(run: Path, name: str, style: str) -> Path:
    """The picture, drawn if it is missing or older than a record."""
    path = run / "figures" / file_name(name, style, "png")
    records = [file for need in FIGURES[name].needs for file in find_any(run, need)]
    if not path.is_file() or any(path.stat().st_mtime < r.stat().st_mtime for r in records):
        save_all(run, [name], ("png",), style)
    return path


def _data(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


def _size(path: Path) -> tuple[int, int]:
    """Width and height that a PNG states in its header."""
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return int(width), int(height)
