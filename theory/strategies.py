"""Hypothesis strategies for the objects of the theory, for anyone's tests.

Every strategy draws valid mathematical objects on the widest domain that makes sense and
shrinks towards the readable ones: coordinate vectors, the identity, angle zero, short arrays.

Examples
--------
>>> from hypothesis import given
>>> @given(unit_rows(3, 2))
... def rows_have_length_one(x):
...     assert np.allclose((x * x).sum(axis=1), 1)
>>> rows_have_length_one()
"""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn
from numpy.typing import NDArray

from theory.errors import InputError

__all__ = [
    "dimensions",
    "log_reals",
    "paired_clouds",
    "principal_angles",
    "reals",
    "rotations",
    "subspace_pairs",
    "temperatures",
    "unit_rows",
]

Array = NDArray[np.float64]

_GRID = 2**20
#: Above this many entries an array is drawn from one seed: entry by entry would be too slow.
MAX_DRAWN_ENTRIES = 48


def reals(lo: float, hi: float) -> st.SearchStrategy[float]:
    """Floats in ``[lo, hi]``: spread evenly, and the awkward ones (end points, tiny, round)."""
    awkward = st.floats(lo, hi, allow_nan=False, allow_subnormal=False)
    even = st.integers(0, _GRID).map(lambda k: min(lo + (hi - lo) * (k / _GRID), hi))
    return st.one_of(awkward, even)


def log_reals(lo: float, hi: float) -> st.SearchStrategy[float]:
    """Floats in ``[lo, hi]`` (both > 0), uniform in the logarithm rather than in the value."""
    if not 0 < lo <= hi:
        raise InputError(f"log_reals needs 0 < lo <= hi, got ({lo}, {hi}); give a positive range.")
    return reals(math.log(lo), math.log(hi)).map(lambda e: min(max(math.exp(e), lo), hi))


def temperatures(lo: float = 0.01, hi: float = 2.0) -> st.SearchStrategy[float]:
    """Temperatures τ, from CLIP's clamp to far above every critical value at small h."""
    return log_reals(lo, hi)


def dimensions(lo: int = 2, hi: int = 1024) -> st.SearchStrategy[int]:
    """Embedding dimensions h: small ones and the field's powers of two."""
    if not 1 <= lo <= hi:
        raise InputError(f"dimensions needs 1 <= lo <= hi, got ({lo}, {hi}); give such a range.")
    powers = [2**k for k in range(1, 21) if lo <= 2**k <= hi]
    small = st.integers(lo, min(hi, lo + 8))
    return st.one_of(small, st.sampled_from(powers)) if powers else small


def unit_rows(n: int, h: int) -> st.SearchStrategy[Array]:
    """Arrays ``(n, h)`` of unit rows; repeated, antipodal and coordinate rows are frequent."""
    if n * h > MAX_DRAWN_ENTRIES:
        return _seeds().map(lambda seed: _normalize(_gaussian(seed, (n, h))))
    entries = st.one_of(st.integers(-2, 2).map(float), reals(-1.0, 1.0))
    return stn.arrays(np.float64, (n, h), elements=entries).map(_normalize)


def rotations(h: int) -> st.SearchStrategy[Array]:
    """Rotation matrices ``(h, h)`` (determinant +1), the identity first."""
    return st.one_of(st.just(np.eye(h)), _seeds().map(lambda seed: _rotation(seed, h)))


def principal_angles(count: int) -> st.SearchStrategy[Array]:
    """`count` ascending angles in [0, π/2]; equal, zero and right angles are frequent."""
    one = st.one_of(st.sampled_from([0.0, math.pi / 4, math.pi / 2]), reals(0.0, math.pi / 2))
    return st.lists(one, min_size=count, max_size=count).map(lambda a: np.array(sorted(a)))


@st.composite
def subspace_pairs(
    draw: st.DrawFn, h: int, d_a: int, d_b: int, angles: Array | None = None
) -> tuple[Array, Array]:
    """Orthonormal bases ``(h, d_a)`` and ``(h, d_b)`` with the principal angles given or drawn.

    Parameters
    ----------
    h, d_a, d_b : int
        Dimensions of the space and of the two subspaces; d_a, d_b ≤ h.
    angles : (min(d_a, d_b),) array, optional
        Principal angles in radians. Where ``d_a + d_b > h`` the subspaces must meet, and at
        least ``d_a + d_b - h`` angles are zero: those drawn are set so.
    """
    count = min(d_a, d_b)
    forced = max(0, d_a + d_b - h)
    if angles is None:
        angles = draw(principal_angles(count)).copy()
        angles[:forced] = 0.0
    return place_pair(h, d_a, d_b, angles, draw(rotations(h)))


def place_pair(h: int, d_a: int, d_b: int, angles: Array, rotation: Array) -> tuple[Array, Array]:
    """Bases with the given principal angles in canonical position, then rotated.

    Where the subspaces must meet they share their first directions; every other principal
    pair spans a plane of its own. Leading batch axes of `angles` and `rotation` broadcast.
    """
    count, long, forced = min(d_a, d_b), max(d_a, d_b), max(0, d_a + d_b - h)
    angles = np.sort(np.asarray(angles, dtype=np.float64), axis=-1)
    if long > h or angles.shape[-1] != count or np.any(angles[..., :forced] != 0):
        raise InputError(
            f"angles of shape {angles.shape} do not fit subspaces of dimensions {d_a} and {d_b} "
            f"in dimension {h}; give {count}, at least {forced} of them zero."
        )
    narrow = np.zeros((*angles.shape[:-1], h, count))
    each, free = np.arange(count), np.arange(forced, count)
    narrow[..., each, each] = np.cos(angles)
    narrow[..., long + free - forced, free] = np.sin(angles[..., forced:])
    wide = np.broadcast_to(np.eye(h)[:, :long], (*angles.shape[:-1], h, long))
    first, second = (wide, narrow) if d_a >= d_b else (narrow, wide)
    return rotation @ first, rotation @ second


@st.composite
def paired_clouds(draw: st.DrawFn, max_n: int = 8, max_h: int = 6) -> tuple[Array, Array]:
    """Two arrays ``(n, h)`` of unit rows: a cloud and its partner at a drawn distance.

    The partner is the cloud itself (gap 0), its antipode, or the cloud moved by noise.
    """
    n, h = draw(st.integers(1, max_n)), draw(st.integers(1, max_h))
    x = draw(unit_rows(n, h))
    spread = draw(st.one_of(st.just(0.0), reals(0.0, 4.0)))
    sign = draw(st.sampled_from([1.0, -1.0]))
    noise = _gaussian(draw(_seeds()), (n, h))
    return x, _normalize(sign * x + spread * noise)


def _seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 2**31 - 1)


def _gaussian(seed: int, shape: tuple[int, ...]) -> Array:
    return np.random.default_rng(seed).standard_normal(shape)


def _normalize(x: Array) -> Array:
    """Unit rows; a row too short to have a direction becomes the first coordinate vector."""
    length = np.linalg.norm(x, axis=-1, keepdims=True)
    first = np.zeros_like(x)
    first[..., 0] = 1.0
    return np.where(length > 1e-6, x / np.where(length > 1e-6, length, 1.0), first)


def _rotation(seed: int, h: int) -> Array:
    q, r = np.linalg.qr(_gaussian(seed, (h, h)))
    q *= np.sign(np.diag(r))
    if np.linalg.det(q) < 0:
        q[:, 0] *= -1
    return q
