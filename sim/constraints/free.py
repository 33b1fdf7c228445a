"""No constraint: every particle moves on the whole sphere."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from sim.constraints.base import Constraint, Tensors, normalize, per_run, register, stride, tangent
from theory.metrics.base import view_names
from theory.validation import check_integer

__all__ = ["Free", "zonal"]


def zonal(cosine: torch.Tensor, degree: int, h: int) -> torch.Tensor:
    """Zonal harmonic ``P_l`` on S^{h−1} of the cosine to its axis, ``P_l(1) = 1``.

    The Gegenbauer polynomial ``C_l^{h/2−1}`` scaled (the Chebyshev one for h = 2), by its
    recurrence ``(l + h − 3) P_l = (2l + h − 4) t P_{l−1} − (l − 1) P_{l−2}``.

    Examples
    --------
    >>> zonal(torch.tensor([0.0, 1.0]), 2, 3).tolist()
    [-0.5, 1.0]
    """
    before, value = torch.ones_like(cosine), cosine
    for k in range(2, degree + 1):
        after = ((2 * k + h - 4) * cosine * value - (k - 1) * before) / (k + h - 3)
        before, value = value, after
    return value


@register("free")
class Free(Constraint):
    """Each particle on S^{h−1}: the setting of Y.T1 [Yi2025].

    Parameters
    ----------
    h, modalities
        As for every constraint.
    degrees : sequence of int
        Degrees l whose zonal moments about the first axis are measured (N.2).

    Examples
    --------
    >>> views = torch.eye(2)[None], -torch.eye(2)[None]
    >>> Free(2).views(Free(2).place(views))[1][0, 0].tolist()
    [-1.0, -0.0]
    """

    def __init__(self, h: int, *, modalities: int = 2, degrees: Sequence[int] = ()) -> None:
        super().__init__(h, modalities=modalities)
        self.degrees = tuple(check_integer("degrees", degree, 1) for degree in degrees)

    def place(self, views: Tensors) -> Tensors:
        """Unit rows, as they are."""
        return tuple(normalize(view) for view in views)

    def views(self, parameters: Tensors) -> Tensors:
        """The parameters themselves."""
        return parameters

    def gradient(self, parameters: Tensors, gradients: Tensors) -> Tensors:
        """The tangent part."""
        return tuple(tangent(x, g) for x, g in zip(parameters, gradients, strict=True))

    def measure(self, parameters: Tensors) -> dict[str, torch.Tensor]:
        """``moment_2_x`` = mean of the zonal harmonic of degree 2, ``P_l(x·e)`` with P_l(1) = 1."""
        found = {}
        for name, points in zip(view_names(self.modalities), parameters, strict=True):
            for degree in self.degrees:
                found[f"moment_{degree}_{name}"] = zonal(points[..., 0], degree, self.h).mean(-1)
        return found

    def retract(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Step, then normalise."""
        return tuple(stride(x, v) for x, v in zip(parameters, tangents, strict=True))

    def descend(self, parameters: Tensors, tangents: Tensors, sizes: torch.Tensor) -> Tensors:
        """Step, then normalise: the moves are never written down."""
        factor = per_run(-sizes, parameters[0])
        return tuple(stride(x, v, factor) for x, v in zip(parameters, tangents, strict=True))
