"""Emoji: two drawings of the same character and its name, in groups."""

from __future__ import annotations

import numpy as np

from realdata.datasets.base import DATASETS, PairedDataset, stratified_split
from realdata.datasets.sources import find, load_npz
from theory.validation import check_choice

__all__ = ["emoji"]

_KEYS = ("images", "images_twitter", "captions", "group", "subgroup", "core", "base_codepoints")
_SHARES = {"train": 0.7, "val": 0.1, "test": 0.2}


@DATASETS.register("emoji")
def emoji(
    folder: str | None = None,
    labels: str = "group",
    second_drawing: bool = False,
    variants: bool = False,
    seed: int = 0,
) -> PairedDataset:
    """Emoji with their names; with a second drawing they are three modalities.

    Variants of one emoji (skin tones and the like) are always on the same side of the split.

    Parameters
    ----------
    folder : str, optional
        Where ``emoji.npz`` is; by default ``$GAPLAB_DATA``, then ``./data``.
    labels : {"group", "subgroup"}
        What to call a class: 9 groups or 99 subgroups.
    second_drawing : bool
        Twemoji's drawing as a modality ``drawing``, beside Noto's.
    variants : bool
        Also the variants of the core emoji.
    seed : int
        Which split.
    """
    check_choice("labels", labels, ("group", "subgroup"))
    place = find(
        "the emoji data set",
        ("emoji.npz",),
        how="make it from the Noto and Twemoji drawings and Unicode's names: arrays "
        f"{', '.join(_KEYS)}, one row an emoji.",
        folder=folder,
    )
    arrays = load_npz(place, _KEYS)
    kept = np.flatnonzero(arrays["core"] | variants)
    pictures = [
        np.ascontiguousarray(arrays[key][kept].transpose(0, 3, 1, 2))
        for key in ("images", "images_twitter")
    ]
    classes, classed = np.unique(arrays[labels][kept], return_inverse=True)
    _, first, base = np.unique(
        arrays["base_codepoints"][kept], return_index=True, return_inverse=True
    )
    bases = stratified_split(classed[first], _SHARES, seed)
    split = {part: np.flatnonzero(np.isin(base, rows)) for part, rows in bases.items()}
    return PairedDataset(
        name="emoji",
        images=pictures[0],
        further={"drawing": pictures[1]} if second_drawing else {},
        captions=arrays["captions"][kept].tolist(),
        labels=classed.astype(np.int64),
        classes=tuple(classes.tolist()),
        split=split,
        licence="Noto Emoji (Apache-2.0), Twemoji (CC BY 4.0), names and groups of Unicode CLDR "
        "(Unicode License).",
    )
