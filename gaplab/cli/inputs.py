"""Embeddings given on the command line: views from files, with labels and captions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from gaplab.records import RawFormat, RecordError, load_values, load_views

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Captions", "FewRows", "Given", "Labels", "Normalize", "Raw", "Threads", "read_inputs"]

Labels = Annotated[
    Path | None,
    typer.Option("--labels", help="Class of each row: txt, json, npy, npz, safetensors."),
]
Captions = Annotated[
    Path | None,
    typer.Option("--captions", help="Caption of each row; rows of equal caption answer alike."),
]
Normalize = Annotated[
    bool,
    typer.Option("--normalize", help="Scale rows to length 1; else other lengths are refused."),
]
FewRows = Annotated[bool, typer.Option("--few-rows", help="Go on with fewer rows than dimensions.")]
Raw = Annotated[
    str | None,
    typer.Option(
        "--raw", metavar="TYPE:COLUMNS",
        help="What files without a header (.bin, .dat, .raw, .mmap) hold, as float32:512.",
    ),
]  # fmt: skip
Threads = Annotated[
    int | None,
    typer.Option(
        "--jobs", "-j", min=1,
        help="Threads (default: all cores); the numbers do not depend on it.",
    ),
]  # fmt: skip


class Given(NamedTuple):
    """Views with their names, and what is known of their rows."""

    views: dict[str, np.ndarray]
    labels: Any
    captions: Any


def read_inputs(
    files: Sequence[Path],
    labels: Path | None = None,
    captions: Path | None = None,
    *,
    normalize: bool,
    few_rows: bool,
    raw: str | None = None,
) -> Given:
    """Views of one file or several; labels and captions as given, else as the files have them.

    They are checked here, where the files that they are from can still be named.

    Raises
    ------
    RecordError
        If a file cannot be used, or there are fewer than two views in all.
    InputError
        As `theory.diagnosis.check_embeddings`.
    """
    from theory.diagnosis import check_embeddings

    if not files:
        raise RecordError("no files are named; give two or more, one a modality.")
    found = load_views(files, None if raw is None else RawFormat.parse(raw))
    if len(found.views) < 2:
        raise RecordError(
            f"{files[0]} holds one view; a gap is between two or more, so name a second file."
        )
    given = Given(
        found.views,
        found.labels if labels is None else load_values(labels),
        found.captions if captions is None else load_values(captions),
    )
    check_embeddings(
        *given.views.values(),
        labels=given.labels,
        captions=given.captions,
        names=found.made["sources"],
        normalize=normalize,
        few_rows=few_rows,
    )
    return given
