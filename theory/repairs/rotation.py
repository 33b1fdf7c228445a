"""Hyperplane rotation for subspaces of any dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.repairs.base import REPAIRS, Repair, view_basis
from theory.repairs.maps import AffineMap
from theory.sphere.geometry import mean_row
from theory.subspaces.angles import principal_angles
from theory.subspaces.moments import Moments, cross_moment, variance_basis
from theory.subspaces.rotations import carry_frame, direct_rotation
from theory.validation import check_integer, view_names

__all__ = ["Rotation"]


@REPAIRS.register("rotation")
class Rotation(Repair):
    """Rotate the subspace of every view onto that of the first, around what they share.

    Hyperplane rotation [Yi2025]_ for subspaces of any dimension: each view spans the principal
    directions that hold most of its variance, and the direct rotation turns each principal
    vector of a view's subspace onto its partner in the first view's, in their plane. What both
    share, and what is orthogonal to both, does not move. For exact hyperplanes and pairs that
    are optimal there it aligns every pair.

    Unpaired by default: directions are matched by their angles, so two specific subspaces that
    are perpendicular are matched arbitrarily. With ``paired=True`` they are matched by the
    pairs' cross-covariance instead (orthogonal Procrustes inside the subspaces).

    Where the dimensions differ, as many directions are turned as the smaller subspace has; the
    others of the larger are orthogonal to them and stay.

    Parameters
    ----------
    variance : float or "auto", default "auto"
        Share of the variance that a view's subspace holds (the paper's is 0.99), or the
        directions that stand out of the noise (`theory.subspaces.signal_basis`).
    dimension : int, optional
        Number of principal directions per view, in place of `variance`.
    paired : bool, default False
        Whether row ``i`` of every view is the same item, and is to be used.
    centered : bool, default False
        Whether subspaces are those of the deviations from the means, and the means are moved
        onto the first view's: ``y' = mean x + R(y − mean y)``. Otherwise they pass through the
        origin, as in the theorem, and hold the mean direction too: ``y' = Ry``.
    normalize : bool, default True
        Whether to scale the results to unit length.

    Attributes
    ----------
    x_basis_, y_basis_ : ndarray, shapes (d, p) and (d, q)
        The subspaces of the first and the second view.
    more_bases_ : list of ndarray
        Those of the third view and on.
    x_rotation_, y_rotation_ : ndarray, shape (d, d)
        R for the first (the identity) and the second view.
    more_rotations_ : list of ndarray
        R for the third view and on.
    principal_angles_ : list of ndarray
        Radians, ascending, between the first view's subspace and each other one.

    Examples
    --------
    >>> x, y = np.array([[1.0, 0.0, 0.0]]), np.array([[0.6, 0.8, 0.0]])
    >>> np.allclose(Rotation().fit(x, y).transform(None, y), x)
    True
    """

    def __init__(
        self,
        variance: float | str = "auto",
        dimension: int | None = None,
        paired: bool = False,
        centered: bool = False,
        normalize: bool = True,
    ) -> None:
        self.variance = variance
        self.dimension = dimension
        self.paired = paired
        self.centered = centered
        self.normalize = normalize

    @property
    def needs_pairs(self) -> bool:
        """Whether ``paired=True``."""
        return self.paired

    def _fit_maps(self, views: Sequence[NDArray[Any]]) -> list[AffineMap]:
        called = view_names(len(views))
        bases = [self._basis(view, name) for view, name in zip(views, called, strict=True)]
        self.x_basis_, self.y_basis_, *self.more_bases_ = bases
        self.x_rotation_ = np.eye(views[0].shape[1])
        maps, rotations = [AffineMap()], []
        for view, basis in zip(views[1:], bases[1:], strict=True):
            rotation = self._rotation(views[0], view, basis)
            offset = mean_row(views[0]) - rotation @ mean_row(view) if self.centered else None
            rotations.append(rotation)
            maps.append(AffineMap(rotation, offset))
        self.y_rotation_, *self.more_rotations_ = rotations
        self.principal_angles_ = [principal_angles(self.x_basis_, basis) for basis in bases[1:]]
        return maps

    def _basis(self, view: NDArray[Any], name: str) -> NDArray[np.float64]:
        if self.dimension is None:
            return view_basis(Moments.of(view, name), self.variance, self.centered, name)
        dimension = check_integer("dimension", self.dimension, 1)
        return variance_basis(view, 1.0, self.centered, name)[:, :dimension]

    def _rotation(
        self, anchor: NDArray[Any], view: NDArray[Any], basis: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        if not self.paired:
            return direct_rotation(basis, self.x_basis_, right_angles="choose")
        cross = cross_moment(anchor, view, self.centered)
        u, _, vt = np.linalg.svd(self.x_basis_.T @ cross @ basis, full_matrices=False)
        return carry_frame(basis @ vt.T, self.x_basis_ @ u)
