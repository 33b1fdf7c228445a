"""How the linear subspaces of two views lie to each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from theory.metrics.base import METRICS, PairMetric, ViewMetric
from theory.metrics.sample import Sample, View
from theory.subspaces import principal_angles

__all__ = ["PrincipalAngles", "SubspaceDimension", "angles", "basis"]

LEVEL = 0.99  # share of the second moment that a view's subspace holds [Yi2025]


@METRICS.register("subspace_dimension")
class SubspaceDimension(ViewMetric):
    """Directions that hold 99 % of a view's second moment (uncentred) [Yi2025]."""

    keys = ("subspace_dimension",)

    def of_view(self, view: View) -> tuple[float]:
        """Return the dimension."""
        return (float(basis(view).shape[1]),)


@METRICS.register("principal_angles")
class PrincipalAngles(PairMetric):
    """Smallest principal angle of the 99 % subspaces, in radians, and their overlap.

    The subspaces are *linear*, as in the theorems: rows are not centred. The overlap is
    ``‖B_xᵀB_y‖²_F / q``, q the smaller dimension: the mean cos² of the angles, 1 when one
    subspace holds the other [Yi2025].
    """

    keys = ("smallest_principal_angle", "subspace_overlap")

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float, float]:
        """Return the smallest angle and the mean squared cosine."""
        one, two = basis(x), basis(y)
        smaller = min(one.shape[1], two.shape[1])
        overlap = min(1.0, float(np.square(one.T @ two).sum()) / smaller)
        if one.shape[1] + two.shape[1] > x.h:
            return 0.0, overlap  # so many dimensions meet
        return float(principal_angles(one, two)[0]), overlap


def basis(view: View) -> NDArray[np.float64]:
    """Orthonormal basis of the 99 % subspace of a view, shape (h, d)."""
    energy = np.cumsum(np.square(view.singular_values))
    dimension = int(np.searchsorted(energy, LEVEL * energy[-1])) + 1
    return view.right_vectors[:dimension].T


def angles(x: View, y: View) -> NDArray[np.float64]:
    """Principal angles of the two 99 % subspaces, ascending, in radians."""
    return np.asarray(principal_angles(basis(x), basis(y)), dtype=np.float64)
