"""What every data set is: images with captions, classes and one fixed split."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from theory.errors import InputError
from theory.registry import Registry

__all__ = ["DATASETS", "SPLITS", "PairedDataset", "Pairs", "create", "names", "stratified_split"]

SPLITS = ("train", "val", "test")

DATASETS: Registry[Callable[..., PairedDataset]] = Registry("data set")
"""The registry: a member is a function without required arguments."""


@dataclass(frozen=True)
class Pairs:
    """Some items of a data set: row i of everything belongs to the same item."""

    images: np.ndarray
    captions: list[str]
    labels: np.ndarray
    further: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.captions)

    @property
    def groups(self) -> np.ndarray:
        """Equal integers where captions are equal."""
        return np.unique(np.asarray(self.captions), return_inverse=True)[1]


@dataclass(frozen=True)
class PairedDataset:
    """Images with captions (and further modalities), classes and a fixed split.

    Attributes
    ----------
    name : str
        Name in the registry.
    images : ndarray (n, channels, height, width), float32 in [0, 1] or uint8
        One or three channels.
    captions : list of str, length n
        One caption an item; equal captions mark items that retrieval cannot tell apart.
    labels : ndarray (n,), int64
        Class of each item, an index into `classes`.
    classes : tuple of str
        Names of the classes.
    split : mapping of str to ndarray
        Indices of ``train``, ``val`` and ``test``: disjoint, together all items.
    licence : str
        Where the data come from and on what terms.
    further : mapping of str to ndarray
        More modalities of the same items, as pictures (like `images`): a spectrogram, a second
        drawing.

    Raises
    ------
    InputError
        If the parts do not fit together: lengths, types, empty captions, labels out of range, or
        a split that repeats or forgets an item.
    """

    name: str
    images: np.ndarray
    captions: list[str]
    labels: np.ndarray
    classes: tuple[str, ...]
    split: Mapping[str, np.ndarray]
    licence: str
    further: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.captions)
        for what, pictures in self.pictures.items():
            self._check_pictures(what, pictures)
        sizes = {what: len(pictures) for what, pictures in self.pictures.items()}
        for what, size in {**sizes, "labels": len(self.labels)}.items():
            if size != n:
                raise InputError(f"{self.name} has {n} captions but {size} {what}; give one each.")
        for row, caption in enumerate(self.captions):
            if not caption.strip():
                raise InputError(f"caption of row {row} of {self.name} is empty; write one.")
        outside = (self.labels < 0) | (self.labels >= len(self.classes))
        if outside.any():
            row = int(np.flatnonzero(outside)[0])
            raise InputError(
                f"label {self.labels[row]} of row {row} of {self.name} is out of range; "
                f"its classes are 0 to {len(self.classes) - 1}."
            )
        self._check_split(n)

    @property
    def pictures(self) -> dict[str, np.ndarray]:
        """Every modality but the text, by name: ``image`` first."""
        return {"image": self.images, **self.further}

    @property
    def modalities(self) -> tuple[str, ...]:
        """Names of the views in their order: pictures first, ``text`` last."""
        return (*self.pictures, "text")

    def _check_pictures(self, what: str, pictures: np.ndarray) -> None:
        if pictures.ndim != 4 or pictures.shape[1] not in (1, 3):
            raise InputError(
                f"{what} of {self.name} has shape {pictures.shape}; "
                "give (n, channels, height, width) with 1 or 3 channels."
            )
        if pictures.dtype not in (np.float32, np.uint8):
            raise InputError(
                f"{what} of {self.name} has type {pictures.dtype}; give float32 in [0, 1] or uint8."
            )

    def _check_split(self, n: int) -> None:
        if set(self.split) != set(SPLITS):
            raise InputError(
                f"split of {self.name} names {', '.join(self.split) or 'nothing'}; "
                f"name exactly {', '.join(SPLITS)}."
            )
        counts = np.bincount(np.concatenate([self.split[part] for part in SPLITS]), minlength=n)
        if len(counts) != n or (counts != 1).any():
            row = int(np.flatnonzero(counts != 1)[0]) if len(counts) == n else len(counts) - 1
            raise InputError(
                f"row {row} of {self.name} is in {counts[row]} parts of the split (rows: {n}); "
                "put every row in exactly one."
            )

    def __len__(self) -> int:
        return len(self.captions)

    def part(self, name: str) -> Pairs:
        """The pairs of one part of the split.

        Raises
        ------
        InputError
            If `name` is not a part.
        """
        if name not in self.split:
            raise InputError(f"split {name!r} does not exist; the parts: {', '.join(SPLITS)}.")
        return self.rows(self.split[name])

    def rows(self, index: np.ndarray) -> Pairs:
        """The pairs of `index`, in its order."""
        captions = [self.captions[i] for i in index.tolist()]
        further = {what: pictures[index] for what, pictures in self.further.items()}
        return Pairs(self.images[index], captions, self.labels[index], further)


def names() -> list[str]:
    """Registered data sets."""
    return DATASETS.names()


def create(name: str, **options: Any) -> PairedDataset:
    """Load the data set registered under `name`.

    Examples
    --------
    >>> digits = create("digits")
    >>> len(digits), {part: len(rows) for part, rows in digits.split.items()}
    (1797, {'train': 1258, 'val': 180, 'test': 359})
    """
    dataset: PairedDataset = DATASETS.create(name, **options)
    return dataset


def stratified_split(
    labels: np.ndarray, fractions: Mapping[str, float], seed: int = 0
) -> dict[str, np.ndarray]:
    """A fixed split in which every class has the same share of each part, up to one item.

    Parameters
    ----------
    labels : ndarray (n,)
        Class of each item.
    fractions : mapping of str to float
        Share of each part; together 1.
    seed : int
        Which split.

    Returns
    -------
    dict of str to ndarray
        Ascending indices of each part.

    Raises
    ------
    InputError
        If the fractions do not add up to 1.
    """
    edges = np.cumsum(list(fractions.values()))
    if not np.isclose(edges[-1], 1.0):
        raise InputError(f"fractions add up to {edges[-1]:.3f}; they must add up to 1.")
    rng = np.random.default_rng(seed)
    part = np.empty(len(labels), dtype=np.int64)
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))
        place = (np.arange(len(rows)) + 0.5) / len(rows)
        part[rows] = np.searchsorted(edges[:-1], place, side="right")
    return {name: np.flatnonzero(part == k) for k, name in enumerate(fractions)}
