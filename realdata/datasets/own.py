"""Your own pictures with captions: a table of paths, a folder of classes, or WebDataset shards."""

from __future__ import annotations

import csv
import io
import json
import tarfile
from collections.abc import Sequence
from glob import glob
from pathlib import Path

import numpy as np

from realdata.datasets.base import DATASETS, SPLITS, PairedDataset, stratified_split
from realdata.datasets.pictures import decode, read_picture
from theory.errors import InputError
from theory.validation import check_choice, check_integer

__all__ = ["image_folder", "table", "webdataset"]

_SHARES = {"train": 0.7, "val": 0.1, "test": 0.2}
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif")
_NO_CLASS = "all"
_LICENCE = "Your own data, on your own terms."


def _assemble(
    name: str,
    pictures: np.ndarray,
    captions: list[str],
    labels: Sequence[str],
    parts: Sequence[str] | None,
    seed: int,
    skipped: int,
) -> PairedDataset:
    classes, classed = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    if parts is None:
        split = stratified_split(classed, _SHARES, seed)
    else:
        split = {part: np.flatnonzero(np.asarray(parts) == part) for part in SPLITS}
    note = f" {skipped} rows were left out because they could not be used." if skipped else ""
    return PairedDataset(
        name=name,
        images=pictures,
        captions=captions,
        labels=classed.astype(np.int64),
        classes=tuple(classes.tolist()),
        split=split,
        licence=_LICENCE + note,
    )


def _check_new(seen: dict[tuple[str, str], int], pair: tuple[str, str], row: int) -> bool:
    """Whether a pair has not come before; it could end up on both sides of the split."""
    return seen.setdefault(pair, row) == row


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
    needed = [image_column, caption_column, *filter(None, (label_column, split_column))]
    rows = _read_table(Path(path), separator, needed)
    seen: dict[tuple[str, str], int] = {}
    kept = []
    for row in rows:
        number, values = row
        problem = _problem(values, image_column, caption_column, split_column)
        if not problem and not _check_new(
            seen, (values[image_column], values[caption_column]), number
        ):
            first = seen[values[image_column], values[caption_column]]
            problem = f"repeats the pair of row {first}; remove one"
        if not problem:
            kept.append(row)
        elif bad_rows == "error":
            raise InputError(f'row {number} of {path} {problem}, or use bad_rows="skip".')
    folder = Path(path).parent
    pictures, good = decode(
        [folder / values[image_column] for _, values in kept], size, bad_rows=bad_rows, cache=cache
    )
    chosen = [kept[i][1] for i in good.tolist()]
    if len(chosen) < 3:
        raise InputError(f"{path} has {len(chosen)} usable rows; give at least 3.")
    parts = [values[split_column] for values in chosen] if split_column else None
    labels = [values[label_column] if label_column else _NO_CLASS for values in chosen]
    return _assemble(
        "csv",
        pictures,
        [values[caption_column] for values in chosen],
        labels,
        parts or _parts_by_picture([values[image_column] for values in chosen], labels, seed),
        seed,
        len(rows) - len(chosen),
    )


def _parts_by_picture(pictures: Sequence[str], labels: Sequence[str], seed: int) -> list[str]:
    """A stratified split of distinct pictures, so that several captions of one stay together."""
    _, first, which = np.unique(np.asarray(pictures), return_index=True, return_inverse=True)
    split = stratified_split(np.asarray(labels)[first], _SHARES, seed)
    part = np.empty(len(first), dtype=object)
    for name, rows in split.items():
        part[rows] = name
    return [str(name) for name in part[which]]


def _read_table(
    path: Path, separator: str | None, needed: Sequence[str]
) -> list[tuple[int, dict[str, str]]]:
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


def _problem(
    values: dict[str, str], image_column: str, caption_column: str, split_column: str | None
) -> str:
    for column in (image_column, caption_column):
        if not values[column]:
            return f"has an empty {column}; fill it"
    if split_column and values[split_column] not in SPLITS:
        return f"has split {values[split_column]!r}; write {', '.join(SPLITS)}"
    return ""


