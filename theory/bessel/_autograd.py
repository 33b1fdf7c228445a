"""Torch gradients: each quantity's derivative is another of them, so all orders exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

__all__ = ["elementwise"]

Array = NDArray[np.float64]
Evaluate = Callable[[str, Array, torch.Tensor], torch.Tensor]

_SMALL = 1e-4
"""Below z² = _SMALL·(ν+1) the second derivative of the ratio is its leading term."""


def elementwise(name: str, nu: Array, z: torch.Tensor, evaluate: Evaluate) -> torch.Tensor:
    """Evaluate `name` at (nu, z), differentiable in z as often as wanted."""
    result: torch.Tensor = _Elementwise.apply(z, name, nu, evaluate)
    return result


class _Elementwise(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, z: torch.Tensor, name: str, nu: Array, evaluate: Evaluate
    ) -> torch.Tensor:
        ctx.save_for_backward(z)
        ctx.rule = (name, nu, evaluate)
        return evaluate(name, nu, z)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:  # type: ignore[override]
        (z,) = ctx.saved_tensors
        change = gradient * _derivative(z, *ctx.rule)
        return change.sum_to_size(z.shape), None, None, None


def _derivative(z: torch.Tensor, name: str, nu: Array, evaluate: Evaluate) -> torch.Tensor:
    def value(of: str) -> torch.Tensor:
        return elementwise(of, nu, z, evaluate)

    match name:
        case "log":
            return value("ratio")
        case "scaled":
            return -value("complement")
        case "ratio":
            return value("derivative")
        case "complement":
            return -value("derivative")
    return _second(z.double(), nu, evaluate).to(z.dtype)


def _second(z: torch.Tensor, nu: Array, evaluate: Evaluate) -> torch.Tensor:
    """r″ = −2rr′ − (2ν+1)(r′ − r/z)/z, from the Riccati equation of r = I_{ν+1}/I_ν."""
    ratio = elementwise("ratio", nu, z, evaluate)
    slope = elementwise("derivative", nu, z, evaluate)
    order = torch.as_tensor(nu, device=z.device) + torch.zeros_like(z)
    small = z * z < _SMALL * (order + 1.0)
    safe = torch.where(small, torch.ones_like(z), z)
    full = -2.0 * ratio * slope - (2.0 * order + 1.0) * (slope - ratio / safe) / safe
    return torch.where(small, -0.75 * z / ((order + 1.0) ** 2 * (order + 2.0)), full)
