"""A table of picture paths and captions: open_clip's convention."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from realdata.datasets.base import DATASETS, SPLITS, PairedDataset, stratified_split
from realdata.datasets.own import NO_CLASS, SHARES, assemble
from realdata.datasets.pictures import decode
from theory.errors import InputError
from theory.validation import check_choice, check_integer

__all__ = ["table"]


@DATASETS.register("csv")
def table(
    path: str = "",
    separator: str | None = None,
    image_column: str = "filepath",
    caption_column: str = "title",
    label_column: str | None = None,
    split_column: str | None = None,
    size: int = 64,
    bad_rows: str = "error",
    cache: str | None = None,
    seed: int = 0,
) -> PairedDataset:
    """A table of picture paths and captions, with a header (open_clip's convention).

    Parameters
    ----------
    path : str
        The table; picture paths are relative to its folder.
    separator : str, optional
        Between columns; by default a comma for ``.csv`` and a tab otherwise.
    image_column, caption_column : str
        Names of the columns; open_clip's by default.
    label_column : str, optional
        Column with the class; without one all items are of one class.
    split_column : str, optional
        Column that says ``train``, ``val`` or ``test``; by default a stratified split
        70 : 10 : 20, in which equal pictures stay together.
    size : int
        Side to which pictures are scaled.
    bad_rows : {"error", "skip"}
        What to do with a row whose picture cannot be decoded, whose caption is empty, or which
        repeats an earlier pair. Skipped rows are counted in ``licence``.
    cache : str, optional
        Folder for decoded pictures, for data larger than memory.
    seed : int
        Which split.

    Raises
    ------
    InputError
        With the file and the row (the header is row 1), if the table cannot be used.
    """
    if not path:
        raise InputError('path is missing; give dataset_options={"path": "pairs.csv"}.')
    check_choice("bad_rows", bad_rows, ("error", "skip"))
    check_integer("size", size, 1)
    columns = _Columns(image_column, caption_column, label_column, split_column)
    rows = _read_table(Path(path), separator, columns.needed)
    kept = _usable(rows, columns, path, skip=bad_rows == "skip")
    pictures, good = decode(
        [Path(path).parent / values[image_column] for _, values in kept],
        size,
        numbers=[number for number, _ in kept],
        bad_rows=bad_rows,
        cache=cache,
    )
    chosen = [kept[i][1] for i in good.tolist()]
    labels = [values[label_column] if label_column else NO_CLASS for values in chosen]
    if split_column:
        parts = [values[split_column] for values in chosen]
    else:
        parts = _parts_by_picture([values[image_column] for values in chosen], labels, seed)
    captions = [values[caption_column] for values in chosen]
    skipped = len(rows) - len(chosen)
    return assemble("csv", path, pictures, captions, labels, parts, skipped=skipped)


class _Columns(NamedTuple):
    """Names of the columns that are read."""

    image: str
    caption: str
    label: str | None
    split: str | None

    @property
    def needed(self) -> list[str]:
        return [name for name in self if name]


_Row = tuple[int, dict[str, str]]


def _usable(rows: Sequence[_Row], columns: _Columns, path: str, *, skip: bool) -> list[_Row]:
    """Rows without a fault that shows before their picture is opened."""
    first: dict[tuple[str, str], int] = {}
    kept = []
    for number, values in rows:
        problem = _problem(values, columns)
        pair = values[columns.image], values[columns.caption]
        # A repeated pair could end up on both sides of the split.
        if not problem and first.setdefault(pair, number) != number:
            problem = f"repeats the pair of row {first[pair]}; remove one"
        if not problem:
            kept.append((number, values))
        elif not skip:
            raise InputError(f'row {number} of {path} {problem}, or use bad_rows="skip".')
    return kept


def _parts_by_picture(pictures: Sequence[str], labels: Sequence[str], seed: int) -> list[str]:
    """A stratified split of distinct pictures, so that several captions of one stay together."""
    _, first, which = np.unique(np.asarray(pictures), return_index=True, return_inverse=True)
    split = stratified_split(np.asarray(labels, dtype=str)[first], SHARES, seed)
    part = np.empty(len(first), dtype=object)
    for name, rows in split.items():
        part[rows] = name
    return [str(name) for name in part[which]]


def _read_table(path: Path, separator: str | None, needed: Sequence[str]) -> list[_Row]:
    """Rows with their numbers, the header being row 1."""
    if separator is None:
        separator = "," if path.suffix == ".csv" else "\t"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, delimiter=separator)
            missing = [column for column in needed if column not in (reader.fieldnames or ())]
            if missing:
                raise InputError(
                    f"{path} has no column {missing[0]!r}; its columns are "
                    f"{', '.join(reader.fieldnames or ['none'])} (separator {separator!r})."
                )
            return [
                (number, {column: (row[column] or "").strip() for column in needed})
                for number, row in enumerate(reader, start=2)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path} cannot be read ({error}); give a UTF-8 table.") from None


def _problem(values: dict[str, str], columns: _Columns) -> str:
    for column in (columns.image, columns.caption):
        if not values[column]:
            return f"has an empty {column}; fill it"
    if columns.split and values[columns.split] not in SPLITS:
        return f"has split {values[columns.split]!r}; write {', '.join(SPLITS)}"
    return ""
