"""Soft dimension collapse: subspaces with some noise left outside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from sim.constraints.base import Tensors, normalize, register, stride, tangent
from sim.constraints.subspace import Subspace
from theory.validation import check_number

__all__ = ["SoftSubspace"]


@register("soft_subspace")
class SoftSubspace(Subspace):
    """Each modality near its own subspace: ``x_i = (B u_i + n_i)/|…|`` with fixed noise n_i ⊥ B.

    Real encoders never collapse exactly; their spectrum has a floor. The coordinates ``u_i`` on
    the unit sphere of the subspace move, the noise does not. It is the part of the start outside
    the subspace, scaled to the given size (a start inside the subspace has none).

    Parameters
    ----------
    h, modalities, angles, dims, seed
        As for `Subspace`.
    noise : float
        Root mean square of ``|n_i|``, the length within the subspace being 1.

    Examples
    --------
    >>> room = SoftSubspace(4, angles=[1.0], noise=0.2)
    >>> views = torch.randn(2, 1, 9, 4, generator=torch.Generator().manual_seed(0)).double()
    >>> x = room.views(room.place(tuple(views)))[0][0]
    >>> off = x - x @ torch.as_tensor(room.bases[0] @ room.bases[0].T)
    >>> bool(0.1 < off.square().sum(-1).mean().sqrt() < 0.2)
    True
    """

    def __init__(
        self,
        h: int,
        *,
        modalities: int = 2,
        angles: Sequence[float] = (np.pi / 3,),
        dims: Sequence[int] | None = None,
        noise: float = 0.1,
        seed: int = 0,
    ) -> None:
        super().__init__(h, modalities=modalities, angles=angles, dims=dims, seed=seed)
        self.noise = check_number("noise", noise, 0)

    def place(self, views: Tensors) -> Tensors:
        """``(u, n)`` as rows (R, N, d + h): unit coordinates and scaled noise."""
        placed = []
        for view, basis in zip(views, self._tensors(views), strict=True):
            inside = view @ basis
            off = view - inside @ basis.mT
            off = off - (off @ basis) @ basis.mT  # once more: the first leaves rounding inside
            off = off / torch.linalg.vector_norm(inside, dim=-1, keepdim=True)
            size = off.square().sum(-1).mean(-1).sqrt()[..., None, None]
            faint = size <= torch.finfo(view.dtype).eps
            scale = torch.where(faint, 0.0, self.noise / torch.where(faint, 1.0, size))
            placed.append(torch.cat([normalize(inside), off * scale], dim=-1))
        return tuple(placed)

    def views(self, parameters: Tensors) -> Tensors:
        """``(B u + n)/|…|``."""
        found = []
        for p, basis in zip(parameters, self._tensors(parameters), strict=True):
            u, off = p[..., : basis.shape[1]], p[..., basis.shape[1] :]
            found.append(normalize(u @ basis.mT + off))
        return tuple(found)

    def gradient(self, parameters: Tensors, gradients: Tensors) -> Tensors:
        """The pulled-back gradient in u, whose length is 1; nothing for the noise."""
        found = []
        views = self.views(parameters)
        for p, x, g, basis in zip(
            parameters, views, gradients, self._tensors(parameters), strict=True
        ):
            u, off = p[..., : basis.shape[1]], p[..., basis.shape[1] :]
            length = torch.sqrt(1 + off.square().sum(-1, keepdim=True))
            slopes = tangent(u, (tangent(x, g) / length) @ basis)
            found.append(torch.cat([slopes, torch.zeros_like(off)], dim=-1))
        return tuple(found)

    def measure(self, parameters: Tensors) -> dict[str, torch.Tensor]:
        """As for `Subspace`, of the coordinates without their noise."""
        bases = self.bases
        return super().measure(
            tuple(p[..., : b.shape[1]] for p, b in zip(parameters, bases, strict=True))
        )

    def retract(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Step in the coordinates, then normalise them."""
        found = []
        for p, t, basis in zip(parameters, tangents, self.bases, strict=True):
            d = basis.shape[1]
            found.append(torch.cat([stride(p[..., :d], t[..., :d]), p[..., d:]], dim=-1))
        return tuple(found)

    def transport(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Tangent part of the coordinates; the noise has none."""
        found = []
        for p, t, basis in zip(parameters, tangents, self.bases, strict=True):
            d = basis.shape[1]
            moving = tangent(p[..., :d], t[..., :d])
            found.append(torch.cat([moving, torch.zeros_like(t[..., d:])], dim=-1))
        return tuple(found)
