"""Hyperplane rotation for subspaces of any dimension."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from theory.repairs.base import REPAIRS, Repair, check_paired, view_basis
from theory.repairs.maps import AffineMap
from theory.repairs.views import Views
from theory.subspaces.angles import principal_angles
from theory.subspaces.canonical import pairs_correlate
from theory.subspaces.moments import Moments, variance_basis
from theory.subspaces.rotations import carry_frame, direct_rotation
from theory.validation import check_integer

__all__ = ["Rotation"]


@REPAIRS.register("rotation")
class Rotation(Repair):
    """Rotate the subspace of every view onto that of the first, around what they share.

    Hyperplane rotation [Yi2025]_ for subspaces of any dimension: each view spans the principal
    directions that hold most of its variance, and the direct rotation turns each principal
    vector of a view's subspace onto its partner in the first view's, in their plane. What both
    share, and what is orthogonal to both, does not move. For exact hyperplanes and pairs that
    are optimal there it aligns every pair.

    Where the rows are pairs, directions are matched by the pairs' cross-covariance: orthogonal
    Procrustes inside the subspaces. Without pairs they are matched by their angles, as in the
    theorem. That is all the subspaces can tell: where specific parts are perpendicular, every
    matching of them is as short as any other, and rows alone single one out only if their
    laws differ from direction to direction.

    Where the dimensions differ, as many directions are turned as the smaller subspace has; the
    others of the larger are orthogonal to them and stay.

    Parameters
    ----------
    variance : float or "auto", default "auto"
        Share of the variance that a view's subspace holds (the paper's is 0.99), or the
        directions that stand out of the noise (`theory.subspaces.signal_basis`).
    dimension : int, optional
        Number of principal directions per view, in place of `variance`.
    paired : bool or "auto", default "auto"
        Whether to use that row ``i`` of every view is the same item; by default if the numbers
        of rows are equal and the rows correlate by more than chance
        (`theory.subspaces.pairs_correlate`).
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
    paired_ : bool
        Whether the pairs were used.
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
        paired: bool | str = "auto",
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
        return self.paired is True

    def _fit_maps(self, views: Views) -> list[AffineMap]:
        check_paired(self.paired)
        every = [(0, index) for index in range(1, len(views))]
        joint = views.joint(every if self.paired and views.all_pairs() else ())
        self.paired_ = pairs_correlate(joint) if self.paired == "auto" else bool(self.paired)
        moments = joint.moments()
        bases = [self._basis(m, name) for m, name in zip(moments, views.names, strict=True)]
        self.x_basis_, self.y_basis_, *self.more_bases_ = bases
        self.x_rotation_ = np.eye(views.dimension)
        maps, rotations = [AffineMap()], []
        for index, basis in enumerate(bases[1:], start=1):
            if self.paired_:
                rotation = _matched(self.x_basis_, basis, joint.cross(0, index, self.centered))
            else:
                rotation = direct_rotation(basis, self.x_basis_, right_angles="choose")
            apart = moments[0].mean - rotation @ moments[index].mean
            rotations.append(rotation)
            maps.append(AffineMap(rotation, apart if self.centered else None))
        self.y_rotation_, *self.more_rotations_ = rotations
        self.principal_angles_ = [principal_angles(self.x_basis_, basis) for basis in bases[1:]]
        return maps

    def _basis(self, moments: Moments, name: str) -> NDArray[np.float64]:
        if self.dimension is None:
            return view_basis(moments, self.variance, self.centered, name)
        dimension = check_integer("dimension", self.dimension, 1)
        return variance_basis(moments, 1.0, self.centered, name)[:, :dimension]


def _matched(
    x_basis: NDArray[np.float64], y_basis: NDArray[np.float64], cross: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Orthogonal map of the second span onto the first that aligns the pairs best."""
    u, _, vt = np.linalg.svd(x_basis.T @ cross @ y_basis, full_matrices=False)
    return carry_frame(y_basis @ vt.T, x_basis @ u)
