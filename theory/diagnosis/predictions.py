"""What the theory says of the subspaces that two views span: how far the gap can close."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from theory.bessel import ratio
from theory.diagnosis.pairs import ViewStatistics
from theory.subspaces import principal_vectors
from theory.subspaces.moments import variance_basis
from theory.subspaces.selection import angle_resolution

__all__ = ["LEVEL", "Prediction", "predict", "shared_by_all"]

LEVEL = 0.99
"""Share of the second moment that a view's subspace holds; about the origin, as in the theorems."""

PUBLISHED_ANGLE = float(np.arccos(1 - 1e-3))


class Prediction(NamedTuple):
    """Predictions for two views.

    Attributes
    ----------
    dimensions : (int, int)
        Directions that hold 99 % of the second moment of each view.
    forced : int
        Directions that two subspaces so large must share in this dimension.
    angles : ndarray
        Principal angles of the two subspaces, ascending, radians.
    resolution : float
        Angle below which two directions cannot be told apart from these rows.
    shared : int
        Angles below it.
    achievable_angle : float
        The smallest principal angle, to which the gap of centre pairs converges (N.T3′).
    achievable_gap : float
        Distance of the means at that angle, their lengths as they are.
    temperature : float
    critical_angle : float
        At this temperature, pairs give up the directions whose angle exceeds it (N.3); nan
        without a shared direction to collapse into.
    surviving : int
        Directions that are not shared and below the critical angle: still used.
    abandoned : int
        Directions above it.
    abandoned_share : float
        Share of the second moment that lies in them still, mean of both views; at the optimum 0.
    center_shared_x, center_shared_y : float
        Share of the squared mean direction that lies in the shared directions: 0 is (A6).
    """

    dimensions: tuple[int, int]
    forced: int
    angles: NDArray[np.float64]
    resolution: float
    shared: int
    achievable_angle: float
    achievable_gap: float
    temperature: float
    critical_angle: float
    surviving: int
    abandoned: int
    abandoned_share: float
    center_shared_x: float
    center_shared_y: float


def predict(one: ViewStatistics, two: ViewStatistics, temperature: float) -> Prediction:
    """Predict from the 99 % subspaces of two views.

    The shared-space transition N.3 is of two hyperplanes; for several angles each direction j
    is judged by ``A_s(1/τ) < 1 − cos φ_j``, s the number of shared directions.

    Parameters
    ----------
    one, two : ViewStatistics
    temperature : float
        τ > 0.
    """
    bases = [variance_basis(view.moments, LEVEL, centered=False) for view in (one, two)]
    dimensions = bases[0].shape[1], bases[1].shape[1]
    pairs = principal_vectors(*bases)
    resolution = _resolution((one, two), dimensions)
    common = pairs.angles < resolution
    shared = int(common.sum())
    critical = _critical_angle(shared, temperature)
    own = pairs.angles[~common]
    beyond = ~common & (pairs.angles >= critical)  # nan: nothing is given up
    return Prediction(
        dimensions=dimensions,
        forced=max(0, sum(dimensions) - len(bases[0])),
        angles=pairs.angles,
        resolution=resolution,
        shared=shared,
        achievable_angle=float(pairs.angles[0]),
        achievable_gap=_distance(one.mean_length, two.mean_length, float(pairs.angles[0])),
        temperature=temperature,
        critical_angle=critical,
        surviving=int((own < critical).sum()) if shared else len(own),
        abandoned=int(beyond.sum()),
        abandoned_share=(_share(one, pairs.x[:, beyond]) + _share(two, pairs.y[:, beyond])) / 2,
        center_shared_x=float(np.square(pairs.x[:, common].T @ one.direction).sum()),
        center_shared_y=float(np.square(pairs.y[:, common].T @ two.direction).sum()),
    )


def shared_by_all(views: Sequence[ViewStatistics], resolution: float) -> int:
    """Directions that all 99 % subspaces share to within an angle.

    An eigenvector of the mean of M projectors, of eigenvalue λ, has the mean cosine
    ``(Mλ − 1)/(M − 1)`` between the views; for two views that is the cosine of their angle.
    """
    bases = [variance_basis(view.moments, LEVEL, centered=False) for view in views]
    count = len(bases)
    squares = np.square(np.linalg.svd(np.hstack(bases), compute_uv=False))
    cosines = (squares - 1) / (count - 1)
    return int((cosines > np.cos(resolution)).sum())


def _resolution(views: Sequence[ViewStatistics], dimensions: Sequence[int]) -> float:
    """What sampling alone does to an angle; the published 2.56° with too few rows to split."""
    if min(half.count for view in views for half in view.halves) <= max(dimensions):
        return PUBLISHED_ANGLE
    halves = []
    for view, dimension in zip(views, dimensions, strict=True):
        one, two = (half.spectrum(centered=False)[1] for half in view.halves)
        # The angles that are not 0 are those of the complements, where these are the smaller.
        wide = len(one) // 2 < dimension < len(one)
        part = slice(dimension, None) if wide else slice(dimension)
        halves.append((one[:, part], two[:, part]))
    return angle_resolution(halves)


def _share(view: ViewStatistics, axes: NDArray[np.float64]) -> float:
    """Share of a view's second moment along orthonormal columns."""
    return float(np.trace(axes.T @ view.second_moment @ axes) / np.trace(view.second_moment))


def _critical_angle(shared: int, temperature: float) -> float:
    if shared == 0:
        return float("nan")
    return float(np.arccos(1 - float(ratio(shared / 2 - 1, 1 / temperature))))


def _distance(first: float, second: float, angle: float) -> float:
    """Third side of a triangle of two sides and the angle between them."""
    return float(np.sqrt((first - second) ** 2 + 4 * first * second * np.sin(angle / 2) ** 2))
