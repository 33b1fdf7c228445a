"""Dimension collapse: each modality lives on the unit sphere of its own subspace."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from sim.constraints.base import Constraint, Tensors, normalize, register, stride, tangent
from theory.errors import InputError
from theory.metrics.base import view_names
from theory.sphere import random_rotation
from theory.subspaces import subspace_pair
from theory.validation import check_integer

__all__ = ["Subspace", "equiangular_bases"]

NEWTON_STEPS = 8
"""Most steps of the retraction under A6; it converges quadratically from a gradient step."""

ROUNDING = 1e-14
"""Largest entry of the shared mean that counts as none."""


def equiangular_bases(
    h: int, count: int, angles: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], ...]:
    """Draw `count` subspaces, every two of which have the same principal angles.

    Parameters
    ----------
    h : int
        Dimension of the space.
    count : int
        Number of subspaces M.
    angles : ndarray, (d,)
        Principal angles in radians, in [0, π/2]; the zeros first.
    rng : numpy.random.Generator

    Returns
    -------
    tuple of ndarray, each (h, d)
        Columns i of any two meet at ``angles[i]``; different columns are perpendicular.

    Raises
    ------
    InputError
        If an angle is out of range, or the frames (one dimension for a zero, M for another
        angle) do not fit into h.

    Examples
    --------
    >>> bases = equiangular_bases(5, 3, np.array([0.0, 1.0]), np.random.default_rng(0))
    >>> [round(float(bases[m][:, 1] @ bases[0][:, 1]), 4) for m in (1, 2)]
    [0.5403, 0.5403]
    """
    if not ((angles >= 0) & (angles <= np.pi / 2)).all():
        raise InputError(f"angles are {angles.tolist()}; give radians between 0 and π/2.")
    tilted = angles[angles > 0]
    shared = angles.size - tilted.size
    needed = shared + count * tilted.size
    if needed > h:
        raise InputError(
            f"{tilted.size} non-zero angles between {count} subspaces need {needed} dimensions "
            f"but h = {h}; raise h or set more angles to 0."
        )
    frame = random_rotation(h, rng)
    columns: list[list[NDArray[np.float64]]] = [list(frame.T[:shared]) for _ in range(count)]
    for k, angle in enumerate(tilted):
        values, vectors = np.linalg.eigh(
            np.full((count, count), np.cos(angle)) + (1 - np.cos(angle)) * np.eye(count)
        )
        root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
        block = frame[:, shared + k * count : shared + (k + 1) * count]
        for m in range(count):
            columns[m].append(block @ root[m])
    return tuple(np.column_stack(part) for part in columns)


@register("subspace")
class Subspace(Constraint):
    """X in a subspace A and Y in a subspace B with given principal angles [Yi2025].

    ``Subspace(h, angles=[φ])`` is Y.T3: two hyperplanes that meet in C at the dihedral angle φ.
    With M > 2 modalities, all share C, and every two subspaces have the same principal angles:
    the M specific directions that belong to one angle form an equiangular frame of M dimensions.

    Parameters
    ----------
    h : int
        Embedding dimension.
    modalities : int
        Views.
    angles : sequence of float
        Principal angles in radians, at most ``min(dims)`` of them; those not given are 0, so
        that the subspaces share these directions.
    dims : sequence of int, optional
        Dimension of each subspace, by default ``h − M + 1``, the largest that one angle leaves
        room for (hyperplanes for two views). Equal for more than two views.
    centres : {"free", "orthogonal"}
        ``"orthogonal"`` imposes Y's hypothesis A6 on the particles: their mean has no part in
        the shared subspace C. This is what keeps the gap open in Y.T3.
    seed : int
        Seed of the common random turn of both subspaces.

    Raises
    ------
    InputError
        If the angles do not fit into h, or nothing is left of A or B without C under A6.

    Examples
    --------
    >>> room = Subspace(4, angles=[1.0])
    >>> room.shared_basis.shape
    (4, 2)
    """

    def __init__(
        self,
        h: int,
        *,
        modalities: int = 2,
        angles: Sequence[float] = (np.pi / 3,),
        dims: Sequence[int] | None = None,
        centres: str = "free",
        seed: int = 0,
    ) -> None:
        super().__init__(h, modalities=modalities)
        if centres not in ("free", "orthogonal"):
            raise InputError(f"centres is {centres!r}; choose 'free' or 'orthogonal'.")
        given = np.sort(np.atleast_1d(np.asarray(angles, dtype=np.float64)))
        sizes = self._sizes(dims)
        shared = min(sizes) - given.size
        if shared < 0:
            raise InputError(
                f"angles has {given.size} entries but min(dims) is {min(sizes)}; "
                "give at most so many."
            )
        self.angles = np.concatenate([np.zeros(shared), given])
        self.n_shared = int(np.count_nonzero(self.angles == 0))
        rng = np.random.default_rng(seed)
        self.bases = (
            subspace_pair(self.h, sizes[0], sizes[1], self.angles, rng)
            if modalities == 2
            else equiangular_bases(self.h, modalities, self.angles, rng)
        )
        self._held = centres == "orthogonal" and self.n_shared > 0
        if centres == "orthogonal" and min(sizes) == self.n_shared:
            raise InputError(
                f"centres is 'orthogonal' but one subspace (dims {', '.join(map(str, sizes))}) "
                "lies in the other; give it a non-zero angle."
            )

    def _sizes(self, dims: Sequence[int] | None) -> tuple[int, ...]:
        """Dimensions of the subspaces, one a modality."""
        if dims is None:
            return (max(1, self.h - self.modalities + 1),) * self.modalities
        sizes = tuple(check_integer("dims", size, 1) for size in dims)
        if len(sizes) != self.modalities:
            raise InputError(
                f"dims has {len(sizes)} entries for {self.modalities} modalities; give one each."
            )
        if self.modalities > 2 and len(set(sizes)) > 1:
            raise InputError(
                f"dims are {', '.join(map(str, sizes))}; more than two subspaces must be of one "
                "dimension."
            )
        return sizes

    @property
    def shared_basis(self) -> np.ndarray:
        """Basis of C = A ∩ B: the columns at angle 0."""
        return self.bases[0][:, : self.n_shared]

    @property
    def subspaces(self) -> tuple[np.ndarray, ...]:
        """The bases; the columns that belong to one angle stand in the same place."""
        return self.bases

    def place(self, views: Tensors) -> Tensors:
        """Coordinates (R, N, d) of the projected rows, scaled to the sphere."""
        placed = tuple(normalize(v @ b) for v, b in zip(views, self._tensors(views), strict=True))
        return tuple(map(self._restore, placed)) if self._held else placed

    def views(self, parameters: Tensors) -> Tensors:
        """``u Bᵀ``."""
        bases = self._tensors(parameters)
        return tuple(u @ b.mT for u, b in zip(parameters, bases, strict=True))

    def gradient(self, parameters: Tensors, gradients: Tensors) -> Tensors:
        """The tangent part of ``g B``; under A6 without a common move inside C."""
        bases = self._tensors(parameters)
        moves = tuple(
            tangent(u, g @ b) for u, g, b in zip(parameters, gradients, bases, strict=True)
        )
        if self._held:
            moves = self.transport(parameters, moves)
        return moves

    def measure(self, parameters: Tensors) -> dict[str, torch.Tensor]:
        """What N.3 and Y.T4 speak of.

        ``specific_energy_x`` = mean |x − P_C x|², ``specific_mean_x`` = |mean of x − P_C x|
        (and y, or 0, 1, 2 for more views), and ``shared_residual`` = mean |P_C x_i − P_C y_i|
        over the other views y. With several angles ``direction_energy_0``, ``_1`` … are the
        energies along the directions of each, over all views.
        """
        s = self.n_shared
        found = {}
        for name, points in zip(view_names(self.modalities), parameters, strict=True):
            specific = points[..., s:]
            found[f"specific_energy_{name}"] = specific.square().sum(-1).mean(-1)
            found[f"specific_mean_{name}"] = torch.linalg.vector_norm(specific.mean(-2), dim=-1)
        wanted = range(s, self.angles.size)
        if len(wanted) > 1:
            for k in wanted:
                squares = [points[..., k].square().mean(-1) for points in parameters]
                found[f"direction_energy_{k - s}"] = torch.stack(squares).mean(0)
        first, *others = (points[..., :s] for points in parameters)
        apart = torch.stack([torch.linalg.vector_norm(first - other, dim=-1) for other in others])
        found["shared_residual"] = apart.mean((0, -1))
        return found

    def retract(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Step, then normalise (and, under A6, restore the mean)."""
        moved = tuple(stride(u, v) for u, v in zip(parameters, tangents, strict=True))
        return tuple(map(self._restore, moved)) if self._held else moved

    def transport(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Tangent part; under A6 without a common move inside C."""
        if not self._held:
            return super().transport(parameters, tangents)
        pairs = zip(parameters, tangents, strict=True)
        return tuple(tangent(u, v - self._common(u, v)) for u, v in pairs)

    def _tensors(self, like: Tensors) -> Tensors:
        return tuple(
            torch.as_tensor(basis, dtype=t.dtype, device=t.device)
            for basis, t in zip(self.bases, like, strict=True)
        )

    def _common(self, points: torch.Tensor, moves: torch.Tensor) -> torch.Tensor:
        """Shift λ in C whose tangent parts sum to ``Σ_i P_C moves_i``, as (R, 1, d)."""
        s, n = self.n_shared, points.shape[-2]
        inside = points[..., :s]
        matrix = n * torch.eye(s, dtype=points.dtype, device=points.device) - inside.mT @ inside
        # The pseudo-inverse: the matrix is singular when all points are on one line of C.
        inverse = torch.linalg.pinv(matrix, hermitian=True)
        shift = (inverse @ moves[..., :s].sum(-2)[..., None]).mT
        return torch.nn.functional.pad(shift, (0, points.shape[-1] - s))

    def _restore(self, points: torch.Tensor) -> torch.Tensor:
        """Remove the shared part of the mean by Newton steps on the sphere."""
        for _ in range(NEWTON_STEPS):
            if points[..., : self.n_shared].mean(-2).abs().max() <= ROUNDING:
                break
            points = normalize(points - tangent(points, self._common(points, points)))
        return points
