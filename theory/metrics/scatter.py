"""Within-class scatter, and what a gap adds to it before renormalisation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import InputError
from theory.metrics.sample import codes
from theory.validation import check_number, check_views

__all__ = ["class_means", "predicted_scatter_growth", "within_class_scatter"]


def class_means(rows: Any, labels: Any) -> NDArray[np.float64]:
    """Mean row of each class, in the order of the sorted labels, shape (classes, h).

    Raises
    ------
    InputError
        If `labels` is not one per row.
    """
    (rows,) = check_views(rows, names=["rows"])
    coded = codes(labels, len(rows), "labels")
    if coded is None:
        raise InputError("labels is None; pass the class of each row.")
    sums = np.zeros((coded.max() + 1, rows.shape[1]))
    np.add.at(sums, coded, rows)
    return sums / np.bincount(coded)[:, None]


def within_class_scatter(rows: Any, labels: Any, centroids: ArrayLike | None = None) -> float:
    """Mean squared distance of the rows from the centroid of their class.

    Rows are taken as they are: the statement G.2 is about shifts before renormalisation.

    Parameters
    ----------
    rows : array_like or torch.Tensor, shape (n, h)
        All modalities below each other.
    labels : array_like, shape (n,)
        Class of each row.
    centroids : array_like, shape (classes, h), optional
        One per class in the order of the sorted labels, such as those before a shift; the means
        of the classes (see `class_means`) by default.

    Returns
    -------
    float
        ``mean_i ‖z_i − c_{label i}‖²``.

    Raises
    ------
    InputError
        If `labels` or `centroids` do not fit the rows.

    Examples
    --------
    >>> within_class_scatter([[0.1], [2.1], [5.0]], ["a", "a", "b"]).__round__(6)
    0.666667
    """
    (rows,) = check_views(rows, names=["rows"])
    means = class_means(rows, labels)
    if centroids is not None:
        given = np.asarray(centroids, dtype=np.float64)
        if given.shape != means.shape:
            raise InputError(
                f"centroids has shape {given.shape}; give one row per class, {means.shape}."
            )
        means = given
    coded = codes(labels, len(rows), "labels")
    return float(np.square(rows - means[coded]).sum(axis=1).mean())


def predicted_scatter_growth(
    difference: ArrayLike, shift: ArrayLike, share: float = 0.5, *, recentre: bool = True
) -> float:
    """Growth of a class's scatter when a share π of its rows is shifted by δ [Grassucci2026].

    With m the mean of the shifted rows minus the mean of the others, before the shift:
    about the class centroid of the moment, ``π(1−π)(‖m+δ‖² − ‖m‖²)``; about the centroid
    before the shift, ``π(‖δ‖² + 2(1−π) m·δ)``. The published ``‖δ‖²`` is the second one for
    m = 0, per *shifted* row; balanced and recentred it is a quarter of that.

    Parameters
    ----------
    difference : array_like, shape (h,)
        m.
    shift : array_like, shape (h,)
        δ.
    share : float
        π in [0, 1].
    recentre : bool
        Whether the centroid moves with the shift.

    Returns
    -------
    float
        Growth of `within_class_scatter` (of one class; average several by their sizes).

    Raises
    ------
    InputError
        If `share` is not in [0, 1].

    Examples
    --------
    >>> predicted_scatter_growth([0.0, 0.0], [2.0, 0.0])
    1.0
    >>> predicted_scatter_growth([0.0, 0.0], [2.0, 0.0], recentre=False)
    2.0
    """
    pi = check_number("share", share, low=0.0, high=1.0)
    m = np.asarray(difference, dtype=np.float64)
    delta = np.asarray(shift, dtype=np.float64)
    # ‖m+δ‖² − ‖m‖², without the cancellation.
    gained = float(delta @ delta + 2 * m @ delta)
    if recentre:
        return pi * (1 - pi) * gained
    return pi * float(delta @ delta + 2 * (1 - pi) * m @ delta)
