"""Parameter spaces of random geometry: rotations, and clouds around a direction.

The matrix or the rows are the parameter, never the seed that drew them: a search may move every
one of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st

from theory import strategies
from theory.claims.spaces import Array, Shape, Space
from theory.claims.structured import UNIT_TOLERANCE, UnitRows, shape_names, size_of
from theory.errors import InputError
from theory.sphere import sample_vmf

__all__ = ["Rotation", "VMFCloud"]


class Rotation(Space):
    """Rotations of R^h: orthogonal ``(h, h)`` matrices of determinant +1.

    Parameters
    ----------
    h : int or str
        Dimension: a number, or the name of an integer parameter of the domain.
    """

    smooth = True

    def __init__(self, h: int | str) -> None:
        self.h = h
        self.needs = shape_names(h)

    def __repr__(self) -> str:
        return f"rotations of R^{self.h}"

    def sample(self, rng: np.random.Generator, size: int, shape: Shape) -> Array:
        """Uniform (Haar) rotations, and rotations near the identity."""
        h = size_of(self.h, shape)
        q, r = np.linalg.qr(rng.standard_normal((size, h, h)))
        q *= np.sign(np.diagonal(r, axis1=-2, axis2=-1))[:, None, :]
        q[np.linalg.det(q) < 0, :, 0] *= -1.0
        near = rng.random(size) < 0.2
        tiny = np.exp(rng.uniform(math.log(1e-6), 0.0, size))
        still = np.broadcast_to(np.eye(h), q.shape)
        return np.where(near[:, None, None], self.move(still, tiny, rng, shape), q)

    def strategy(self, shape: Shape) -> st.SearchStrategy[Any]:
        """Hypothesis strategy of one rotation, the identity first."""
        return strategies.rotations(size_of(self.h, shape))

    def move(self, value: Array, step: Array, rng: np.random.Generator, shape: Shape) -> Array:
        """Turn by the Cayley transform of a random skew matrix."""
        h = size_of(self.h, shape)
        noise = rng.standard_normal(value.shape) * step.reshape(-1, 1, 1)
        skew = (noise - np.swapaxes(noise, -1, -2)) / math.sqrt(2 * h)
        eye = np.eye(h)
        turned = np.linalg.solve(eye - skew, eye + skew) @ value
        # One Newton step to the orthogonal group: rounding must not add up over moves.
        return 1.5 * turned - 0.5 * turned @ np.swapaxes(turned, -1, -2) @ turned

    def along(self, value: Array, delta: Array, shape: Shape) -> Array:
        """Turn by the Cayley transform of the part of the step that is tangent."""
        h = size_of(self.h, shape)
        back = delta @ np.swapaxes(value, -1, -2)
        skew = (back - np.swapaxes(back, -1, -2)) / 4
        turned = np.linalg.solve(np.eye(h) - skew, np.eye(h) + skew) @ value
        return 1.5 * turned - 0.5 * turned @ np.swapaxes(turned, -1, -2) @ turned

    def simpler(self, value: Any, shape: Shape) -> Iterator[Array]:
        """Identity, then a quarter turn and a half turn of the first plane."""
        value = np.asarray(value, dtype=np.float64)
        h = size_of(self.h, shape)
        for cos, sin in ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0))[: 3 if h > 1 else 1]:
            candidate = np.eye(h)
            if h > 1:
                candidate[:2, :2] = [[cos, -sin], [sin, cos]]
            if np.array_equal(candidate, value):
                return
            yield candidate

    def resize(self, value: Any, shape: Shape) -> Array:
        """Identity: no part of a rotation survives a change of dimension."""
        return np.eye(size_of(self.h, shape))

    def contains(self, value: Any, shape: Shape) -> bool:
        """Whether the matrix is orthogonal of determinant +1."""
        value = np.asarray(value, dtype=np.float64)
        h = size_of(self.h, shape)
        if value.shape != (h, h):
            return False
        return bool(
            np.abs(value.T @ value - np.eye(h)).max() < UNIT_TOLERANCE and np.linalg.det(value) > 0
        )


class VMFCloud(UnitRows):
    """Rows drawn from vMF(c, κ), c uniform: values of shape ``(n, h)``.

    Parameters
    ----------
    n, h : int or str
        Rows and dimension: numbers, or names of integer parameters of the domain.
    kappa : float or (lo, hi)
        Concentration, or the range from which it is drawn evenly in the logarithm.
    """

    def __init__(self, n: int | str, h: int | str, kappa: float | tuple[float, float]) -> None:
        super().__init__(n, h)
        self.lo, self.hi = kappa if isinstance(kappa, tuple) else (kappa, kappa)

    def __repr__(self) -> str:
        kappa = f"{self.lo:g}" if self.lo == self.hi else f"[{self.lo:g}, {self.hi:g}]"
        return f"{self.n} rows of vMF(c, {kappa}) in R^{self.h}"

    def check(self, name: str) -> None:
        """Raise InputError unless 0 < lo ≤ hi."""
        if not 0 < self.lo <= self.hi < math.inf:
            raise InputError(
                f"the concentration of {name} is ({self.lo}, {self.hi}); give 0 < lo <= hi."
            )

    def sample(self, rng: np.random.Generator, size: int, shape: Shape) -> Array:
        """Draw a cloud per point, each with its own centre and concentration."""
        n, h = self._rows(shape)
        return np.stack([self._cloud(rng, n, h) for _ in range(size)])

    def strategy(self, shape: Shape) -> st.SearchStrategy[Any]:
        """Hypothesis strategy of one cloud."""
        n, h = self._rows(shape)
        return strategies.seeds().map(lambda seed: self._cloud(np.random.default_rng(seed), n, h))

    def _cloud(self, rng: np.random.Generator, n: int, h: int) -> Array:
        kappa = math.exp(rng.uniform(math.log(self.lo), math.log(self.hi)))
        centre = rng.standard_normal(h)
        return np.asarray(sample_vmf(centre / np.linalg.norm(centre), kappa, n, rng))
