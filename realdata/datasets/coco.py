"""MSCOCO captions, of images with objects of a single category."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from realdata.datasets.base import DATASETS, PairedDataset
from realdata.datasets.official import balanced_rows, official_split
from realdata.datasets.pictures import decode
from realdata.datasets.sources import find
from theory.errors import InputError
from theory.validation import check_integer

__all__ = ["coco", "find_annotations"]

_PARTS = {"train": "train2017", "test": "val2017"}


def find_annotations(folder: str | None = None) -> Path:
    """The folder with MSCOCO's annotations.

    Raises
    ------
    InputError
        If it is not here.
    """
    return find(
        "MSCOCO",
        ("coco/annotations", "annotations"),
        how="get train2017.zip, val2017.zip and annotations_trainval2017.zip from "
        "cocodataset.org and unpack them into a folder coco there.",
        folder=folder,
    )


@DATASETS.register("coco")
def coco(
    folder: str | None = None,
    caption: int = 0,
    size: int = 64,
    n_train: int | None = None,
    n_test: int | None = None,
    cache: str | None = None,
) -> PairedDataset:
    """MSCOCO 2017: an image, one of its captions, and the category of its objects.

    Only images whose objects are all of one category are kept: the others have no class to
    cluster by [Grassucci2026]. The official validation part is the test part.

    Parameters
    ----------
    folder : str, optional
        Where ``coco`` with ``train2017``, ``val2017`` and ``annotations`` is (or these three
        themselves); by default ``$GAPLAB_DATA``, then ``./data``.
    caption : int
        Which of an image's five captions (by rising identifier), from 0.
    size : int
        Side to which images are scaled.
    n_train, n_test : int, optional
        Balanced subsets of both parts; all by default.
    cache : str, optional
        Folder for decoded images.

    Raises
    ------
    InputError
        If it is not here, or an annotation or image cannot be used.
    """
    check_integer("caption", caption, 0)
    annotations = find_annotations(folder)
    found = {
        part: _items(annotations, name, caption, limit)
        for (part, name), limit in zip(_PARTS.items(), (n_train, n_test), strict=True)
    }
    items = [item for part in found.values() for item in part]
    categories, labels = np.unique([category for _, _, category in items], return_inverse=True)
    pictures, _ = decode([path for path, _, _ in items], size, cache=cache)
    labels = labels.astype(np.int64)
    return PairedDataset(
        name="coco",
        images=pictures,
        captions=[text for _, text, _ in items],
        labels=labels,
        classes=tuple(str(name) for name in categories),
        split=official_split(labels[: len(found["train"])], len(found["test"])),
        licence="MSCOCO (Lin et al., 2014): annotations CC BY 4.0; the images are Flickr users', "
        "each on its own terms.",
    )


def _items(
    annotations: Path, part: str, caption: int, limit: int | None
) -> list[tuple[Path, str, str]]:
    """Path, caption and category of every image of one category."""
    instances = _read(annotations / f"instances_{part}.json")
    captions = _read(annotations / f"captions_{part}.json")
    names = {category["id"]: category["name"] for category in instances["categories"]}
    objects: dict[int, set[int]] = defaultdict(set)
    for instance in instances["annotations"]:
        objects[instance["image_id"]].add(instance["category_id"])
    texts: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for text in captions["annotations"]:
        texts[text["image_id"]].append((text["id"], text["caption"].strip()))
    found = [
        (annotations.parent / part / image["file_name"], sorted(texts[image["id"]]), category)
        for image in captions["images"]
        if len(objects[image["id"]]) == 1 and len(texts[image["id"]]) > caption
        for category in [names[min(objects[image["id"]])]]
    ]
    if not found:
        raise InputError(f"{annotations} describes no image of one category; get it again.")
    rows = balanced_rows(np.unique([item[2] for item in found], return_inverse=True)[1], limit)
    return [(found[i][0], found[i][1][caption][1], found[i][2]) for i in rows.tolist()]


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}); get the annotations again.") from None
