"""Registered losses on batches of clouds, shared by the claims about them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from scipy.special import logsumexp

from theory import limits, losses
from theory.claims.base import Array

__all__ = ["excess", "log_mean_exp", "loss_values", "partner", "square"]


def loss_values(name: str, *views: Any, beta: Any, **options: Any) -> Array:
    """Value of a registered loss for every cloud of a batch.

    Parameters
    ----------
    name : str
        Name in `theory.losses`.
    *views : (size, n, h) arrays
    beta : (size,) array
        Inverse temperatures.
    **options
        Of the loss.
    """
    loss = losses.create(name, check=False, **options)
    tensors = [torch.tensor(np.asarray(view, dtype=np.float64)) for view in views]
    scales = torch.tensor(np.asarray(beta, dtype=np.float64))
    with torch.no_grad():  # the leaf itself: batches of small clouds need neither tiles nor checks
        terms = loss._evaluate(tuple(tensors), scales, "dense")
    return np.asarray(terms["loss"].numpy(), dtype=np.float64)


def excess(x: Any, y: Any, beta: Any) -> Array:
    """L − 2 log N of every paired cloud of a batch, L the sum of both directions."""
    values = limits.excess(loss_values("infonce", x, y, beta=beta), x.shape[-2])
    return np.asarray(values, dtype=np.float64)


def partner(x: Any, towards: Any, step: Any) -> Array:
    """Rows moved from `x` by `step` along `towards` and renormalised.

    Steps of [0, 2] reach every partner; step 0 is the aligned one.
    """
    y = x + np.reshape(step, (-1, *(1,) * (np.ndim(x) - 1))) * towards
    length = np.linalg.norm(y, axis=-1, keepdims=True)
    return np.where(length > 1e-9, y / np.where(length > 1e-9, length, 1.0), x)


def log_mean_exp(scores: Any, axis: int) -> Array:
    """Logarithm of the mean of exponentials along an axis."""
    return np.asarray(logsumexp(scores, axis=axis)) - np.log(np.shape(scores)[axis])


def square(vectors: Any) -> Any:
    """Squared length along the last axis."""
    return (vectors**2).sum(axis=-1)
