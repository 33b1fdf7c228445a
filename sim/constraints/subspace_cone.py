"""Rigid cones inside subspaces: both hypotheses of the collapse theorem at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from sim.constraints.base import Tensors, carry, normalize, register
from sim.constraints.cone import Rigid, turn
from sim.constraints.subspace import Subspace

__all__ = ["SubspaceCone"]


@register("subspace_cone")
class SubspaceCone(Rigid, Subspace):
    """Each modality a rigid cloud that turns inside its own subspace: Y.T3's setting [Yi2025].

    ``x_i = B Q u_i`` with Q in SO(d): a `Cone` in the coordinates of a `Subspace`.

    Parameters
    ----------
    h, modalities, angles, dims, seed
        As for `Subspace`.
    centres : {"free", "orthogonal"}
        ``"orthogonal"`` holds the mean direction of every cloud perpendicular to the shared
        subspace C (A6), and lets the cloud roll around it.

    Examples
    --------
    >>> room = SubspaceCone(4, angles=[1.0], centres="orthogonal")
    >>> views = torch.randn(2, 1, 9, 4, generator=torch.Generator().manual_seed(0))
    >>> mean = room.views(room.place(tuple(views.double())))[0].mean(1)
    >>> bool((mean @ torch.as_tensor(room.shared_basis)).abs().max() < 1e-12)
    True
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
        super().__init__(
            h, modalities=modalities, angles=angles, dims=dims, centres=centres, seed=seed
        )

    def gradient(self, parameters: Tensors, gradients: Tensors) -> Tensors:
        """Skew matrices (R, d, d): torque a particle in the subspace; under A6 none to C."""
        found = []
        for u, g, b in zip(parameters, gradients, self._tensors(parameters), strict=True):
            moment = (g @ b).mT @ u
            torque = (moment - moment.mT) / u.shape[-2]
            if self._held:
                centre = normalize(u.mean(-2))[..., None]
                towards = torque @ centre
                towards[..., self.n_shared :, :] = 0
                torque = torque - towards @ centre.mT + centre @ towards.mT
            found.append(torque)
        return tuple(found)

    def retract(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Turn each body; under A6 back to where its mean is perpendicular to C."""
        moved = tuple(turn(u, a) for u, a in zip(parameters, tangents, strict=True))
        return tuple(map(self._restore, moved)) if self._held else moved

    def _restore(self, points: torch.Tensor) -> torch.Tensor:
        """Turn the cloud by the least rotation that puts its mean direction perpendicular to C."""
        start = normalize(points.mean(-2, keepdim=True))
        end = start.clone()
        end[..., : self.n_shared] = 0
        return carry(points, start, normalize(end))
