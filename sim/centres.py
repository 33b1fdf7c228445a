"""Centre pairs: the loss of two vMF clouds as a function of their centres alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sim.constraints.base import Tensors, normalize, tangent
from theory.limits import subspace_pair_loss
from theory.sphere import distance, sample_uniform
from theory.validation import check_integer

__all__ = ["CentreMinima", "CentrePair", "minimise_by_seed", "minimise_centres"]

LONGEST_STEP = 0.1
"""Radians; shorter than any basin, so that a start keeps to the minimum it flows to."""

GROWTH = 1.5
"""Factor of the step after a descent; a rise halves it."""

STATIONARY = 1e-7
"""Slope, relative to β, at which a start has arrived; rounding of the loss hides less."""


@dataclass(frozen=True)
class CentrePair:
    """``J(w, |P_B c_x|; κ_y) + J(w, |P_A c_y|; κ_x)`` on a pair of subspaces [Yi2025].

    Parameters
    ----------
    basis_x, basis_y : ndarray, (h, k_x) and (h, k_y)
        Orthonormal columns that span where each centre may be.
    kappa : pair of float
        Concentrations κ_x, κ_y of the clouds.
    tau : float
        Temperature.
    dims : pair of int
        Dimensions of the clouds: k_x and k_y, or more where a centre may not use all of its
        cloud's subspace (A6).

    Examples
    --------
    >>> pair = CentrePair(np.eye(4), np.eye(4), (5.0, 5.0), 0.5, (4, 4))
    >>> one = torch.eye(4, dtype=torch.float64)[:1]
    >>> bool(pair(one, one) < pair(one, -one))
    True
    """

    basis_x: NDArray[np.float64]
    basis_y: NDArray[np.float64]
    kappa: tuple[float, float]
    tau: float
    dims: tuple[int, int]

    def __call__(self, u: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """Loss (S,) of centres with unit coordinates u (S, k_x) and v (S, k_y)."""
        overlap = torch.as_tensor(self.basis_x.T @ self.basis_y, dtype=u.dtype)
        on_y, on_x = u @ overlap, v @ overlap.T
        w = (on_y * v).sum(-1)
        reach_y = torch.linalg.vector_norm(on_y, dim=-1)
        reach_x = torch.linalg.vector_norm(on_x, dim=-1)
        forth = subspace_pair_loss(w, reach_y, self.kappa[1], self.dims[1], self.tau)
        back = subspace_pair_loss(w, reach_x, self.kappa[0], self.dims[0], self.tau)
        total: torch.Tensor = forth + back
        return total


@dataclass(frozen=True)
class CentreMinima:
    """Where each start ended.

    Attributes
    ----------
    loss, angle : ndarray, (S,)
        Centre-pair loss, and the angle between the centres in radians.
    x, y : ndarray, (S, h)
        The centres.
    """

    loss: NDArray[np.float64]
    angle: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def best(self) -> int:
        """Index of the lowest loss."""
        return int(np.argmin(self.loss))


def minimise_centres(
    pair: CentrePair, starts: int, rng: np.random.Generator, *, steps: int = 400
) -> CentreMinima:
    """Descend from uniformly drawn centre pairs, all at once.

    Riemannian gradient descent; each start has a step size of its own that grows while the loss
    falls and is halved (the move undone) when it does not.

    Parameters
    ----------
    pair : CentrePair
    starts : int
        Number of random starts S.
    rng : numpy.random.Generator
    steps : int
        Most descent steps; the descent ends earlier once every start is stationary.

    Returns
    -------
    CentreMinima

    Examples
    --------
    >>> pair = CentrePair(np.eye(3), np.eye(3), (2.0, 2.0), 0.5, (3, 3))
    >>> found = minimise_centres(pair, 4, np.random.default_rng(0))
    >>> bool(found.angle.max() < 1e-6)
    True
    """
    return _descend(pair, _draw(pair, starts, rng), steps)


def minimise_by_seed(
    pair: CentrePair, starts: int, seeds: Sequence[int], *, steps: int = 400
) -> list[CentreMinima]:
    """`minimise_centres` for several seeds in one descent, `starts` from each seed.

    Returns
    -------
    list of CentreMinima
        One a seed.
    """
    drawn = [_draw(pair, starts, np.random.default_rng(seed)) for seed in seeds]
    centres = tuple(torch.cat(part) for part in zip(*drawn, strict=True))
    found = _descend(pair, centres, steps)
    parts = [slice(k * starts, (k + 1) * starts) for k in range(len(seeds))]
    return [CentreMinima(found.loss[p], found.angle[p], found.x[p], found.y[p]) for p in parts]


def _draw(pair: CentrePair, starts: int, rng: np.random.Generator) -> Tensors:
    check_integer("starts", starts, 1)
    return tuple(
        torch.as_tensor(sample_uniform(starts, basis.shape[1], rng))
        for basis in (pair.basis_x, pair.basis_y)
    )


def _descend(pair: CentrePair, centres: Tensors, steps: int) -> CentreMinima:
    size = torch.full((len(centres[0]), 1), pair.tau / 4, dtype=torch.float64)
    value, slopes = _slopes(pair, centres)
    for _ in range(steps):
        speed = torch.stack([torch.linalg.vector_norm(g, dim=-1) for g in slopes]).amax(0)
        if speed.max() * pair.tau < STATIONARY:
            break
        size = torch.minimum(size, LONGEST_STEP / speed.clamp_min(1e-300)[:, None])
        trial = tuple(normalize(c - size * g) for c, g in zip(centres, slopes, strict=True))
        found, found_slopes = _slopes(pair, trial)
        down = (found <= value)[:, None]
        centres = tuple(torch.where(down, t, c) for t, c in zip(trial, centres, strict=True))
        slopes = tuple(torch.where(down, t, g) for t, g in zip(found_slopes, slopes, strict=True))
        value = torch.where(down[:, 0], found, value)
        size = torch.where(down, size * GROWTH, size / 2)
    x, y = centres[0].numpy() @ pair.basis_x.T, centres[1].numpy() @ pair.basis_y.T
    return CentreMinima(value.numpy(), np.asarray(distance(x, y)), x, y)


def _slopes(pair: CentrePair, centres: Tensors) -> tuple[torch.Tensor, Tensors]:
    """Loss and Riemannian gradients."""
    leaves = tuple(c.detach().requires_grad_() for c in centres)
    with torch.enable_grad():
        value = pair(*leaves)
        slopes = torch.autograd.grad(value.sum(), leaves)
    pulled = tuple(tangent(c, g) for c, g in zip(centres, slopes, strict=True))
    return value.detach(), pulled
