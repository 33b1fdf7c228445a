"""Second variation of InfoNCE at a state: Hessian-vector products, and what they decide."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.sparse.linalg import LinearOperator, eigsh

from theory.bessel import ratio
from theory.dynamics import collapse_temperature
from theory.errors import InputError
from theory.validation import check_number

__all__ = ["Curvature", "escape_rate", "escape_temperature", "transition_cosine"]

Array = NDArray[np.float64]

LANCZOS_TOLERANCE = 1e-5
"""Residual of the eigenvector; the eigenvalue is far closer."""

ROOT_TOLERANCE = 1e-4
"""Relative error of a temperature."""

WIDEST = 64.0
"""Factor from the limit of many pairs within which a transition is looked for."""

TILE = 512


class Curvature:
    """Hessian of ``L = 2·loss`` (InfoNCE) on the product of spheres, at one state.

    With p, q the softmaxes of the logits ``s = β x_i·y_j`` over j and over i, and a tangent
    field (v, w), ``s′ = β(v_i·y_j + x_i·w_j)`` and W = p + q,

    ``(Hv)_i = (β/N) P_i [Σ_j (p_ij (s′_ij − E_p s′) + q_ij (s′_ij − E_q s′)) y_j
    + Σ_j W_ij w_j − 2 w_i] − (g_i·x_i) v_i``,

    P_i the projection on the tangent space and g the gradient; likewise for w. Forming W costs
    N²; a product costs two or three passes over it.

    Parameters
    ----------
    x, y : torch.Tensor, (N, h)
        Unit rows.
    beta : float
        Inverse temperature.
    """

    def __init__(self, x: torch.Tensor, y: torch.Tensor, beta: float) -> None:
        self.x, self.y, self.beta = x, y, check_number("beta", beta, 0, open_low=True)
        logits = (beta * x) @ y.mT
        self.p, self.q = logits.softmax(1), logits.softmax(0)
        self.scale = self.beta / len(x)
        # x_i·g_i and y_j·g_j, without which a sphere would be flat
        weighted = (self.p + self.q).mul_(logits.div_(beta))
        aligned = 2 * (x * y).sum(1)
        self.x_bend = self.scale * (weighted.sum(1) - aligned)
        self.y_bend = self.scale * (weighted.sum(0) - aligned)

    def product(self, v: torch.Tensor, w: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Hessian times the tangent field (v, w), each (N, h)."""
        x, y, p, q = self.x, self.y, self.p, self.q
        change = self.beta * (v @ y.mT + x @ w.mT)
        spread = p * (change - (p * change).sum(1, keepdim=True))
        spread += q * (change - (q * change).sum(0, keepdim=True))
        both = p + q
        by_x = self.scale * (spread @ y + both @ w - 2 * w)
        by_y = self.scale * (spread.mT @ x + both.mT @ v - 2 * v)
        by_x -= (by_x * x).sum(1, keepdim=True) * x + self.x_bend[:, None] * v
        by_y -= (by_y * y).sum(1, keepdim=True) * y + self.y_bend[:, None] * w
        return by_x, by_y

    def rate(self, v: torch.Tensor, w: torch.Tensor) -> float:
        """Decay rate ``N ⟨u, Hu⟩/⟨u, u⟩`` of the flow ``ẋ = −N∇L`` along u = (v, w)."""
        by_x, by_y = self.product(v, w)
        along = (v * by_x).sum() + (w * by_y).sum()
        return len(self.x) * (along / (v.square().sum() + w.square().sum())).item()


def escape_rate(s: int, phi: float, tau: float) -> float:
    """Rate at which the energy outside C grows from pairs inside it, ``4β(A_s(β) + cos φ − 1)``.

    Of the fastest modes (a_i = b_i, of either sign from pair to pair); it is negative above τ*.

    Examples
    --------
    >>> abs(escape_rate(4, math.pi / 4, collapse_temperature(6, math.pi / 4))) < 1e-9
    True
    """
    beta = 1 / tau
    return 4 * beta * (float(ratio(s / 2 - 1, beta)) - 2 * math.sin(phi / 2) ** 2)


