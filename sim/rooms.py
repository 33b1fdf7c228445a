"""Runs under different constraints of one kind, as if under one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from sim.constraints import Constraint, Tensors

__all__ = ["Rooms"]


class Rooms(Constraint):
    """Constraints side by side: each has some of the runs, and its own bases, angles or weights.

    The loss of all runs is then evaluated at once, which is where the time goes.

    Parameters
    ----------
    rooms : sequence of Constraint
        Of equal shapes.
    counts : sequence of int
        Runs of each, in this order.
    """

    def __init__(self, rooms: Sequence[Constraint], counts: Sequence[int]) -> None:
        super().__init__(rooms[0].h, modalities=rooms[0].modalities)
        self.rooms = list(rooms)
        self.counts = list(counts)

    def encode(self, parameters: Tensors, views: Tensors) -> Tensors:
        """Views of other items, each room's by its own encoders."""
        return self._each(lambda room, *own: room.encode(*own), parameters, views)

    def place(self, views: Tensors) -> Tensors:
        """Each room places its runs."""
        return self._each(lambda room, own: room.place(own), views)

    def views(self, parameters: Tensors) -> Tensors:
        """Views of all runs."""
        return self._each(lambda room, own: room.views(own), parameters)

    def gradient(self, parameters: Tensors, gradients: Tensors) -> Tensors:
        """Tangents of all runs."""
        return self._each(lambda room, *own: room.gradient(*own), parameters, gradients)

    def measure(self, parameters: Tensors) -> dict[str, torch.Tensor]:
        """What all rooms measure."""
        found = [room.measure(own) for room, (own,) in self._parts(parameters)]
        return {name: torch.cat([part[name] for part in found]) for name in found[0]}

    def retract(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Move the runs, each in its room."""
        return self._each(lambda room, *own: room.retract(*own), parameters, tangents)

    def lift(self, parameters: Tensors, moves: Tensors, tangents: Tensors) -> Tensors:
        """Lift the tangents of all runs."""
        return self._each(lambda room, *own: room.lift(*own), parameters, moves, tangents)

    def transport(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Carry the tangents of all runs."""
        return self._each(lambda room, *own: room.transport(*own), parameters, tangents)

    def squared_lengths(self, tangents: Tensors) -> Tensors:
        """Squared lengths in all rooms."""
        return self._each(lambda room, own: room.squared_lengths(own), tangents)

    def squared_sizes(self, tangents: Tensors) -> Tensors:
        """Squared sizes in all rooms."""
        return self._each(lambda room, own: room.squared_sizes(own), tangents)

    def _parts(self, *tensors: Tensors) -> list[tuple[Constraint, list[Tensors]]]:
        split = [[t.split(self.counts) for t in group] for group in tensors]
        return [
            (room, [tuple(t[k] for t in group) for group in split])
            for k, room in enumerate(self.rooms)
        ]

    def _each(self, work: Callable[..., Tensors], *tensors: Tensors) -> Tensors:
        found = [work(room, *own) for room, own in self._parts(*tensors)]
        return tuple(torch.cat(parts) for parts in zip(*found, strict=True))
