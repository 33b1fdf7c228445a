"""Projection of every view onto the directions that all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError
from theory.repairs.base import REPAIRS, Repair, check_paired, view_basis
from theory.repairs.maps import AffineMap
from theory.repairs.views import Views
from theory.subspaces.angles import principal_angles, principal_vectors
from theory.subspaces.bases import fix_signs
from theory.subspaces.canonical import correlated_bases, pairs_correlate
from theory.subspaces.joint import JointMoments
from theory.subspaces.moments import Moments
from theory.subspaces.selection import angle_resolution, half_bases
from theory.validation import check_choice, check_integer, check_number

__all__ = ["SharedProjection"]

Matrix = NDArray[np.float64]

PUBLISHED_EPSILON = 1e-3


@REPAIRS.register("shared_projection")
class SharedProjection(Repair):
    """Project the views onto their shared subspace and renormalise [Yi2025]_.

    Each view spans the principal directions ``B`` that hold most of its variance. Two views
    share the principal vectors ``B_X U`` whose cosine, a singular value of ``B_Xᵀ B_Y = UΣVᵀ``,
    exceeds ``1 − ε``. More views share the eigenvectors of the mean of their M projectors with
    eigenvalue above ``1 − ε (M − 1)/M``: the same for two, up to the choice of the bisector.

    By default both knobs are read off the data: a view's subspace holds the directions that
    stand out of the noise (`theory.subspaces.signal_basis`), and two directions are one if
    their angle is no larger than sampling alone causes between two halves of one view
    (`theory.subspaces.angle_resolution`). The papers' values are ``variance=0.99,
    epsilon=1e-3``; a given ε means the papers' algorithm, which needs no pairs.

    Directions that are specific to a modality but near those of another one blur what the
    subspaces alone can tell: the error grows as one over the sine of that angle. Where the rows
    are pairs, the default therefore also looks for the directions whose variates predict each
    other (canonical correlations above chance, `theory.subspaces.correlated_bases`), which
    leaves out specific directions whatever their angle, and takes of the two estimates the one
    on which two halves of the rows agree better. If the subspaces meet in directions that the
    pairs do not share, only the pairs count.

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
    paired : bool or "auto", default "auto"
        Whether to use that row ``i`` of every view is the same item; by default if ε is "auto",
        the numbers of rows are equal and the rows correlate by more than chance
        (`theory.subspaces.pairs_correlate`).
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
    paired_ : bool
        Whether the pairs determined the directions.
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
    >>> from theory.sphere import normalize
    >>> rng = np.random.default_rng(0)
    >>> x, y = np.zeros((2, 50, 4))
    >>> x[:, :3], y[:, 1:] = normalize(rng.standard_normal((2, 50, 3)))
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
        paired: bool | str = "auto",
        centered: bool = True,
        coordinates: bool = False,
        normalize: bool = True,
    ) -> None:
        self.variance = variance
        self.epsilon = epsilon
        self.top_k = top_k
        self.paired = paired
        self.centered = centered
        self.coordinates = coordinates
        self.normalize = normalize

    @property
    def needs_pairs(self) -> bool:
        """Whether ``paired=True``."""
        return self.paired is True

    def _fit_maps(self, views: Views) -> list[AffineMap]:
        check_paired(self.paired)
        may_pair = self.paired is True or (self.paired == "auto" and self.epsilon == "auto")
        joint = views.joint(views.all_pairs() if may_pair else ())
        moments = joint.moments()
        bases = [
            view_basis(each, self.variance, self.centered, name)
            for each, name in zip(moments, views.names, strict=True)
        ]
        self.x_basis_, self.y_basis_, *self.more_bases_ = bases
        found = self._choose(joint, bases)
        self.paired_ = found.paired
        self.epsilon_ = found.epsilon
        self.singular_values_ = 1 - found.misfits
        self.shared_basis_ = self._strongest(found.shared(), moments)
        self.n_shared_ = self.shared_basis_.shape[1]
        shared = self.shared_basis_
        matrix = shared.T if self.coordinates else shared @ shared.T
        return [AffineMap(matrix)] * len(views)

    def _choose(self, joint: JointMoments, bases: Sequence[Matrix]) -> _Agreement:
        """With pairs, without, or the steadier of the two."""
        if self.paired is True:
            return self._estimate(joint, bases, paired=True)
        by_spans = self._estimate(joint, bases, paired=False)
        if not (joint.crosses and pairs_correlate(joint)):
            return by_spans
        count = by_spans.n_shared
        shared = by_spans.directions[:, :count]
        _, kept = correlated_bases(joint, [shared] * len(bases), self.centered)
        if count == 0 or min(map(min, kept)) < count:
            # The spans meet in directions that the pairs do not share.
            return self._estimate(joint, bases, paired=True)
        by_pairs = self._estimate(joint, bases, paired=True, count=count)
        if by_pairs.unrest(count) < by_spans.unrest(count):
            return by_spans._replace(paired=True, directions=by_pairs.directions)
        return by_spans

    def _estimate(
        self, joint: JointMoments, bases: Sequence[Matrix], paired: bool, count: int | None = None
    ) -> _Agreement:
        """Agreement of the views' subspaces, or of the parts of them that the pairs predict.

        The parts have `count` dimensions, or as many as correlate by more than chance.
        """
        steps = None if count is None else [[count] * (len(bases) - 1)] * len(bases)
        dimensions = [basis.shape[1] for basis in bases]
        if paired:
            bases, steps = correlated_bases(joint, bases, self.centered, steps)
            if not min(basis.shape[1] for basis in bases):
                raise InputError(
                    "the pairs correlate no more than chance and so share no direction; check "
                    "that row i of every view is the same item, or set paired=False."
                )
        halves = [half_bases(joint.moments(h), dimensions, self.centered) for h in range(2)]
        if steps is not None:
            halves = [
                half and correlated_bases(joint, half, self.centered, steps, index)[0]
                for index, half in enumerate(halves)
            ]
        directions, misfits = _agreement(bases)
        parts = tuple(_agreement(half)[0] for half in halves) if all(halves) else ()
        return _Agreement(paired, directions, misfits, self._threshold(halves), parts)

    def _threshold(self, halves: Sequence[Sequence[Matrix]]) -> float:
        """The option `epsilon`, or what two halves of the rows differ by."""
        if not isinstance(self.epsilon, str):
            return check_number("epsilon", self.epsilon, 0, 1, open_low=True)
        check_choice("epsilon", self.epsilon, ("auto",))
        if not all(halves):
            return PUBLISHED_EPSILON
        angle = angle_resolution(list(zip(*halves, strict=True)))
        return float(2 * np.sin(angle / 2) ** 2)

    def _strongest(self, basis: Matrix, moments: Sequence[Moments]) -> Matrix:
        if self.top_k is None:
            return basis
        top_k = check_integer("top_k", self.top_k, 1)
        pooled = np.mean(
            [m.covariance() if self.centered else m.second_moment() for m in moments], axis=0
        )
        _, vectors = np.linalg.eigh(basis.T @ pooled @ basis)
        return fix_signs(basis @ vectors[:, ::-1][:, :top_k])