@DATASETS.register("image_folder")
def image_folder(
    path: str = "",
    template: str = "a photo of a {}",
    size: int = 64,
    bad_rows: str = "error",
    cache: str | None = None,
    seed: int = 0,
) -> PairedDataset:
    """A folder of folders of pictures, each folder a class; the class is the caption.

    Parameters
    ----------
    path : str
        The folder. If it holds folders ``train`` and ``test`` (and perhaps ``val``), these are
        the split; else it is stratified, 70 : 10 : 20.
    template : str
        Caption of a class, ``{}`` its name with underscores as spaces.
    size, bad_rows, cache, seed
        As in `table`.

    Raises
    ------
    InputError
        If there are no pictures, or one cannot be decoded.
    """
    root = Path(path)
    if not path or not root.is_dir():
        raise InputError(
            f'path {path!r} is not a folder; give dataset_options={{"path": "pictures"}}.'
        )
    check_choice("bad_rows", bad_rows, ("error", "skip"))
    divided = all((root / part).is_dir() for part in ("train", "test"))
    files = sorted(
        file
        for file in root.glob("*/*/*" if divided else "*/*")
        if file.suffix.lower() in _PICTURES and (not divided or file.parts[-3] in SPLITS)
    )
    if len(files) < 3:
        raise InputError(
            f"{path} holds {len(files)} pictures in folders of classes; "
            f"put them at {'part/' if divided else ''}class/picture.png."
        )
    pictures, good = decode(files, size, bad_rows=bad_rows, cache=cache)
    chosen = [files[i] for i in good.tolist()]
    labels = [file.parent.name.replace("_", " ") for file in chosen]
    parts = [file.parts[-3] for file in chosen] if divided else None
    if parts is not None and "val" not in parts:
        parts = _validation(parts, labels, seed)
    captions = [template.format(label) for label in labels]
    skipped = len(files) - len(chosen)
    return _assemble("image_folder", pictures, captions, labels, parts, seed, skipped)


def _validation(parts: Sequence[str], labels: Sequence[str], seed: int) -> list[str]:
    """Hold out a tenth of the training rows of each class."""
    parts_array = np.asarray(parts, dtype=object)
    rows = np.flatnonzero(parts_array == "train")
    split = stratified_split(np.asarray(labels)[rows], {"train": 0.9, "val": 0.1}, seed)
    parts_array[rows[split["val"]]] = "val"
    return [str(part) for part in parts_array]


@DATASETS.register("webdataset")
def webdataset(
    shards: str = "",
    size: int = 64,
    bad_rows: str = "error",
    seed: int = 0,
) -> PairedDataset:
    """WebDataset shards: tar files in which ``key.jpg`` and ``key.txt`` are one item.

    ``key.cls`` (a class) and ``key.json`` (its ``caption``, where there is no text) are read too.

    Parameters
    ----------
    shards : str
        Path of one shard, or a pattern such as ``shards/*.tar``.
    size, bad_rows, seed
        As in `table`.

    Raises
    ------
    InputError
        With the shard and the key, if an item is incomplete or cannot be decoded.
    """
    check_choice("bad_rows", bad_rows, ("error", "skip"))
    files = sorted(glob(shards))
    if not files:
        raise InputError(
            f'shards {shards!r} match no file; give dataset_options={{"shards": "data/*.tar"}}.'
        )
    pictures, captions, labels = [], [], []
    skipped = row = 0
    for shard in files:
        for key, parts in _samples(Path(shard)):
            try:
                picture, caption, label = _sample(Path(shard), key, parts, size, row)
            except InputError:
                if bad_rows == "error":
                    raise
                skipped += 1
            else:
                pictures.append(picture)
                captions.append(caption)
                labels.append(label)
            row += 1
    if len(pictures) < 3:
        raise InputError(f"{shards} hold {len(pictures)} usable items; give at least 3.")
    return _assemble("webdataset", np.stack(pictures), captions, labels, None, seed, skipped)


def _samples(shard: Path) -> list[tuple[str, dict[str, bytes]]]:
    """Members of a shard by key, in their order."""
    found: dict[str, dict[str, bytes]] = {}
    try:
        with tarfile.open(shard) as opened:
            for member in opened:
                folder, _, name = member.name.rpartition("/")
                key, _, ending = name.partition(".")
                content = opened.extractfile(member) if member.isfile() else None
                if content is not None:
                    found.setdefault(f"{folder}/{key}", {})[ending.lower()] = content.read()
    except (OSError, tarfile.TarError) as error:
        raise InputError(
            f"{shard} is not a tar file, or damaged ({error}); get it again."
        ) from None
    return list(found.items())


def _sample(
    shard: Path, key: str, parts: dict[str, bytes], size: int, row: int
) -> tuple[np.ndarray, str, str]:
    endings = [ending for ending in parts if f".{ending}" in _PICTURES]
    name = f"{shard}:{key.strip('/')}"
    if not endings:
        raise InputError(f'item {name} has no picture; add one, or use bad_rows="skip".')
    try:
        if "txt" in parts:
            caption = parts["txt"].decode()
        else:
            caption = str(json.loads(parts.get("json", b"{}")).get("caption", ""))
        label = parts.get("cls", _NO_CLASS.encode()).decode().strip()
    except (UnicodeDecodeError, json.JSONDecodeError, AttributeError) as error:
        raise InputError(f"the text of item {name} cannot be read ({error}).") from None
    if not caption.strip():
        raise InputError(f'item {name} has no caption; add one, or use bad_rows="skip".')
    return read_picture(io.BytesIO(parts[endings[0]]), size, row, name), caption.strip(), label
