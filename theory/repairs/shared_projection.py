"""Projection of every view onto the directions that all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError
from theory.repairs.base import REPAIRS, Repair, view_basis
from theory.repairs.maps import AffineMap
from theory.subspaces.angles import principal_vectors
from theory.subspaces.bases import fix_signs
from theory.subspaces.moments import Moments
from theory.subspaces.selection import angle_resolution, split_moments
from theory.validation import check_choice, check_integer, check_number, view_names

__all__ = ["SharedProjection"]

PUBLISHED_EPSILON = 1e-3


@REPAIRS.register("shared_projection")
class SharedProjection(Repair):
    """Project the views onto their shared subspace and renormalise [Yi2025]_.

    Each view spans the principal directions ``B`` that hold most of its variance. Two views
    share the principal vectors ``B_X U`` whose cosine, a singular value of ``B_Xᵀ B_Y = UΣVᵀ``,
    exceeds ``1 − ε``. More views share the eigenvectors of the mean of their M projectors with
    eigenvalue above ``1 − ε (M − 1)/M``: the same for two, up to the choice of the bisector.
    Unpaired.

    By default both knobs are read off the data: a view's subspace holds the directions that
    stand out of the noise (`theory.subspaces.signal_basis`), and two directions are one if
    their angle is no larger than sampling alone causes between two halves of one view
    (`theory.subspaces.angle_resolution`). The papers' values are ``variance=0.99,
    epsilon=1e-3``.

    Parameters
    ----------
    variance : float or "auto", default "auto"
        Share of the variance that a view's subspace holds.
    epsilon : float or "auto", default "auto"
        How far below 1 the cosine of a shared direction may be (1e-3: angles below 2.56°, which
        is also used where there are too few rows to split).
    top_k : int, optional
        Keep at most this many dimensions of the shared subspace: those of most pooled variance
        inside it.
    centered : bool, default True
        Whether variance is about the mean; otherwise about the origin, so that a mean direction
        that only one modality has takes part of the 99 %.
    coordinates : bool, default False
        Whether to return the k coordinates in `shared_basis_`, not the d of the space; lengths
        and angles are the same.
    normalize : bool, default True
        Whether to scale the results to unit length.

    Attributes
    ----------
    shared_basis_ : ndarray, shape (d, n_shared_)
        Orthonormal columns.
    n_shared_ : int
        Dimension of the shared subspace.
    epsilon_ : float
        The ε that was used.
    singular_values_ : ndarray
        Cosines between the views, descending; for M > 2 views ``(Mλ − 1)/(M − 1)``, λ the
        eigenvalues of the mean projector.
    x_basis_, y_basis_ : ndarray, shapes (d, p) and (d, q)
        The subspaces of the first and the second view.
    more_bases_ : list of ndarray
        Those of the third view and on.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x, y = np.zeros((2, 50, 4))
    >>> x[:, :3], y[:, 1:] = rng.standard_normal((2, 50, 3))
    >>> repair = SharedProjection().fit(x, y)
    >>> repair.n_shared_
    2
    >>> np.allclose(repair.transform(x)[:, [0, 3]], 0)
    True
    """

    def __init__(
        self,
        variance: float | str = "auto",
        epsilon: float | str = "auto",
        top_k: int | None = None,
        centered: bool = True,
        coordinates: bool = False,
        normalize: bool = True,
    ) -> None:
        self.variance = variance
        self.epsilon = epsilon
        self.top_k = top_k
        self.centered = centered
        self.coordinates = coordinates
        self.normalize = normalize

    def _fit_maps(self, views: Sequence[NDArray[Any]]) -> list[AffineMap]:
        called = view_names(len(views))
        halves = [split_moments(view, name) for view, name in zip(views, called, strict=True)]
        moments = [Moments(odd.dimension).merge(even).merge(odd) for even, odd in halves]
        bases = [
            view_basis(each, self.variance, self.centered, name)
            for each, name in zip(moments, called, strict=True)
        ]
        self.epsilon_ = self._threshold(halves, [basis.shape[1] for basis in bases])
        directions, misfits = _agreement(bases)
        n_shared = int((misfits < self.epsilon_).sum())
        if n_shared == 0:
            raise InputError(
                f"the views share no direction: their closest ones have cosine "
                f"{1 - misfits[0]:.4g}, not above 1 − epsilon = {1 - self.epsilon_:.4g}; raise "
                "epsilon or variance, or use the repair 'rotation'."
            )
        self.x_basis_, self.y_basis_, *self.more_bases_ = bases
        self.singular_values_ = 1 - misfits
        self.shared_basis_ = self._strongest(directions[:, :n_shared], moments)
        self.n_shared_ = self.shared_basis_.shape[1]
        shared = self.shared_basis_
        matrix = shared.T if self.coordinates else shared @ shared.T
        return [AffineMap(matrix)] * len(views)

    def _threshold(
        self, halves: Sequence[tuple[Moments, Moments]], dimensions: Sequence[int]
    ) -> float:
        if not isinstance(self.epsilon, str):
            return check_number("epsilon", self.epsilon, 0, 1, open_low=True)
        check_choice("epsilon", self.epsilon, ("auto",))
        angle = angle_resolution(halves, dimensions, self.centered)
        return PUBLISHED_EPSILON if np.isnan(angle) else float(2 * np.sin(angle / 2) ** 2)

    def _strongest(
        self, basis: NDArray[np.float64], moments: Sequence[Moments]
    ) -> NDArray[np.float64]:
        if self.top_k is None:
            return basis
        top_k = check_integer("top_k", self.top_k, 1)
        pooled = np.mean(
            [m.covariance() if self.centered else m.second_moment() for m in moments], axis=0
        )
        _, vectors = np.linalg.eigh(basis.T @ pooled @ basis)
        return fix_signs(basis @ vectors[:, ::-1][:, :top_k])


def _agreement(
    bases: Sequence[NDArray[np.float64]],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Directions by how well all the subspaces agree on them, and ``1 − cosine``, ascending."""
    if len(bases) == 2:
        pairs = principal_vectors(*bases)
        return pairs.x, 2 * np.sin(pairs.angles / 2) ** 2
    count = len(bases)
    u, s, _ = np.linalg.svd(np.hstack(bases), full_matrices=False)
    return fix_signs(u), np.maximum(count - s**2, 0.0) / (count - 1)
