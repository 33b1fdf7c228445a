"""Draw figures of a run by name, and save them with their captions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Picture
from PIL import Image

from figures.base import FIGURES, Figure
from figures.folder import find_any
from figures.style import Style, get_style
from gaplab.records import RecordError, atomic_path, read_json, write_json
from theory.errors import InputError

__all__ = ["FORMATS", "available", "draw", "file_name", "missing", "names", "save_all"]

FORMATS = ("png", "svg", "pdf")
"""Formats that `save_all` writes."""

_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None},
    "pdf": {"CreationDate": None},
}
"""Nothing that changes from day to day: the same records give the same file."""


def names() -> list[str]:
    """Names of all figures."""
    return FIGURES.names()


def missing(run: str | os.PathLike[str], name: str) -> list[str]:
    """The patterns of files that figure `name` needs and the run does not have."""
    return [
        need if isinstance(need, str) else " or ".join(need)
        for need in FIGURES[name].needs
        if not find_any(Path(run), need)
    ]


def available(run: str | os.PathLike[str]) -> list[str]:
    """Names of the figures whose records exist in the run folder."""
    return [
        name for name in names() if not missing(run, name) and FIGURES[name].drawable(Path(run))
    ]


def draw(name: str, run: str | os.PathLike[str], style: str | Style = "screen") -> Picture:
    """Draw one figure of a run.

    Parameters
    ----------
    name : str
        One of `names()`.
    run : path
        The run folder.
    style : {"screen", "paper", "dark"} or Style
        The medium.

    Returns
    -------
    matplotlib.figure.Figure
        On an Agg canvas of its own; pyplot knows nothing of it.

    Raises
    ------
    InputError
        If the name or style is unknown.
    RecordError
        If the run lacks what the figure needs, or it cannot be read.
    """
    return _draw(_leaf(name, Path(run), get_style(style)), Path(run))[0]


def file_name(name: str, style: str, kind: str) -> str:
    """File of a figure: its name, with the style unless that is ``screen``."""
    return f"{name}.{kind}" if style == "screen" else f"{name}-{style}.{kind}"


def save_all(
    run: str | os.PathLike[str],
    names: Iterable[str] | None = None,
    formats: Iterable[str] = ("png",),
    style: str | Style = "screen",
    out: str | os.PathLike[str] | None = None,
    progress: Callable[[int, int, str], None] | None = None,
) -> list[Path]:
    """Draw figures into ``figures/`` of the run, with ``captions.json``.

    Parameters
    ----------
    run : path
        The run folder.
    names : iterable of str, optional
        Which; all that the run has records for by default.
    formats : iterable of {"png", "svg", "pdf"}
        File formats.
    style : {"screen", "paper", "dark"} or Style
        The medium; styles other than ``screen`` are part of the file's name.
    out : path, optional
        Another folder to write into.
    progress : callable, optional
        Called with figures done, figures in all, and the name of the next.

    Returns
    -------
    list of Path
        The pictures written.

    Raises
    ------
    InputError
        If a name, format or style is unknown.
    RecordError
        If the run lacks what a named figure needs.
    """
    folder, medium = Path(run), get_style(style)
    kinds = list(formats)
    for kind in kinds:
        if kind not in FORMATS:
            raise InputError(f"format is {kind!r}; choose among {', '.join(FORMATS)}.")
    target = Path(out) if out is not None else folder / "figures"
    leaves = [_leaf(n, folder, medium) for n in (available(run) if names is None else names)]
    captions = _captions(target)
    written = []
    for done, leaf in enumerate(leaves):
        if progress is not None:
            progress(done, len(leaves), leaf.name)
        picture, data = _draw(leaf, folder)
        captions[leaf.name] = {"title": leaf.title, "caption": leaf.caption(data)}
        for kind in kinds:
            path = target / file_name(leaf.name, medium.name, kind)
            with medium.applied(), atomic_path(path) as part:
                _write(picture, part, kind)
            written.append(path)
    if progress is not None:
        progress(len(leaves), len(leaves), "drawn")
    if leaves:
        write_json(dict(sorted(captions.items())), target / "captions.json")
    return written


def _write(picture: Picture, path: Path, kind: str) -> None:
    if kind != "png":
        picture.savefig(path, format=kind, metadata=_METADATA[kind])
        return
    # 256 colours are enough for lines on paper, and a third of the bytes
    drawn = BytesIO()
    picture.savefig(drawn, format=kind, metadata=_METADATA[kind])
    with Image.open(drawn) as image:
        dpi = image.info.get("dpi", (72, 72))
        few = image.convert("RGB").quantize(256, dither=Image.Dither.NONE)
        few.save(path, format=kind, optimize=True, dpi=dpi)


def _captions(folder: Path) -> dict[str, Any]:
    path = folder / "captions.json"
    return dict(read_json(path)) if path.is_file() else {}


def _leaf(name: str, run: Path, style: Style) -> Figure:
    leaf = FIGURES[name](style)
    if lacking := missing(run, name):
        raise RecordError(
            f"figure {name} needs {', '.join(lacking)}, which {run} does not have; "
            "draw it from a run that does."
        )
    return leaf


def _draw(leaf: Figure, run: Path) -> tuple[Picture, Any]:
    data = leaf.load(run)
    panels = leaf.panels(data)
    with leaf.style.applied():
        picture = Picture(figsize=(panels.columns * panels.width, panels.rows * panels.height))
        FigureCanvasAgg(picture)
        axes: np.ndarray = picture.subplots(
            panels.rows,
            panels.columns,
            squeeze=False,
            sharex=panels.share_x,
            sharey=panels.share_y,
            width_ratios=panels.width_ratios,
        )
        drawn = leaf.plot(data, axes)
        assert isinstance(drawn, (np.ndarray, Axes))
    return picture, data
