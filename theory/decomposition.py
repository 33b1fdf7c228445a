"""The scatter of paired modalities, split where the gap can be seen."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.errors import InputError
from theory.metrics import class_means, predicted_scatter_growth, within_class_scatter
from theory.validation import check_views

__all__ = ["ScatterGrowth", "ScatterParts", "scatter_growth", "scatter_parts"]


class ScatterParts(NamedTuple):
    """Mean squared distances that sum to `total`, the one from the common mean.

    ``between_classes`` of the pooled class means from the common mean, ``gap`` of each modality's
    class means from the pooled ones, ``within`` of the rows from their modality's class mean.
    """

    total: float
    between_classes: float
    gap: float
    within: float


class ScatterGrowth(NamedTuple):
    """Growth of the pooled within-class scatter when one modality is shifted by δ.

    ``shift`` is ‖δ‖; ``measured`` the growth; ``pooled`` that of G.2|pooled, averaged over the
    classes by their sizes; ``published`` is ‖δ‖² [Grassucci2026]_.
    """

    shift: NDArray[np.float64]
    measured: NDArray[np.float64]
    pooled: NDArray[np.float64]
    published: NDArray[np.float64]


def _pooled(views: tuple[Any, ...], labels: Any) -> tuple[NDArray[np.float64], NDArray[Any]]:
    rows = np.concatenate([np.asarray(view, dtype=np.float64) for view in check_views(*views)])
    given = np.asarray(labels)
    if given.ndim != 1 or len(views) * len(given) != len(rows):
        raise InputError(f"labels has shape {given.shape}; give the class of each pair.")
    return rows, np.unique(np.tile(given, len(views)), return_inverse=True)[1]


def scatter_parts(*views: Any, labels: ArrayLike) -> ScatterParts:
    """Split the total scatter of paired views into classes, gap and the rest.

    Parameters
    ----------
    *views : array_like or Tensor, each (n, d)
    labels : array_like (n,)
        Class of each pair.

    Returns
    -------
    ScatterParts

    Raises
    ------
    InputError
        If the labels do not fit.

    Examples
    --------
    Two classes that differ by 2, and a gap of 2 across them:

    >>> x, y = [[1.0, 1.0], [-1.0, 1.0]], [[1.0, -1.0], [-1.0, -1.0]]
    >>> scatter_parts(x, y, labels=[0, 1])
    ScatterParts(total=2.0, between_classes=1.0, gap=1.0, within=0.0)
    """
    rows, classes = _pooled(views, labels)
    total = within_class_scatter(rows, np.zeros(len(rows), dtype=int))
    pooled = within_class_scatter(rows, classes)
    modality = np.repeat(np.arange(len(views)), len(rows) // len(views))
    within = within_class_scatter(rows, classes * len(views) + modality)
    return ScatterParts(total, total - pooled, pooled - within, within)


def scatter_growth(x: Any, y: Any, labels: ArrayLike, points: int = 9) -> ScatterGrowth:
    """Shift y along the gap by up to 1 and watch the pooled within-class scatter grow.

    Parameters
    ----------
    x, y : array_like or Tensor, each (n, d)
    labels : array_like (n,)
    points : int
        Shifts from 0 to 1.

    Returns
    -------
    ScatterGrowth

    Raises
    ------
    InputError
        If the labels do not fit, or both means agree so that the gap has no direction.
    """
    rows, classes = _pooled((x, y), labels)
    n = len(rows) // 2
    gap = rows[n:].mean(axis=0) - rows[:n].mean(axis=0)
    length = float(np.linalg.norm(gap))
    if length == 0:
        raise InputError("x and y have the same mean; a gap of 0 has no direction to shift along.")
    direction = gap / length
    before = within_class_scatter(rows, classes)
    differences = class_means(rows[n:], classes[n:]) - class_means(rows[:n], classes[:n])
    weights = np.bincount(classes[:n]) / n
    shift = np.linspace(0.0, 1.0, points)
    measured, pooled = [], []
    for size in shift:
        moved = rows.copy()
        moved[n:] += size * direction
        measured.append(within_class_scatter(moved, classes) - before)
        each = [predicted_scatter_growth(m, size * direction) for m in differences]
        pooled.append(float(weights @ each))
    return ScatterGrowth(shift, np.array(measured), np.array(pooled), shift**2)
