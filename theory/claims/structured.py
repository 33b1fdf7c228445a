"""Parameter spaces that are geometry: unit rows and pairs of subspaces.

The shape of a value may name integer parameters of the same domain, with an offset:
``UnitRows("n", "h-1")``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from theory import strategies
from theory.claims.spaces import Array, Shape, Space
from theory.errors import InputError

__all__ = ["SubspacePair", "UnitRows", "UnitVector", "nearest", "shape_names", "size_of"]

#: Unit length and orthonormality are accepted up to this: a few hundred roundings.
UNIT_TOLERANCE = 1e-9


class UnitRows(Space):
    """Unit rows: values of shape ``(n, h)``.

    Parameters
    ----------
    n, h : int or str
        Rows and dimension: numbers, or names of integer parameters of the domain.
    """

    smooth = True

    def __init__(self, n: int | str, h: int | str) -> None:
        self.n, self.h = n, h
        self.needs = shape_names(n, h)

    def __repr__(self) -> str:
        return f"{self.n} unit rows in R^{self.h}"

    def sample(self, rng: np.random.Generator, size: int, shape: Shape) -> Array:
        """Uniform rows, clusters of every tightness, and axis-parallel rows."""
        rows = self._rows(shape)
        x = rng.standard_normal((size, *rows))
        centre = rng.standard_normal((size, *(1,) * (len(rows) - 1), rows[-1]))
        tight = rng.random(size)
        weight = np.where(tight < 0.5, 0.0, np.exp(8 * tight - 6))
        x += weight.reshape(-1, *(1,) * len(rows)) * centre
        axis = rng.random(size) < 0.1
        x[axis] = _snap(x[axis])
        return _normalize(x)

    def strategy(self, shape: Shape) -> st.SearchStrategy[Any]:
        """Hypothesis strategy of unit rows."""
        return strategies.unit_rows(*self._rows(shape))

    def move(self, value: Array, step: Array, rng: np.random.Generator, shape: Shape) -> Array:
        """Step along a random tangent direction (some of the rows) and renormalise."""
        noise = rng.standard_normal(value.shape)
        moved = rng.random((*value.shape[:-1], 1)) < rng.choice([0.2, 1.0])
        noise = np.where(moved, noise, 0.0)
        noise -= (noise * value).sum(axis=-1, keepdims=True) * value
        length = step.reshape(-1, *(1,) * (value.ndim - 1)) * math.pi / math.sqrt(value.shape[-1])
        return _normalize(value + length * noise)

    def along(self, value: Array, delta: Array, shape: Shape) -> Array:
        """Step, then renormalise."""
        return _normalize(value + delta)

    def simpler(self, value: Any, shape: Shape) -> Iterator[Array]:
        """Axis-parallel rows, then rows rounded to few digits (and renormalised)."""
        value = np.asarray(value, dtype=np.float64)
        first = np.zeros_like(value)
        first[..., 0] = 1.0
        rounded = [_normalize(np.round(value, digits)) for digits in (1, 2, 3)]
        for candidate in (first, _snap(value), *rounded):
            if np.array_equal(candidate, value):
                return
            yield candidate

    def resize(self, value: Any, shape: Shape) -> Array:
        """Keep the leading rows and coordinates; new ones are coordinate vectors and zeros."""
        value = np.asarray(value, dtype=np.float64)
        rows = self._rows(shape)
        out = np.zeros(rows)
        kept = tuple(slice(0, min(a, b)) for a, b in zip(value.shape, rows, strict=True))
        out[kept] = value[kept]
        return _normalize(out)

    def contains(self, value: Any, shape: Shape) -> bool:
        """Whether the shape fits and every row has length one."""
        value = np.asarray(value, dtype=np.float64)
        lengths = np.linalg.norm(value, axis=-1)
        fits = value.shape == self._rows(shape)
        return fits and bool(np.all(np.abs(lengths - 1.0) < UNIT_TOLERANCE))

    def _rows(self, shape: Shape) -> tuple[int, ...]:
        return (size_of(self.n, shape), size_of(self.h, shape))


class UnitVector(UnitRows):
    """One unit vector: values of shape ``(h,)``."""

    def __init__(self, h: int | str) -> None:
        super().__init__(1, h)

    def __repr__(self) -> str:
        return f"unit vectors in R^{self.h}"

    def strategy(self, shape: Shape) -> st.SearchStrategy[Any]:
        """Hypothesis strategy of one unit vector."""
        return strategies.unit_rows(1, size_of(self.h, shape)).map(lambda rows: rows[0])

    def _rows(self, shape: Shape) -> tuple[int, ...]:
        return (size_of(self.h, shape),)


class SubspacePair(Space):
    """Two subspaces of R^h with principal angles over all of [0, π/2].

    A value is ``(h, d_a + d_b)``: orthonormal bases of A and of B side by side.

    Parameters
    ----------
    h, d_a, d_b : int or str
        Dimensions: numbers, or names of integer parameters. Where a drawn d_a or d_b exceeds
        h the value cannot exist, so keep the ranges apart.
    angles : (min(d_a, d_b),) array, optional
        Prescribed principal angles in radians; then moves only rotate the pair.
    """

    def __init__(
        self, h: int | str, d_a: int | str, d_b: int | str, angles: Any | None = None
    ) -> None:
        self.h, self.d_a, self.d_b = h, d_a, d_b
        self.angles = None if angles is None else np.sort(np.asarray(angles, dtype=np.float64))
        self.needs = shape_names(h, d_a, d_b)
        self.smooth = angles is None

    def __repr__(self) -> str:
        given = "" if self.angles is None else f" at angles {self.angles.tolist()}"
        return f"pairs of subspaces of dimensions {self.d_a}, {self.d_b} in R^{self.h}{given}"

    def sample(self, rng: np.random.Generator, size: int, shape: Shape) -> Array:
        """Angles drawn uniformly, or tiny, or zero; then a uniform rotation."""
        h, d_a, d_b = self._dims(shape)
        count = min(d_a, d_b)
        if self.angles is None:
            spread = rng.choice([1.0, 1.0, 1e-2, 0.0], size=(size, 1))
            angles = np.sort(rng.random((size, count)) * spread * math.pi / 2, axis=-1)
            angles[:, : max(0, d_a + d_b - h)] = 0.0
        else:
            angles = np.broadcast_to(self.angles, (size, count))
        rotation = np.linalg.qr(rng.standard_normal((size, h, h)))[0]
        return np.concatenate(strategies.place_pair(h, d_a, d_b, angles, rotation), axis=-1)

    def strategy(self, shape: Shape) -> st.SearchStrategy[Any]:
        """Hypothesis strategy of the two bases side by side."""
        return strategies.subspace_pairs(*self._dims(shape), self.angles).map(np.hstack)

    def move(self, value: Array, step: Array, rng: np.random.Generator, shape: Shape) -> Array:
        """Turn B against A by a small rotation (or both together, if the angles are fixed)."""
        h, d_a, _ = self._dims(shape)
        noise = rng.standard_normal((len(value), h, h)) * step.reshape(-1, 1, 1)
        turn = np.linalg.qr(np.eye(h) + (noise - np.swapaxes(noise, -1, -2)) / math.sqrt(2 * h))[0]
        if self.angles is not None:
            return turn @ value
        return np.concatenate([value[..., :d_a], turn @ value[..., d_a:]], axis=-1)

    def along(self, value: Array, delta: Array, shape: Shape) -> Array:
        """Step of both bases, then the nearest orthonormal ones (angles that are free)."""
        d_a = self._dims(shape)[1]
        moved = value + delta
        return np.concatenate([nearest(moved[..., :d_a]), nearest(moved[..., d_a:])], axis=-1)

    def simpler(self, value: Any, shape: Shape) -> Iterator[Array]:
        """Canonical position at rounded angles, then A along the coordinate axes."""
        h, d_a, d_b = self._dims(shape)
        value = np.asarray(value, dtype=np.float64)
        overlap = value[:, :d_a].T @ value[:, d_a:]
        angles = np.arccos(np.clip(np.linalg.svd(overlap, compute_uv=False), 0.0, 1.0))
        if self.angles is None:
            for digits in (0, 1, 2, 3):
                rounded = np.clip(np.round(angles, digits), 0.0, math.pi / 2)
                rounded[: max(0, d_a + d_b - h)] = 0.0
                yield np.hstack(strategies.place_pair(h, d_a, d_b, rounded, np.eye(h)))
        frame, triangle = np.linalg.qr(np.hstack([value[:, :d_a], np.eye(h)]))
        frame[:, :d_a] *= np.sign(np.diag(triangle)[:d_a])
        aligned = frame.T @ value
        if not np.allclose(aligned, value):
            yield aligned

    def resize(self, value: Any, shape: Shape) -> Array:
        """Canonical position at right angles: no part of a pair survives a change of dimension."""
        h, d_a, d_b = self._dims(shape)
        angles = np.full(min(d_a, d_b), math.pi / 2)
        angles[: max(0, d_a + d_b - h)] = 0.0
        return np.hstack(strategies.place_pair(h, d_a, d_b, angles, np.eye(h)))

    def contains(self, value: Any, shape: Shape) -> bool:
        """Whether the shape fits and both blocks are orthonormal."""
        h, d_a, d_b = self._dims(shape)
        value = np.asarray(value, dtype=np.float64)
        if value.shape != (h, d_a + d_b):
            return False
        blocks = (value[:, :d_a], value[:, d_a:])
        errors = [np.abs(b.T @ b - np.eye(b.shape[1])).max() for b in blocks]
        return bool(max(errors) < UNIT_TOLERANCE)

    def _dims(self, shape: Shape) -> tuple[int, int, int]:
        return size_of(self.h, shape), size_of(self.d_a, shape), size_of(self.d_b, shape)


def shape_names(*sizes: int | str) -> tuple[str, ...]:
    """Integer parameters that the sizes refer to."""
    parsed = (_parse(s)[0] for s in sizes if isinstance(s, str))
    return tuple(dict.fromkeys(parsed))


def size_of(size: int | str, shape: Shape) -> int:
    """Return the value of a size: itself, or that of the parameter it names plus its offset."""
    if isinstance(size, int):
        return size
    name, offset = _parse(size)
    return int(shape[name]) + offset


def _parse(size: str) -> tuple[str, int]:
    """Split ``"h-1"`` into ``("h", -1)``."""
    found = re.fullmatch(r"\s*(\w+)\s*(?:([+-])\s*(\d+))?\s*", size)
    if found is None:
        raise InputError(f'size {size!r} cannot be read; write a number, "h" or "h-1".')
    name, sign, offset = found.groups()
    return name, int(f"{sign}{offset}") if sign else 0


def nearest(a: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrix with orthonormal columns nearest to `a`, which is near to one."""
    u, _, vt = np.linalg.svd(a, full_matrices=False)
    return np.asarray(u @ vt)


def _snap(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the coordinate vector (with sign) nearest to each row."""
    at = np.abs(x).argmax(axis=-1, keepdims=True)
    snapped = np.zeros_like(x)
    sign = np.where(np.take_along_axis(x, at, axis=-1) < 0, -1.0, 1.0)
    np.put_along_axis(snapped, at, sign, axis=-1)
    return snapped


def _normalize(x: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(x, axis=-1, keepdims=True)
    first = np.zeros_like(x)
    first[..., 0] = 1.0
    return np.where(length > 1e-9, x / np.where(length > 1e-9, length, 1.0), first)
