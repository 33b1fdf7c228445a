"""Handwritten digits: 1,797 real images of 8 × 8 pixels that ship with scikit-learn."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from realdata.datasets.base import DATASETS, PairedDataset, stratified_split
from realdata.datasets.captions import WORDS, describe

__all__ = ["digits"]

_LARGEST = 16.0
"""Ink runs from 0 to 16: each pixel counts the black pixels of a 4 × 4 block."""


@DATASETS.register("digits")
def digits() -> PairedDataset:
    """Handwritten digits with captions from many wordings, split 70 : 10 : 20.

    Returns
    -------
    PairedDataset
        1,797 images (1, 8, 8), ten classes; the split is stratified and fixed.
    """
    ink, labels = load_digits(return_X_y=True)
    images = ink.reshape(-1, 8, 8)
    return PairedDataset(
        name="digits",
        images=(images[:, None] / _LARGEST).astype(np.float32),
        captions=describe(images, labels),
        labels=labels.astype(np.int64),
        classes=WORDS,
        split=stratified_split(labels, {"train": 0.7, "val": 0.1, "test": 0.2}),
        licence="Optical Recognition of Handwritten Digits (Alpaydin & Kaynak, 1998), UCI "
        "Machine Learning Repository, CC BY 4.0; the test part, as shipped with scikit-learn.",
    )
