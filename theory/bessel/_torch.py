"""Torch gradients: each quantity's derivative is another of them, so all orders exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from theory.bessel._arguments import check_argument, compute
from theory.ranges import check_real

__all__ = ["apply", "invert"]

Array = NDArray[np.float64]

# Below z² = SMALL·(ν+1)² the ratio's second derivative is given by two terms of its series, to
# a relative error of about 3·SMALL²; beyond, cancellation costs (ν+2)/SMALL rounding errors.
SMALL = 1e-5


def apply(name: str, nu: Array, z: Any) -> torch.Tensor:
    """Evaluate `name` at (nu, z), differentiable in z as often as wanted."""
    if not isinstance(z, torch.Tensor):
        z = torch.as_tensor(check_real(z, "z"))
    elif not z.is_floating_point():
        check_real(z, "z")
        z = z.to(torch.get_default_dtype())
    result: torch.Tensor = _Elementwise.apply(z, name, nu)
    return result


class _Elementwise(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, z: torch.Tensor, name: str, nu: Array) -> torch.Tensor:
        ctx.save_for_backward(z)
        ctx.rule = (name, nu)
        values = compute(name, nu, check_argument(z))
        return torch.as_tensor(values, dtype=z.dtype, device=z.device)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        (z,) = ctx.saved_tensors
        return (gradient * _derivative(z, *ctx.rule)).sum_to_size(z.shape), None, None


def _derivative(z: torch.Tensor, name: str, nu: Array) -> torch.Tensor:
    match name:
        case "log" | "log_f":
            return apply("ratio", nu, z)
        case "scaled":
            return -apply("complement", nu, z)
        case "log_iv":
            return apply("log_iv_derivative", nu, z)
        case "log_iv_derivative":
            order = torch.as_tensor(nu, dtype=z.dtype, device=z.device)
            pole = torch.where(order == 0.0, torch.ones_like(z), z) ** 2
            return apply("derivative", nu, z) - order / pole
        case "ratio":
            return apply("derivative", nu, z)
        case "complement":
            return -apply("derivative", nu, z)
    return _second(z.double(), nu).to(z.dtype)


def _second(z: torch.Tensor, nu: Array) -> torch.Tensor:
    """r″ = −2rr′ − (2ν+1)(r′ − r/z)/z, from the Riccati equation of r = I_{ν+1}/I_ν."""
    ratio, slope = apply("ratio", nu, z), apply("derivative", nu, z)
    order = torch.as_tensor(nu, device=z.device)
    small = z * z < SMALL * (order + 1.0) ** 2
    safe = torch.where(small, 1.0, z)
    full = -2.0 * ratio * slope - (2.0 * order + 1.0) * (slope - ratio / safe) / safe
    lead = -0.75 * z / ((order + 1.0) ** 2 * (order + 2.0))
    correction = 1.0 - 5.0 * z * z / (3.0 * (order + 1.0) * (order + 3.0))
    return torch.where(small, lead * correction, full)


def invert(nu: Array, r: torch.Tensor, solve: Callable[[Array, Array], Array]) -> torch.Tensor:
    """Solve ``I_{ν+1}(κ)/I_ν(κ) = r`` by `solve`, differentiable in r as often as wanted."""
    if not r.is_floating_point():
        r = r.to(torch.get_default_dtype())
    kappa: torch.Tensor = _Inverse.apply(r, nu, solve)
    return kappa


class _Inverse(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, r: torch.Tensor, nu: Array, solve: Callable[[Array, Array], Array]
    ) -> torch.Tensor:
        ctx.save_for_backward(r)
        ctx.rule = (nu, solve)
        return torch.as_tensor(solve(nu, check_real(r, "r")), dtype=r.dtype, device=r.device)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> Any:
        (r,) = ctx.saved_tensors
        nu, solve = ctx.rule
        slope = apply("derivative", nu, invert(nu, r.double(), solve)).to(r.dtype)
        return (gradient / slope).sum_to_size(r.shape), None, None
