"""Hard cones: particles that may move, but not out of a spherical cap."""

from __future__ import annotations

import math

import torch

from sim.constraints.base import (
    Constraint,
    Tensors,
    carry,
    normalize,
    register,
    stride,
    tangent,
    turning,
)
from theory.errors import InputError
from theory.validation import check_number

__all__ = ["Cap"]


AGREEMENT_STEPS = 500
"""Most steps to make the axis the mean direction of what is inside the cap about it."""

AGREED = 1e-15

ON_EDGE = 1e-12
"""How far inside the edge, in cosine, a particle still counts as on it."""


@register("cap")
class Cap(Constraint):
    """Each modality inside a spherical cap, ``x_i·c ≥ cos α``: a cone with a hard edge.

    Particles move inside the cap as they like; the cap turns about the origin and carries them
    along. A particle at the edge that is pushed outwards stays there. The axis begins at the
    mean direction of the start's view.

    Parameters
    ----------
    h, modalities
        As for every constraint.
    angle : float
        Opening α in radians, in (0, π]; π is no constraint.
    centres : {"free", "held"}
        Whether the axes may turn.

    Examples
    --------
    >>> room = Cap(3, angle=0.5)
    >>> clouds = (torch.eye(3)[None], -torch.eye(3)[None])
    >>> view = room.views(room.place(clouds))[0][0]
    >>> round(torch.acos(view @ view.mean(0) / view.mean(0).norm()).max().item(), 4)
    0.5
    """

    def __init__(
        self, h: int, *, modalities: int = 2, angle: float = math.pi / 3, centres: str = "free"
    ) -> None:
        super().__init__(h, modalities=modalities)
        self.angle = check_number("angle", angle, 0, math.pi, open_low=True)
        if centres not in ("free", "held"):
            raise InputError(f"centres is {centres!r}; choose 'free' or 'held'.")
        self.held = centres == "held"

    def place(self, views: Tensors) -> Tensors:
        """Clouds (R, N + 1, h), the axis last: what is outside the cap goes to its edge."""
        placed = []
        for view in map(normalize, views):
            axis = self._axis(view)
            placed.append(torch.cat([self._inside(view, axis), axis], dim=-2))
        return tuple(placed)

    def _axis(self, view: torch.Tensor) -> torch.Tensor:
        """Mean direction (R, 1, h) once the cloud is inside the cap about it.

        Moving points to the edge of a cap moves their mean: the two are made to agree.
        """
        axis = normalize(view.mean(-2, keepdim=True))
        for _ in range(AGREEMENT_STEPS):
            moved = normalize(self._inside(view, axis).mean(-2, keepdim=True))
            if (moved - axis).abs().max() <= AGREED:
                break
            axis = moved
        return axis

    def views(self, parameters: Tensors) -> Tensors:
        """The particles."""
        return tuple(p[..., :-1, :] for p in parameters)

    def gradient(self, parameters: Tensors, gradients: Tensors) -> Tensors:
        """The tangent part, without what points out of the cap; the axis's pull last.

        The axis's part is the torque on the whole cloud that turns it: the direction c moves in.
        """
        found = []
        for p, g in zip(parameters, gradients, strict=True):
            points, axis = p[..., :-1, :], p[..., -1:, :]
            slopes = tangent(points, g)
            edge = self._at_edge(points, axis)
            inwards = tangent(points, axis.expand_as(points))
            inwards = inwards / torch.linalg.vector_norm(inwards, dim=-1, keepdim=True).clamp_min(
                torch.finfo(inwards.dtype).tiny
            )
            # Descent goes along −slope: what leaves the cap is a slope that points inwards.
            along = (slopes * inwards).sum(-1, keepdim=True).clamp_min(0)
            slopes = torch.where(edge, slopes - along * inwards, slopes)
            pull = torch.zeros_like(axis)
            if not self.held:
                moment = g.mT @ points
                pull = axis @ (moment - moment.mT).mT / points.shape[-2]
            found.append(torch.cat([slopes, pull], dim=-2))
        return tuple(found)

    def measure(self, parameters: Tensors) -> dict[str, torch.Tensor]:
        """``cap_angle``: the angle between the first two axes; ``at_edge``: share at the edge."""
        axes = [p[..., -1, :] for p in parameters]
        cosine = (axes[0] * axes[1]).sum(-1).clamp(-1, 1)
        edges = [
            self._at_edge(p[..., :-1, :], p[..., -1:, :]).to(p.dtype).mean((-2, -1))
            for p in parameters
        ]
        return {"cap_angle": torch.acos(cosine), "at_edge": torch.stack(edges).mean(0)}

    def retract(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Step in the cap, turn the cap, and put at its edge what has left it.

        What is at the edge and does not move inwards slides along it: it does not come off by
        the error of a step.
        """
        found = []
        for p, t in zip(parameters, tangents, strict=True):
            points, axis = p[..., :-1, :], p[..., -1:, :]
            moves = t[..., :-1, :]
            slides = self._at_edge(points, axis) & (moves @ axis.mT <= ON_EDGE)
            turned = stride(axis, t[..., -1:, :])
            moved = carry(stride(points, moves), axis, turned)
            points = normalize(self._inside(moved, turned, slides))
            found.append(torch.cat([points, turned], dim=-2))
        return tuple(found)

    def lift(self, parameters: Tensors, moves: Tensors, tangents: Tensors) -> Tensors:
        """Rates in the frame of the step's start, less the spin of the least rotation from there.

        The axis carries the particles by ``c' cᵀ − c c'ᵀ``, and the rotation that `retract` takes
        turns about the axis besides.
        """
        found = []
        ends = self.retract(parameters, moves)
        for p, end, t in zip(parameters, ends, tangents, strict=True):
            start, axis, points = p[..., -1:, :], end[..., -1:, :], end[..., :-1, :]
            speed = t[..., -1:, :]
            carried = (points @ axis.mT) * speed - (points @ speed.mT) * axis
            spin = turning(carry(points, axis, start), start, axis, speed) - carried
            rates = carry(t[..., :-1, :] - spin, axis, start)
            found.append(torch.cat([rates, speed], dim=-2))
        return tuple(found)

    def squared_sizes(self, tangents: Tensors) -> Tensors:
        """Mean over the particles, and the whole of the axis, which carries all of them."""
        lengths = self.squared_lengths(tangents)
        return tuple(s[..., :-1, 0].mean(-1) + s[..., -1, 0] for s in lengths)

    def _at_edge(self, points: torch.Tensor, axis: torch.Tensor) -> torch.Tensor:
        """Which points (..., N, 1) of the cap are at its edge."""
        return points @ axis.mT <= math.cos(self.angle) + ON_EDGE

    def _inside(
        self, points: torch.Tensor, axis: torch.Tensor, slides: torch.Tensor | None = None
    ) -> torch.Tensor:
        """Nearest points of the cap, or of its edge for those that slide along it."""
        along = points @ axis.mT
        across = points - along * axis
        length = torch.linalg.vector_norm(across, dim=-1, keepdim=True)
        across = across / length.clamp_min(torch.finfo(points.dtype).tiny)
        edge = math.cos(self.angle) * axis + math.sin(self.angle) * across
        outside = along < math.cos(self.angle)
        return torch.where(outside if slides is None else outside | slides, edge, points)
