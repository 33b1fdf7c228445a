"""Data sets with an official train and test part: validation pairs come from the train part."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from realdata.datasets.base import stratified_split
from theory.errors import InputError
from theory.validation import check_integer

__all__ = ["VALIDATION_SHARE", "balanced_rows", "join_parts", "official_split"]

VALIDATION_SHARE = 0.1
"""Of the official train part, held out to look at while training."""


def official_split(train_labels: np.ndarray, n_test: int) -> dict[str, np.ndarray]:
    """Train and validation from the first rows, stratified and fixed; test is the rest.

    Parameters
    ----------
    train_labels : ndarray (n,)
        Classes of the official train part, whose rows come first.
    n_test : int
        Rows of the official test part.

    Examples
    --------
    >>> split = official_split(np.repeat([0, 1], 10), 5)
    >>> {part: len(rows) for part, rows in split.items()}
    {'train': 18, 'val': 2, 'test': 5}
    """
    shares = {"train": 1.0 - VALIDATION_SHARE, "val": VALIDATION_SHARE}
    n = len(train_labels)
    return {**stratified_split(train_labels, shares), "test": np.arange(n, n + n_test)}


def balanced_rows(labels: np.ndarray, n: int | None) -> np.ndarray:
    """The first rows of every class, as evenly as `n` allows; all rows if `n` is None.

    Raises
    ------
    InputError
        If there are fewer than `n` rows.

    Examples
    --------
    >>> balanced_rows(np.array([0, 0, 0, 1, 1, 1]), 4).tolist()
    [0, 1, 3, 4]
    """
    if n is None:
        return np.arange(len(labels))
    if check_integer("n", n, 1) > len(labels):
        raise InputError(f"n={n} is more than the {len(labels)} rows there are; give fewer.")
    place = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        place[rows] = np.arange(len(rows))
    return np.sort(np.argsort(place, kind="stable")[:n])


def join_parts(
    arrays: Mapping[str, np.ndarray], n_train: int | None = None, n_test: int | None = None
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Images, labels and split of an official data set, or of a balanced subset of it.

    Parameters
    ----------
    arrays : mapping
        ``train_images``, ``train_labels``, ``test_images``, ``test_labels``.
    n_train, n_test : int, optional
        Rows to keep of each part; all by default.
    """
    kept = {
        part: balanced_rows(arrays[f"{part}_labels"], n)
        for part, n in (("train", n_train), ("test", n_test))
    }
    images = np.concatenate([arrays[f"{part}_images"][rows] for part, rows in kept.items()])
    labels = np.concatenate([arrays[f"{part}_labels"][rows] for part, rows in kept.items()])
    labels = labels.astype(np.int64)
    return images, labels, official_split(labels[: len(kept["train"])], len(kept["test"]))