def transition_cosine(points: Array, beta: float) -> float:
    """Cosine of the principal angle at which aligned pairs leave their shared subspace.

    Pairs ``x_i = y_i = u_i`` inside C, moved by ``a_i`` and ``b_i`` along specific directions at
    an angle φ: the logits change at second order only, and these directions have a Hessian block
    of their own, ``(2β/N)[D_i (a_i² + b_i²)/2 − cos φ aᵀ(I − W/2) b]`` with
    ``D_i = 1 − ½ Σ_j W_ij u_i·u_j`` (W as in `Curvature`, symmetric here). It is positive iff
    ``cos φ`` is below the least generalised eigenvalue of ``D = c (I − W/2)``, which Lanczos
    finds from products with W alone (a = b: the pairs leave together).

    Parameters
    ----------
    points : ndarray, (N, s)
        Unit rows, the pairs within C.
    beta : float
        Inverse temperature.

    Returns
    -------
    float
        The critical cosine; N → ∞ gives ``1 − A_s(β)``. It is 0 where a D_i is not positive
        (they leave at every angle) and infinite where they leave at none.

    """
    others, own, diagonal = _block(points, beta)
    if diagonal.min() <= 0:
        return 0.0
    root = 1 / np.sqrt(diagonal)

    def stiff(a: Array) -> Array:
        scaled = root * a.ravel()
        pulled = (others @ torch.as_tensor(scaled, dtype=others.dtype)).double().numpy()
        return np.asarray(root * (own * scaled - pulled))

    n = len(points)
    start = np.random.default_rng(0).standard_normal(n)
    operator = LinearOperator((n, n), matvec=stiff, dtype=np.float64)
    largest = eigsh(
        operator, k=1, which="LA", v0=start, tol=LANCZOS_TOLERANCE, return_eigenvectors=False
    )[0]
    return float(1 / largest) if largest > 0 else math.inf


def escape_temperature(points: Array, phi: float, *, tolerance: float = 1e-4) -> float:
    """Temperature below which pairs at `points` in C leave it for directions at an angle φ.

    The root τ of ``transition_cosine(points, 1/τ) = cos φ``: where the smallest Hessian
    eigenvalue along the specific directions changes sign.

    Parameters
    ----------
    points : ndarray, (N, s)
        Unit rows.
    phi : float
        Principal angle in radians, in (0, π/2).

    Returns
    -------
    float
        Temperature; `theory.dynamics.collapse_temperature` for N → ∞ (with h − 2 = s).

    Raises
    ------
    InputError
        If the pairs are so few that no temperature below that keeps them inside.

    Examples
    --------
    >>> turns = 2 * np.pi * np.arange(64) / 64
    >>> circle = np.column_stack([np.cos(turns), np.sin(turns)])
    >>> round(escape_temperature(circle, np.pi / 3) / collapse_temperature(4, np.pi / 3), 4)
    1.0
    """
    limit = float(collapse_temperature(points.shape[1] + 2, phi))

    def excess(log_tau: float) -> float:
        return transition_cosine(points, math.exp(-log_tau)) - math.cos(phi)

    low, high = math.log(limit / 2), math.log(limit * 1.1)
    while excess(high) <= 0:
        high += math.log(2)
        if high > math.log(limit * WIDEST):
            raise InputError(f"{len(points)} pairs leave C at every temperature; give more.")
    while excess(low) >= 0:
        low -= math.log(2)
        if low < math.log(limit / WIDEST):
            raise InputError(f"{len(points)} pairs stay in C at every temperature; give more.")
    return math.exp(brentq(excess, low, high, xtol=ROOT_TOLERANCE))


def _block(points: Array, beta: float) -> tuple[torch.Tensor, Array, Array]:
    """W/2 without its diagonal, in float32; the diagonal of I − W/2, and D, in float64.

    Without the own terms, nothing cancels where they are nearly all there is.
    """
    rows = torch.as_tensor(np.asarray(points, dtype=np.float64))
    n = len(rows)
    kernel = torch.empty(n, n, dtype=torch.float32)
    others, weighted = torch.empty(2, n, dtype=torch.float64)
    tiles = [slice(start, min(start + TILE, n)) for start in range(0, n, TILE)]
    for tile in tiles:
        inner = rows[tile] @ rows.mT
        raised = ((inner - 1) * beta).exp_()
        raised[:, tile].diagonal().zero_()
        others[tile] = raised.sum(1)
        weighted[tile] = (raised * inner).sum(1)
        kernel[tile] = raised
    inverse = 1 / (1 + others)
    pull = weighted * inverse
    for tile in tiles:
        pull[tile] += (kernel[tile].double() * (rows[tile] @ rows.mT)) @ inverse
    kernel.mul_((inverse[:, None] / 2).float() + (inverse / 2).float())
    own = others * inverse
    return kernel, own.numpy(), (own - pull / 2).numpy()
