"""Canonical correlations from moments: what the pairs of two views have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from theory.errors import InputError
from theory.subspaces.joint import JointMoments
from theory.subspaces.selection import CERTAINTY, TRACY_WIDOM, signal_basis

__all__ = [
    "Canonical",
    "canonical_correlations",
    "correlated_bases",
    "correlation_edge",
    "pairs_correlate",
    "whitener",
]

Matrix = NDArray[np.float64]


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
    """Canonical correlation that independent rows exceed once in a thousand times.

    With ``sin²(γ/2) = (p − ½)/(n − 2)`` and ``sin²(φ/2) = (q − ½)/(n − 2)`` the largest chance
    correlation ρ is near ``sin((φ + γ)/2)`` [Wachter1980]_, and ``log(ρ²/(1 − ρ²))`` follows the
    Tracy-Widom law about ``2 log tan((φ + γ)/2)`` with the scale σ,
    ``σ³ = 16 / ((n − 2)² sin²(φ + γ) sin φ sin γ)`` [Johnstone2008]_; for one dimension ρ² has a
    Beta law. 1 where ``p + q ≥ n − 1``: then rows can always be matched.

    Parameters
    ----------
    p, q : int
        Dimensions of the two subspaces.
    count : int
        Number of pairs ``n``.

    Examples
    --------
    >>> round(correlation_edge(1, 1, 10_000), 3), round(correlation_edge(50, 50, 5000), 3)
    (0.033, 0.213)
    >>> correlation_edge(5, 5, 11)
    1.0
    """
    if p + q >= count - 1:
        return 1.0
    p, q = sorted((p, q))
    if p == 1:
        return float(np.sqrt(betaincinv(q / 2, (count - 1 - q) / 2, CERTAINTY)))
    free = count - 2
    small, large = (2 * np.arcsin(np.sqrt((k - 0.5) / free)) for k in (p, q))
    both = small + large
    scale = (16 / (free**2 * np.sin(both) ** 2 * np.sin(small) * np.sin(large))) ** (1 / 3)
    logit = 2 * np.log(np.tan(both / 2)) + TRACY_WIDOM * scale
    return float(1 / np.sqrt(1 + np.exp(-logit)))


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
