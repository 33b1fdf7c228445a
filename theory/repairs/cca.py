"""Canonical correlation analysis of two and more views."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError
from theory.repairs.base import REPAIRS, Repair, view_basis
from theory.repairs.maps import AffineMap
from theory.repairs.views import Views
from theory.subspaces.bases import fix_signs
from theory.subspaces.canonical import correlation_edge, whitener
from theory.subspaces.joint import JointMoments
from theory.validation import check_integer

__all__ = ["CCA"]

Matrix = NDArray[np.float64]


@REPAIRS.register("cca")
class CCA(Repair):
    """Map every view to the coordinates in which the pairs correlate most [Hotelling1936]_.

    Views are whitened inside the subspace of their signal, ``z_m = W_mᵀ (x_m − mean)``; the
    canonical directions are the singular vectors of the correlation of ``z_1`` and ``z_2``. For M
    views they are the leading eigenvectors of the matrix of all correlations, which maximise
    the mean over pairs of views (MAXVAR [Kettenring1971]_); for two that is the same. Paired.

    The result has as many coordinates as correlate by more than chance. They are no longer those
    of the embedding space: the whole space is given up, not only the gap.

    Parameters
    ----------
    n_components : int, optional
        Number of coordinates; by default those whose mean correlation is above what independent
        rows reach (`theory.subspaces.correlation_edge`).
    variance : float or "auto", default "auto"
        Share of the variance that a view's subspace holds, or the directions that stand out of
        the noise (`theory.subspaces.signal_basis`).
    normalize : bool, default True
        Whether to scale the results to unit length.

    Attributes
    ----------
    x_weights_, y_weights_ : ndarray, shape (d, k)
        Columns give the coordinates of the first and the second view.
    more_weights_ : list of ndarray
        Those of the third view and on.
    correlations_ : ndarray
        Mean over pairs of views of each coordinate's correlation, descending; those beyond k
        are not used.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> common, own = rng.standard_normal((500, 1)), rng.standard_normal((2, 500, 1))
    >>> x, y = (np.hstack([common, part]) for part in own)
    >>> repair = CCA(normalize=False).fit(x, y @ [[0, 1], [1, 0]])
    >>> repair.x_weights_.shape, repair.correlations_.round(2)
    ((2, 1), array([1.  , 0.02]))
    """

    def __init__(
        self,
        n_components: int | None = None,
        variance: float | str = "auto",
        normalize: bool = True,
    ) -> None:
        self.n_components = n_components
        self.variance = variance
        self.normalize = normalize

    @property
    def needs_pairs(self) -> bool:
        """Always: only pairs have a correlation."""
        return True

    def _fit_maps(self, views: Views) -> list[AffineMap]:
        joint = views.joint(views.all_pairs())
        moments = joint.moments()
        whiteners = [
            whitener(each.covariance(), view_basis(each, self.variance, True, name))
            for each, name in zip(moments, views.names, strict=True)
        ]
        weights, self.correlations_ = _maximal(joint, whiteners)
        k = self._count(self.correlations_, whiteners, moments[0].count)
        weights = [each[:, :k] for each in weights]
        self.x_weights_, self.y_weights_, *self.more_weights_ = weights
        return [
            AffineMap(weight.T, -weight.T @ each.mean)
            for weight, each in zip(weights, moments, strict=True)
        ]

    def _count(self, correlations: Matrix, whiteners: Sequence[Matrix], count: int) -> int:
        if self.n_components is not None:
            return min(check_integer("n_components", self.n_components, 1), len(correlations))
        *_, q, p = sorted(each.shape[1] for each in whiteners)
        if p + q >= count:
            raise InputError(
                f"{count} pairs cannot tell correlations in {p} and {q} dimensions from chance; "
                f"give more than {p + q} pairs, lower variance, or set n_components."
            )
        edge = correlation_edge(p, q, count)
        k = int((correlations > edge).sum())
        if k == 0:
            raise InputError(
                f"the pairs correlate no more than chance ({correlations[0]:.3g}, below "
                f"{edge:.3g}); check that row i of every view is the same item."
            )
        return k


def _maximal(joint: JointMoments, whiteners: Sequence[Matrix]) -> tuple[list[Matrix], Matrix]:
    """Weights of every view and the mean correlations, descending."""
    views, sizes = len(whiteners), [each.shape[1] for each in whiteners]
    ends = np.cumsum([0, *sizes])
    correlation = np.eye(ends[-1])
    for a in range(views):
        for b in range(a + 1, views):
            block = whiteners[a].T @ joint.cross(a, b, True) @ whiteners[b]
            correlation[ends[a] : ends[a + 1], ends[b] : ends[b + 1]] = block
            correlation[ends[b] : ends[b + 1], ends[a] : ends[a + 1]] = block.T
    values, vectors = np.linalg.eigh(correlation)
    vectors = vectors[:, ::-1][:, : min(sizes)] * np.sqrt(views)
    stacked = fix_signs(
        np.vstack(
            [
                whitener @ vectors[start:end]
                for whitener, start, end in zip(whiteners, ends, ends[1:], strict=False)
            ]
        )
    )
    found = np.split(stacked, views)
    return found, (values[::-1][: min(sizes)] - 1) / (views - 1)
