"""Canonical correlations from moments: what the pairs of two views have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError
from theory.subspaces.joint import JointMoments
from theory.subspaces.selection import signal_basis

__all__ = [
    "Canonical",
    "canonical_correlations",
    "correlated_bases",
    "correlation_edge",
    "pairs_correlate",
    "whitener",
]

Matrix = NDArray[np.float64]

# Fluctuation of the largest chance correlation about the edge, in units n^(−2/3), as for the
# largest noise variance in `theory.subspaces.signal_dimension`.
EDGE_MARGIN = 2.0


class Canonical(NamedTuple):
    """Canonical directions of two views [Hotelling1936]_.

    Attributes
    ----------
    x, y : ndarray, shapes (d, k)
        Weights: the variates ``x[:, i]·(row − mean)`` have variance 1, and only those of equal
        index are correlated.
    correlations : ndarray, shape (k,)
        Descending.
    """

    x: Matrix
    y: Matrix
    correlations: Matrix


def whitener(moment: Matrix, basis: Matrix) -> Matrix:
    """Weights W, shape (d, p), in the span of `basis` with ``Wᵀ M W = I``; spans it as well.

    Directions of no variance are left out.
    """
    values, vectors = np.linalg.eigh(basis.T @ moment @ basis)
    kept = values > len(values) * np.finfo(np.float64).eps * values[-1]
    return basis @ (vectors[:, kept] / np.sqrt(values[kept]))[:, ::-1]


def canonical_correlations(
    x_moment: Matrix, y_moment: Matrix, cross: Matrix, x_basis: Matrix, y_basis: Matrix
) -> Canonical:
    """Canonical correlations of two views inside a subspace of each.

    Parameters
    ----------
    x_moment, y_moment, cross : ndarray, shape (d, d)
        Covariances and cross-covariance, or second moments about the origin.
    x_basis, y_basis : ndarray, shapes (d, p) and (d, q)
        Orthonormal columns.
    """
    left, right = whitener(x_moment, x_basis), whitener(y_moment, y_basis)
    u, s, vt = np.linalg.svd(left.T @ cross @ right, full_matrices=False)
    return Canonical(left @ u, right @ vt.T, np.minimum(s, 1.0))


def correlation_edge(p: int, q: int, count: int) -> float:
    """Largest canonical correlation that chance alone gives to independent rows [Wachter1980]_.

    ``ρ² = (√(a(1 − b)) + √(b(1 − a)))²`` with ``a = p/n``, ``b = q/n``, and a margin for the
    fluctuation of the largest. 1 where ``p + q ≥ n``: then pairs can always be matched.

    Parameters
    ----------
    p, q : int
        Dimensions of the two subspaces.
    count : int
        Number of pairs ``n``.

    Examples
    --------
    >>> round(correlation_edge(1, 1, 10**6), 4)
    0.002
    >>> correlation_edge(5, 5, 10)
    1.0
    """
    a, b = p / count, q / count
    if a + b >= 1:
        return 1.0
    squared = (np.sqrt(a * (1 - b)) + np.sqrt(b * (1 - a))) ** 2
    return float(np.sqrt(min(1.0, squared * (1 + EDGE_MARGIN * count ** (-2 / 3)))))


def correlated_bases(
    joint: JointMoments,
    bases: Sequence[Matrix],
    centered: bool,
    dimensions: Sequence[Sequence[int]] | None = None,
    half: int | None = None,
) -> tuple[list[Matrix], list[list[int]]]:
    """Part of every view's subspace whose variates the pairs predict from every other view.

    Each view's subspace is reduced to the span of the canonical weights that correlate with
    another view by more than chance (`correlation_edge`), one other view after the other.
    Weights, not loadings: what the views have in common is read off them exactly where there is
    no noise, however the sample correlates it with the rest.

    Parameters
    ----------
    joint : JointMoments
        With the cross-moments of all views.
    bases : sequence of ndarray, shape (d, p)
        Orthonormal columns, one per view.
    centered : bool
        Whether to correlate about the means.
    dimensions : sequence of sequence of int, optional
        How many directions to keep at each step, in place of the edge.
    half : int, optional
        Which half of the rows to use, in place of all.

    Returns
    -------
    bases : list of ndarray, shape (d, r)
        Orthonormal columns; none where chance explains all correlations.
    dimensions : list of list of int
        How many directions each step kept.
    """
    moments = joint.moments(half)
    squares = [m.covariance() if centered else m.second_moment() for m in moments]
    reduced, kept = [], []
    for a, basis in enumerate(bases):
        steps: list[int] = []
        for b, other in enumerate(bases):
            if a == b or basis.shape[1] == 0:
                continue
            found = canonical_correlations(
                squares[a], squares[b], joint.cross(a, b, centered, half), basis, other
            )
            if dimensions is None:
                edge = correlation_edge(basis.shape[1], other.shape[1], moments[a].count)
                steps.append(int((found.correlations > edge).sum()))
            else:
                steps.append(dimensions[a][len(steps)])
            basis = np.linalg.qr(found.x[:, : steps[-1]])[0]
        reduced.append(basis)
        kept.append(steps)
    return reduced, kept


def pairs_correlate(joint: JointMoments) -> bool:
    """Whether the pairs of the first and of every other view correlate by more than chance.

    Judged about the means, inside the subspaces that stand out of the noise.
    """
    if not joint.paired:
        return False
    moments = joint.moments()
    try:
        bases = [signal_basis(each) for each in moments]
    except InputError:  # equal rows: nothing varies, so nothing correlates
        return False
    squares = [each.covariance() for each in moments]
    for b in range(1, len(bases)):
        found = canonical_correlations(
            squares[0], squares[b], joint.cross(0, b, True), bases[0], bases[b]
        )
        edge = correlation_edge(bases[0].shape[1], bases[b].shape[1], moments[0].count)
        if found.correlations[0] <= edge:
            return False
    return True