class _Agreement(NamedTuple):
    """Directions by how well the views agree on them.

    `misfits` are ``1 − cosine``, ascending; `halves` are the directions by each half of the rows.
    """

    paired: bool
    directions: Matrix
    misfits: Matrix
    epsilon: float
    halves: tuple[Matrix, ...]

    @property
    def n_shared(self) -> int:
        return int((self.misfits < self.epsilon).sum())

    def unrest(self, count: int) -> float:
        """How far two halves of the rows disagree on the `count` most shared directions."""
        if not self.halves or min(half.shape[1] for half in self.halves) < count:
            return float("inf")
        one, two = (half[:, :count] for half in self.halves)
        return float(np.linalg.norm(principal_angles(one, two)))

    def shared(self) -> Matrix:
        """The directions that are shared; an error if there are none."""
        if self.n_shared == 0:
            raise InputError(
                f"the views share no direction: their closest ones have cosine "
                f"{1 - self.misfits[0]:.4g}, not above 1 − epsilon = {1 - self.epsilon:.4g}; "
                "raise epsilon or variance, or use the repair 'rotation'."
            )
        return self.directions[:, : self.n_shared]


def _agreement(
    bases: Sequence[Matrix],
) -> tuple[Matrix, Matrix]:
    """Directions by how well all the subspaces agree on them, and ``1 − cosine``, ascending."""
    if len(bases) == 2:
        pairs = principal_vectors(*bases)
        return pairs.x, 2 * np.sin(pairs.angles / 2) ** 2
    count = len(bases)
    u, s, _ = np.linalg.svd(np.hstack(bases), full_matrices=False)
    return fix_signs(u), np.maximum(count - s**2, 0.0) / (count - 1)
