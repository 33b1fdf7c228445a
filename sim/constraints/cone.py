"""Rigid cones: each modality keeps its shape, and moves as one body."""

from __future__ import annotations

import torch

from sim.constraints.base import Constraint, Tensors, normalize, register
from theory.errors import InputError

__all__ = ["Cone", "Rigid", "turn"]


class Rigid(Constraint):
    """What constraints share whose tangents are skew matrices A, one a body, that `turn` takes."""

    def lift(self, parameters: Tensors, moves: Tensors, tangents: Tensors) -> Tensors:
        """``(I − Ω/2) A (I + Ω/2)``, the inverse differential of the Cayley transform at Ω."""
        one = torch.eye(moves[0].shape[-1], dtype=moves[0].dtype, device=moves[0].device)
        return tuple(
            (one - move / 2) @ rate @ (one + move / 2)
            for move, rate in zip(moves, tangents, strict=True)
        )

    def transport(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Skew matrices stay what they are: they are taken in the frame of the space."""
        return tangents

    def squared_lengths(self, tangents: Tensors) -> Tensors:
        """``½ tr AᵀA``, one a body."""
        return tuple(a.square().sum((-2, -1), keepdim=True) / 2 for a in tangents)


@register("cone")
class Cone(Rigid):
    """Each modality a rigid cloud ``Q u_i`` with Q in SO(h): Y.T2 and N.5 [Yi2025].

    The cloud, and with it its concentration κ, is that of the start (`sim.starts`, for example
    ``cones`` with a given κ). The skew matrix ``A = (1/N) Σ_i (g_i x_iᵀ − x_i g_iᵀ)`` is the
    gradient in the metric ``N/2 tr AᵀA``: a turn by θ has length θ for each of N particles, as it
    has for those of a concentrated cloud.

    Parameters
    ----------
    h, modalities
        As for every constraint.
    moves : {"rotation", "centre"}
        ``"rotation"`` lets the cloud turn in every way; ``"centre"`` carries the mean direction
        and never rolls the cloud around it.

    Examples
    --------
    >>> views = torch.eye(2)[None], -torch.eye(2)[None]
    >>> cone = Cone(2)
    >>> cone.gradient(cone.place(views), (views[1], views[0]))[0][0].tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """

    def __init__(self, h: int, *, modalities: int = 2, moves: str = "rotation") -> None:
        super().__init__(h, modalities=modalities)
        if moves not in ("rotation", "centre"):
            raise InputError(f"moves is {moves!r}; choose 'rotation' or 'centre'.")
        self.moves = moves

    def place(self, views: Tensors) -> Tensors:
        """The clouds of the start are the rigid bodies."""
        return tuple(normalize(view) for view in views)

    def views(self, parameters: Tensors) -> Tensors:
        """The points of the bodies."""
        return parameters

    def gradient(self, parameters: Tensors, gradients: Tensors) -> Tensors:
        """Skew matrices (R, h, h): the torque on each body, a particle."""
        return tuple(self._torque(x, g) for x, g in zip(parameters, gradients, strict=True))

    def _torque(self, points: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
        moment = gradient.mT @ points
        torque = (moment - moment.mT) / points.shape[-2]
        if self.moves == "centre":
            centre = normalize(points.mean(-2))[..., None]
            pull = torque @ centre
            torque = pull @ centre.mT - centre @ pull.mT
        return torque

    def retract(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Turn each body."""
        return tuple(turn(x, a) for x, a in zip(parameters, tangents, strict=True))


def turn(points: torch.Tensor, skew: torch.Tensor) -> torch.Tensor:
    """Turn rows (..., N, d) by the Cayley transform ``(I − A/2)⁻¹(I + A/2)`` of A (..., d, d).

    Orthogonal to rounding, where torch's matrix exponential loses four digits; both are
    ``I + A + A²/2`` up to third order. Normalising only removes rounding.
    """
    one = torch.eye(skew.shape[-1], dtype=skew.dtype, device=skew.device)
    rotation: torch.Tensor = torch.linalg.solve(one - skew / 2, one + skew / 2)
    return normalize(points @ rotation.mT)
