"""No constraint: every particle moves on the whole sphere."""

from __future__ import annotations

from sim.constraints.base import Constraint, Tensors, normalize, register, stride, tangent

__all__ = ["Free"]


@register("free")
class Free(Constraint):
    """Each particle on S^{h−1}: the setting of Y.T1 [Yi2025].

    Examples
    --------
    >>> import torch
    >>> views = torch.eye(2)[None], -torch.eye(2)[None]
    >>> Free(2).views(Free(2).place(views))[1][0, 0].tolist()
    [-1.0, -0.0]
    """

    def place(self, views: Tensors) -> Tensors:
        """Unit rows, as they are."""
        return tuple(normalize(view) for view in views)

    def views(self, parameters: Tensors) -> Tensors:
        """The parameters themselves."""
        return parameters

    def gradient(self, parameters: Tensors, gradients: Tensors) -> Tensors:
        """``N`` times the tangent part: the loss is a mean over N particles."""
        return tuple(
            tangent(x, g).mul_(x.shape[-2]) for x, g in zip(parameters, gradients, strict=True)
        )

    def retract(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Step, then normalise."""
        return tuple(stride(x, v) for x, v in zip(parameters, tangents, strict=True))
