"""Dimension collapse: each modality lives on the unit sphere of its own subspace."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from sim.constraints.base import Constraint, Tensors, normalize, register, stride, tangent
from theory.errors import InputError
from theory.subspaces import subspace_pair

__all__ = ["Subspace"]

NEWTON_STEPS = 8
"""Most steps of the retraction under A6; it converges quadratically from a gradient step."""

ROUNDING = 1e-14
"""Largest entry of the shared mean that counts as none."""


@register("subspace")
class Subspace(Constraint):
    """X in a subspace A and Y in a subspace B with given principal angles [Yi2025].

    ``Subspace(h, angles=[φ])`` is Y.T3: two hyperplanes that meet in C at the dihedral angle φ.

    Parameters
    ----------
    h : int
        Embedding dimension.
    modalities : int
        Two.
    angles : sequence of float
        Principal angles in radians, at most ``min(dims)`` of them; those not given are 0, so
        that the subspaces share these directions.
    dims : pair of int, optional
        Dimensions of A and B; hyperplanes, ``(h − 1, h − 1)``, by default.
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

    max_modalities = 2

    def __init__(
        self,
        h: int,
        *,
        modalities: int = 2,
        angles: Sequence[float] = (np.pi / 3,),
        dims: tuple[int, int] | None = None,
        centres: str = "free",
        seed: int = 0,
    ) -> None:
        super().__init__(h, modalities=modalities)
        if centres not in ("free", "orthogonal"):
            raise InputError(f"centres is {centres!r}; choose 'free' or 'orthogonal'.")
        d_a, d_b = (self.h - 1, self.h - 1) if dims is None else dims
        given = np.sort(np.atleast_1d(np.asarray(angles, dtype=np.float64)))
        shared = min(d_a, d_b) - given.size
        if shared < 0:
            raise InputError(
                f"angles has {given.size} entries but min(dims) is {min(d_a, d_b)}; "
                "give at most so many."
            )
        self.angles = np.concatenate([np.zeros(shared), given])
        self.bases = subspace_pair(self.h, d_a, d_b, self.angles, np.random.default_rng(seed))
        self.n_shared = int(np.count_nonzero(self.angles == 0))
        self._held = centres == "orthogonal" and self.n_shared > 0
        if centres == "orthogonal" and min(d_a, d_b) == self.n_shared:
            raise InputError(
                f"centres is 'orthogonal' but one subspace (dims {d_a}, {d_b}) lies in the other; "
                "give it a non-zero angle."
            )

    @property
    def shared_basis(self) -> np.ndarray:
        """Basis of C = A ∩ B: the columns at angle 0."""
        return self.bases[0][:, : self.n_shared]

    def place(self, views: Tensors) -> Tensors:
        """Coordinates (R, N, d) of the projected rows, scaled to the sphere."""
        placed = tuple(normalize(v @ b) for v, b in zip(views, self._tensors(views), strict=True))
        return tuple(map(self._restore, placed)) if self._held else placed

    def views(self, parameters: Tensors) -> Tensors:
        """``u Bᵀ``."""
        bases = self._tensors(parameters)
        return tuple(u @ b.mT for u, b in zip(parameters, bases, strict=True))

    def gradient(self, parameters: Tensors, gradients: Tensors) -> Tensors:
        """``N`` times the tangent part of ``g B``; under A6 without a common move inside C."""
        bases = self._tensors(parameters)
        moves = tuple(
            tangent(u, g @ b).mul_(u.shape[-2])
            for u, g, b in zip(parameters, gradients, bases, strict=True)
        )
        if self._held:
            moves = tuple(
                tangent(u, v - self._common(u, v)) for u, v in zip(parameters, moves, strict=True)
            )
        return moves

    def measure(self, parameters: Tensors) -> dict[str, torch.Tensor]:
        """What N.3 and Y.T4 speak of.

        ``specific_energy_x`` = mean |x − P_C x|², ``specific_mean_x`` = |mean of x − P_C x|
        (and y), and ``shared_residual`` = mean |P_C x_i − P_C y_i|.
        """
        s = self.n_shared
        found = {}
        for name, points in zip("xy", parameters, strict=True):
            specific = points[..., s:]
            found[f"specific_energy_{name}"] = specific.square().sum(-1).mean(-1)
            found[f"specific_mean_{name}"] = torch.linalg.vector_norm(specific.mean(-2), dim=-1)
        apart = parameters[0][..., :s] - parameters[1][..., :s]
        found["shared_residual"] = torch.linalg.vector_norm(apart, dim=-1).mean(-1)
        return found

    def retract(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Step, then normalise (and, under A6, restore the mean)."""
        moved = tuple(stride(u, v) for u, v in zip(parameters, tangents, strict=True))
        return tuple(map(self._restore, moved)) if self._held else moved

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
