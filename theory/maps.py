"""What a picture of embeddings shows: a two-dimensional map, and densities of cosines."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from theory.errors import InputError
from theory.validation import check_views

__all__ = ["CosineDensities", "PlaneMap", "cosine_densities", "pca_map"]


class PlaneMap(NamedTuple):
    """Coordinates of every view in one plane, and the share of variance each axis explains."""

    views: tuple[np.ndarray, ...]
    explained: np.ndarray


def pca_map(*views: ArrayLike) -> PlaneMap:
    """The plane of largest variance of all views together, centred at their common mean.

    One basis for all views keeps the gap between them visible: where it is large, it is
    itself a leading direction.

    Parameters
    ----------
    *views : array_like, each (n, d)
        Paired embeddings.

    Returns
    -------
    PlaneMap
        ``views``, each (n, 2), and ``explained`` (2,), shares in [0, 1]. Signs are fixed: on
        each axis the row farthest from 0 is positive. With d = 1 the second axis is 0.

    Examples
    --------
    >>> plane = pca_map([[1.0, 0.0], [1.0, 0.1]], [[-1.0, 0.0], [-1.0, 0.1]])
    >>> float(plane.explained[0].round(4))
    0.9975
    """
    arrays = [np.asarray(v, dtype=np.float64) for v in check_views(*views)]
    rows = np.concatenate(arrays)
    rows = rows - rows.mean(axis=0)
    variances, axes = np.linalg.eigh(rows.T @ rows)  # ascending
    kept = min(2, len(variances))
    plane = np.zeros((len(rows), 2))
    plane[:, :kept] = rows @ axes[:, : -kept - 1 : -1]
    farthest = plane[np.abs(plane).argmax(axis=0), [0, 1]]
    plane *= np.where(farthest < 0, -1.0, 1.0)
    total = float(np.einsum("nd,nd->", rows, rows))
    explained = (plane**2).sum(axis=0) / total if total > 0 else np.zeros(2)
    return PlaneMap(tuple(np.split(plane, len(arrays))), explained)


class CosineDensities(NamedTuple):
    """Densities of cosines on common bins: of true pairs and of all other pairs."""

    edges: np.ndarray
    true_pairs: np.ndarray
    random_pairs: np.ndarray
    true_mean: float
    random_mean: float


def cosine_densities(x: ArrayLike, y: ArrayLike, bins: int = 50) -> CosineDensities:
    """Densities of ``cos(x_i, y_i)`` and of ``cos(x_i, y_j)``, i ≠ j, over [−1, 1].

    Parameters
    ----------
    x, y : array_like (n, d)
        Paired embeddings, n ≥ 2.
    bins : int
        Bins of equal width.

    Returns
    -------
    CosineDensities
        ``edges`` (bins + 1,); densities (bins,) that integrate to 1; the two means.

    Raises
    ------
    InputError
        If `bins` is below 1 or n below 2.
    """
    if bins < 1:
        raise InputError(f"bins is {bins}; give at least 1.")
    a, b = (np.asarray(v, dtype=np.float64) for v in check_views(x, y, min_rows=2))
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    b = b / np.linalg.norm(b, axis=1, keepdims=True)
    edges = np.linspace(-1.0, 1.0, bins + 1)
    true = np.clip(np.einsum("nd,nd->n", a, b), -1.0, 1.0)
    n, total = len(a), np.zeros(bins, dtype=np.int64)
    for start in range(0, n, 512):  # tiles: n² cosines never stand in memory at once
        tile = np.clip(a[start : start + 512] @ b.T, -1.0, 1.0)
        total += np.histogram(tile, edges)[0]
    own = np.histogram(true, edges)[0]
    random_mean = (a.sum(axis=0) @ b.sum(axis=0) - true.sum()) / (n * (n - 1))
    scale = bins / 2
    # the tiles may round a true pair into the neighbouring bin; never count below zero
    others = np.maximum(total - own, 0)
    return CosineDensities(
        edges,
        own / n * scale,
        others / others.sum() * scale,
        float(true.mean()),
        float(random_mean),
    )
