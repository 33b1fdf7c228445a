"""Orthogonal Procrustes: the best rigid motion when pairs are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from theory.repairs.base import REPAIRS, Repair
from theory.repairs.maps import AffineMap
from theory.repairs.views import Views

__all__ = ["Procrustes"]


@REPAIRS.register("procrustes")
class Procrustes(Repair):
    """Rotate every view onto the first by its pairs: the baseline to beat [Schonemann1966]_.

    ``y' = Qy`` with ``Q = UVᵀ`` from the singular value decomposition ``UΣVᵀ`` of ``Σ_i x_i y_iᵀ``
    minimises ``Σ_i |x_i − Qy_i|²`` over orthogonal Q; the first view, the anchor, stays. Where
    that sum says nothing (singular values of 0, as with fewer pairs than dimensions) Q moves
    least. Paired.

    Parameters
    ----------
    centered : bool, default False
        Whether to match deviations from the means, ``y' = mean x + Q(y − mean y)``.
    reflection : bool, default True
        Whether Q may have determinant −1; otherwise the weakest direction is turned instead.
    normalize : bool, default True
        Whether to scale the results to unit length.

    Attributes
    ----------
    x_rotation_, y_rotation_ : ndarray, shape (d, d)
        Q for the first (the identity) and the second view.
    more_rotations_ : list of ndarray
        Q for the third view and on.

    Examples
    --------
    >>> x, y = np.eye(2), np.array([[0.0, 1.0], [-1.0, 0.0]])
    >>> Procrustes().fit(x, y).transform(None, y)
    array([[1., 0.],
           [0., 1.]])
    """

    def __init__(
        self, centered: bool = False, reflection: bool = True, normalize: bool = True
    ) -> None:
        self.centered = centered
        self.reflection = reflection
        self.normalize = normalize

    @property
    def needs_pairs(self) -> bool:
        """Always: the rotation is fitted to the pairs."""
        return True

    def _fit_maps(self, views: Views) -> list[AffineMap]:
        pairs = [(0, index) for index in range(1, len(views))]
        joint = views.joint(pairs, squares=False)
        self.x_rotation_ = np.eye(views.dimension)
        maps, rotations = [AffineMap()], []
        for pair in pairs:
            q = best_rotation(joint.cross(*pair, self.centered), self.reflection)
            anchor, own = joint.cross_means(*pair)
            rotations.append(q)
            maps.append(AffineMap(q, anchor - q @ own if self.centered else None))
        self.y_rotation_, *self.more_rotations_ = rotations
        return maps


def best_rotation(cross: NDArray[np.float64], reflection: bool) -> NDArray[np.float64]:
    """Orthogonal Q of largest ``tr(Qᵀ cross)``; of those, one that moves the rest least."""
    u, s, vt = np.linalg.svd(cross)
    known = s > s[0] * len(s) * np.finfo(np.float64).eps
    if not known.all():
        # Q is free between the null spaces: their polar factor is the least motion.
        left, _, right = np.linalg.svd(u[:, ~known].T @ vt[~known].T)
        u[:, ~known] = u[:, ~known] @ left
        vt[~known] = right @ vt[~known]
    if not reflection and np.linalg.slogdet(u @ vt)[0] < 0:
        u[:, -1] *= -1.0
    return u @ vt
