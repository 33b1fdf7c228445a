"""What embeddings must be before they are diagnosed or repaired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.diagnosis.pairs import unit_blocks
from theory.errors import InputError
from theory.metrics import Sample, View
from theory.metrics.sample import codes
from theory.validation import check_views, row_chunks, view_names

__all__ = ["UNIT_TOLERANCE", "Checked", "check_embeddings"]

UNIT_TOLERANCE = 1e-3
"""How far from 1 a length may be: rows that were kept in half precision pass."""

EQUAL_ROWS = 1e-6
"""Unit rows that nowhere differ by more than this are one row."""


@dataclass(frozen=True)
class Checked:
    """Views that can be measured, with coded labels and captions."""

    views: tuple[NDArray[Any], ...]
    names: list[str]
    labels: NDArray[np.int64] | None
    groups: NDArray[np.int64] | None

    def sample(self, items: NDArray[np.int64], seed: int) -> Sample:
        """Some of the items as a `Sample`."""

        def coded(values: NDArray[np.int64] | None) -> NDArray[np.int64] | None:
            return None if values is None else np.unique(values[items], return_inverse=True)[1]

        views = tuple(View(view[items]) for view in self.views)
        return Sample(views, coded(self.labels), coded(self.groups), seed)


def check_embeddings(
    *views: Any,
    labels: Any = None,
    captions: Any = None,
    names: Sequence[str] | None = None,
    normalize: bool = False,
    few_rows: bool = False,
) -> Checked:
    """Check paired embeddings and what is known of the pairs.

    Parameters
    ----------
    *views : array_like or torch.Tensor, shape (n, h)
    labels, captions : array_like, shape (n,), optional
    names : sequence of str, optional
        What messages call the views.
    normalize : bool
        Whether rows may have any length.
    few_rows : bool
        Whether there may be fewer rows than dimensions.

    Raises
    ------
    TypeError, InputError
        If there are fewer than two views or two rows, shapes do not match, a row is zero, not
        finite or (without `normalize`) not of unit length, all rows of a view are equal, there
        are fewer rows than dimensions (without `few_rows`), or labels or captions do not fit.
    """
    called = list(view_names(len(views)) if names is None else names)
    if len(views) < 2:
        raise InputError(
            f"{len(views)} view given, but a gap is between two or more; "
            "give one array per modality."
        )
    arrays = check_views(*views, names=called, min_rows=2)
    n, h = arrays[0].shape
    if n < h and not few_rows:
        raise InputError(
            f"{n} rows in {h} dimensions leave subspaces, spectra and ranks undetermined; give "
            f"at least {h} rows, or pass few_rows (--few-rows) to go on without trusting them."
        )
    for array, name in zip(arrays, called, strict=True):
        if not normalize:
            _check_lengths(array, name)
        _check_variety(array, name)
    coded = codes(labels, n, "labels")
    if coded is not None and coded.max() == 0:
        raise InputError(
            f"labels holds a single class for {n} rows, which no group-level metric can judge; "
            "pass at least two classes, or no labels."
        )
    return Checked(arrays, called, coded, codes(captions, n, "captions"))


def _check_lengths(array: NDArray[Any], name: str) -> None:
    low, high = np.inf, 0.0
    for chunk in row_chunks(array):
        lengths = np.linalg.norm(np.asarray(chunk, dtype=np.float64), axis=1)
        low, high = min(low, float(lengths.min())), max(high, float(lengths.max()))
    if max(1 - low, high - 1) > UNIT_TOLERANCE:
        raise InputError(
            f"the rows of {name} have lengths from {low:.4g} to {high:.4g}, not 1; pass "
            "normalize (--normalize) to scale them, if directions are what you compare."
        )


def _check_variety(array: NDArray[Any], name: str) -> None:
    first = None
    for _, unit in unit_blocks(array):
        first = unit[0] if first is None else first
        if np.abs(unit - first).max() > EQUAL_ROWS:
            return
    raise InputError(
        f"all rows of {name} are equal: the encoder has collapsed, or one row was written "
        f"{len(array)} times; give rows that differ."
    )
