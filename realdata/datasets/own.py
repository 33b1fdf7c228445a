"""What data sets of your own have in common: formats that need no code."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from realdata.datasets.base import SPLITS, PairedDataset, stratified_split
from theory.errors import InputError

__all__ = ["NO_CLASS", "PICTURES", "SHARES", "assemble"]

SHARES = {"train": 0.7, "val": 0.1, "test": 0.2}
PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif")
"""Endings of pictures."""

NO_CLASS = "all"
"""The class of everything where nothing says another."""

FEWEST = 3
"""Items: one for every part of the split."""


def assemble(
    name: str,
    source: str,
    pictures: np.ndarray,
    captions: list[str],
    labels: Sequence[str],
    parts: Sequence[str] | None = None,
    *,
    seed: int = 0,
    skipped: int = 0,
) -> PairedDataset:
    """A data set of what was read.

    Parameters
    ----------
    name, source : str
        Name in the registry; what was read, for the message.
    pictures, captions, labels
        One of each an item.
    parts : sequence of str, optional
        Part of the split of each item; by default it is stratified, 70 : 10 : 20.
    seed : int
        Which split.
    skipped : int
        Items that were left out; ``licence`` says how many.

    Raises
    ------
    InputError
        If there are fewer than three items.
    """
    if len(captions) < FEWEST:
        raise InputError(f"{source} has {len(captions)} usable items; give at least {FEWEST}.")
    classes, classed = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    if parts is None:
        split = stratified_split(classed, SHARES, seed)
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
        licence="Your own data, on your own terms." + note,
    )
