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
    "per_run",
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


def tangent(points: torch.Tensor, vectors: torch.Tensor) -> torch.Tensor:
    """Part of `vectors` (..., d) perpendicular to the unit rows `points`."""
    part = vectors * points
    along = part.sum(-1, keepdim=True)
    return torch.addcmul(vectors, points, along, value=-1, out=part)


def stride(
    points: torch.Tensor, move: torch.Tensor, factor: torch.Tensor | None = None
) -> torch.Tensor:
    """Unit rows `points` (..., d) after a step in a straight line, back on the sphere.

    The step is `factor` (to be broadcast) times `move`; nothing is multiplied without one.
    """
    moved = points + move if factor is None else torch.addcmul(points, move, factor)
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


def per_run(numbers: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """Numbers (R,), to be broadcast over the runs of `like` (R, ...)."""
    return numbers.to(like.dtype).reshape(-1, *[1] * (like.ndim - 1))


class Constraint(ABC):
    """A family of configurations of paired unit vectors, and motion inside it.

    Parameters are one tensor per modality, batched over R runs; the metric is the sum over
    particles, ``‖v‖² = Σ_i |v_i|²``. A step of ``−2 N t`` times `gradient` then follows
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

    def descend(self, parameters: Tensors, tangents: Tensors, sizes: torch.Tensor) -> Tensors:
        """`retract` along ``−sizes`` (R,) times the tangents, which may be overwritten."""
        moves = tuple(t.mul_(per_run(-sizes, t)) for t in tangents)
        return self.retract(parameters, moves)

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
        """Squared size (R,) of a whole motion: the mean over the particles.

        What an integrator measures its errors by.
        """
        return tuple(lengths.flatten(1).mean(-1) for lengths in self.squared_lengths(tangents))
