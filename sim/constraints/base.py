"""What every constraint is: parameters in, unit views out, and a way to move downhill."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
import torch

from theory.registry import Registry
from theory.validation import check_integer

__all__ = [
    "CONSTRAINTS",
    "Constraint",
    "Tensors",
    "carry",
    "create",
    "names",
    "normalize",
    "register",
    "stride",
    "tangent",
    "turning",
]

Tensors = tuple[torch.Tensor, ...]
"""One tensor per modality."""

CONSTRAINTS: Registry[type[Constraint]] = Registry("constraint")
register = CONSTRAINTS.register
names = CONSTRAINTS.names
create = CONSTRAINTS.create


def normalize(points: torch.Tensor) -> torch.Tensor:
    """Scale the rows (..., d) to unit length."""
    return points / torch.linalg.vector_norm(points, dim=-1, keepdim=True)


def tangent(points: torch.Tensor, vectors: torch.Tensor, factor: float = 1.0) -> torch.Tensor:
    """`factor` times the part of `vectors` (..., d) perpendicular to the unit rows `points`."""
    part = vectors * points
    along = part.sum(-1, keepdim=True).mul_(-factor)
    return torch.mul(points, along, out=part).add_(vectors, alpha=factor)


def stride(points: torch.Tensor, move: torch.Tensor) -> torch.Tensor:
    """Unit rows `points` (..., d) after a step in a straight line, back on the sphere."""
    moved = points + move
    return moved.div_(torch.linalg.vector_norm(moved, dim=-1, keepdim=True))


def carry(points: torch.Tensor, start: torch.Tensor, end: torch.Tensor) -> torch.Tensor:
    """Turn rows (..., N, d) by the least rotation that carries `start` (..., 1, d) to `end`."""
    both = start + end
    share = 1 / (1 + (start * end).sum(-1, keepdim=True))
    return points + 2 * (points @ start.mT) * end - share * (points @ both.mT) * both


def turning(
    points: torch.Tensor, start: torch.Tensor, end: torch.Tensor, speed: torch.Tensor
) -> torch.Tensor:
    """Velocity of ``carry(points, start, end)`` while `end` moves at `speed`, perpendicular to it.

    The derivative of the least rotation, which spins about its own end, too.
    """
    both = start + end
    share = 1 / (1 + (start * end).sum(-1, keepdim=True))
    growth = share.square() * (start * speed).sum(-1, keepdim=True)
    along = points @ both.mT
    straight = 2 * (points @ start.mT) * speed + growth * along * both
    return straight - share * ((points @ speed.mT) * both + along * speed)


class Constraint(ABC):
    """A family of configurations of paired unit vectors, and motion inside it.

    Parameters are one tensor per modality, batched over R runs; the metric is the mean over
    particles, ``‖v‖² = (1/N) Σ_i |v_i|²``, so that a step of ``−2 t`` times `gradient` follows
    ``ẋ = −N ∇L`` with Y's ``L = 2·loss`` for the time t.

    Parameters
    ----------
    h : int
        Embedding dimension, at least 2.
    modalities : int
        Number of views.
    """

    encodes: ClassVar[bool] = False
    """Whether views are functions of the start's, so that there are views of other items."""

    def __init__(self, h: int, *, modalities: int = 2) -> None:
        self.h = check_integer("h", h, 2)
        self.modalities = check_integer("modalities", modalities, 2)

    @property
    def shared_basis(self) -> np.ndarray:
        """Orthonormal columns (h, s) of the directions that every modality may use."""
        return np.eye(self.h)

    @property
    def subspaces(self) -> tuple[np.ndarray, ...]:
        """Orthonormal columns (h, d) of what each modality may use, the shared ones first."""
        return (np.eye(self.h),) * self.modalities

    @abstractmethod
    def place(self, views: Tensors) -> Tensors:
        """Parameters of the feasible configuration nearest in spirit to `views` (R, N, h)."""

    @abstractmethod
    def views(self, parameters: Tensors) -> Tensors:
        """Unit views (R, N, h) of the parameters."""

    @abstractmethod
    def gradient(self, parameters: Tensors, gradients: Tensors) -> Tensors:
        """Pull the gradients with respect to the views back to Riemannian gradients.

        Parameters
        ----------
        parameters : tuple of torch.Tensor
        gradients : tuple of torch.Tensor, each (R, N, h)
            Euclidean gradients of the loss (a mean over pairs).

        Returns
        -------
        tuple of torch.Tensor
            Tangents: what `retract` takes. New tensors, which the caller may overwrite.
        """

    def measure(self, parameters: Tensors) -> dict[str, torch.Tensor]:
        """Quantities (R,) that only this constraint has; a trajectory records them."""
        return {}

    @abstractmethod
    def retract(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Move the parameters along the tangents and stay inside the constraint."""

    def encode(self, parameters: Tensors, views: Tensors) -> Tensors:
        """Views of items that are no particles, from a start's views of them, if it `encodes`."""
        raise NotImplementedError(f"{type(self).__name__} encodes no items")

    def lift(self, parameters: Tensors, moves: Tensors, tangents: Tensors) -> Tensors:
        """Rates of `moves` that give `retract` of `parameters` along them the velocity `tangents`.

        What an integrator of high order asks of its stages. The tangents themselves where
        `retract` projects a sum; a constraint that retracts otherwise says how.
        """
        return tangents

    def transport(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Carry tangents to other `parameters`: their tangent part, for parameters of unit rows.

        What an optimiser with momentum asks for.
        """
        return tuple(tangent(p, t) for p, t in zip(parameters, tangents, strict=True))

    def squared_lengths(self, tangents: Tensors) -> Tensors:
        """Squared length of the move of every particle (every row), to be broadcast over it."""
        return tuple(t.square().sum(-1, keepdim=True) for t in tangents)

    def squared_sizes(self, tangents: Tensors) -> Tensors:
        """Squared size (R,) of a whole motion: the mean over the particles, as the metric has it.

        What an integrator measures its errors by.
        """
        return tuple(lengths.flatten(1).mean(-1) for lengths in self.squared_lengths(tangents))
