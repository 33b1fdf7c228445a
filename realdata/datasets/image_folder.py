"""A folder of folders of pictures, each folder a class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from realdata.datasets.base import DATASETS, SPLITS, PairedDataset, stratified_split
from realdata.datasets.own import PICTURES, assemble
from realdata.datasets.pictures import decode
from theory.errors import InputError
from theory.validation import check_choice

__all__ = ["image_folder"]


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
        if file.suffix.lower() in PICTURES and (not divided or file.parts[-3] in SPLITS)
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
    return assemble(
        "image_folder", path, pictures, captions, labels, parts, seed=seed, skipped=skipped
    )


def _validation(parts: Sequence[str], labels: Sequence[str], seed: int) -> list[str]:
    """Hold out a tenth of the training rows of each class."""
    parts_array = np.asarray(parts, dtype=object)
    rows = np.flatnonzero(parts_array == "train")
    split = stratified_split(np.asarray(labels)[rows], {"train": 0.9, "val": 0.1}, seed)
    parts_array[rows[split["val"]]] = "val"
    return [str(part) for part in parts_array]
