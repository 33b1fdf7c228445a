"""WebDataset shards: tar files of pictures with texts."""

from __future__ import annotations

import io
import json
import tarfile
from glob import glob
from pathlib import Path

import numpy as np

from realdata.datasets.base import DATASETS, PairedDataset
from realdata.datasets.own import NO_CLASS, PICTURES, assemble
from realdata.datasets.pictures import read_picture
from theory.errors import InputError
from theory.validation import check_choice

__all__ = ["webdataset"]


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
    stacked = np.stack(pictures) if pictures else np.empty((0, 3, size, size), np.uint8)
    return assemble("webdataset", shards, stacked, captions, labels, seed=seed, skipped=skipped)


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
    endings = [ending for ending in parts if f".{ending}" in PICTURES]
    name = f"{shard}:{key.strip('/')}"
    if not endings:
        raise InputError(f'item {name} has no picture; add one, or use bad_rows="skip".')
    try:
        if "txt" in parts:
            caption = parts["txt"].decode()
        else:
            caption = str(json.loads(parts.get("json", b"{}")).get("caption", ""))
        label = parts.get("cls", NO_CLASS.encode()).decode().strip()
    except (UnicodeDecodeError, json.JSONDecodeError, AttributeError) as error:
        raise InputError(f"the text of item {name} cannot be read ({error}).") from None
    if not caption.strip():
        raise InputError(f'item {name} has no caption; add one, or use bad_rows="skip".')
    return read_picture(io.BytesIO(parts[endings[0]]), size, row, name), caption.strip(), label
