"""Second variation of the full loss along tangent fields, for any weighted configuration."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.claims.base import Array

__all__ = ["functional", "second_variation", "softmax"]


def softmax(scores: Array, weights: Array, axis: int) -> Array:
    """Probabilities ∝ weights · e^scores along an axis of size N; `weights` has shape (N,)."""
    at = np.expand_dims(weights, 0 if axis == -1 else 1)
    raised = at * np.exp(scores - scores.max(axis=axis, keepdims=True))
    return np.asarray(raised / raised.sum(axis=axis, keepdims=True))


def functional(scores: Array, weights: Array | None = None) -> Array:
    r"""F = −2 E[x·y]β + E_x log E_y e^{βx·y} + E_y log E_x e^{βx·y}, the loss minus 2 log N.

    Parameters
    ----------
    scores : ndarray, shape (..., N, N)
        β x_i·y_j; pairs on the diagonal.
    weights : ndarray, shape (N,), optional
        Weights of the pairs, of sum 1; equal by default.
    """
    count = scores.shape[-1]
    w = np.full(count, 1 / count) if weights is None else weights
    total = -2 * np.einsum("...ii,i->...", scores, w)
    for axis in (-1, -2):
        top = scores.max(axis=axis, keepdims=True)
        at = w[:, None] if axis == -2 else w
        total = total + (
            (np.log((np.exp(scores - top) * at).sum(axis=axis)) + top.squeeze(axis)) @ w
        )
    return np.asarray(total)


def second_variation(
    x: Array, y: Array, v: Array, w: Array, beta: Any, weights: Array | None = None
) -> Array:
    r"""d²F/dε² at ε = 0 as each row moves along the geodesic of its tangent vector.

    With ``E_ij = β x_i·y_j``, ``E′ = β(v_i·y_j + x_i·w_j)`` and
    ``E″ = β(2 v_i·w_j − (|v_i|² + |w_j|²) x_i·y_j)``, and p, q the softmaxes of E over j and i,

    .. math:: F″ = E_i[E_p E″ + Var_p E′] + E_j[E_q E″ + Var_q E′] - 2 E_i E″_{ii}

    Parameters
    ----------
    x, y : ndarray, shape (..., N, h)
        Unit rows.
    v, w : ndarray, shape (..., N, h)
        Tangent vectors: ``v_i ⊥ x_i``, ``w_i ⊥ y_i``.
    beta : float or ndarray, shape (...)
        Inverse temperature.
    weights : ndarray, shape (N,), optional
        Weights of the pairs, of sum 1; equal by default.
    """
    count = x.shape[-2]
    weight = np.full(count, 1 / count) if weights is None else weights
    b = np.asarray(beta)[..., None, None]
    inner = x @ _t(y)
    first = b * (v @ _t(y) + x @ _t(w))
    lengths = (v * v).sum(axis=-1)[..., :, None] + (w * w).sum(axis=-1)[..., None, :]
    second = b * (2 * v @ _t(w) - lengths * inner)
    total = -2 * np.einsum("...ii,i->...", second, weight)
    for axis in (-1, -2):
        p = softmax(b * inner, weight, axis)
        mean = (p * first).sum(axis=axis, keepdims=True)
        spread = (p * (second + (first - mean) ** 2)).sum(axis=axis)
        total = total + spread @ weight
    return np.asarray(total)


def _t(a: Array) -> Array:
    return np.swapaxes(a, -1, -2)
