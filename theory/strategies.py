"""Hypothesis strategies for the objects of the theory, for anyone's tests.

Every strategy draws valid mathematical objects on the widest domain that makes sense and
shrinks towards the readable ones: coordinate vectors, the identity, angle zero, short arrays.
For one seed the examples are the same in every process, whatever modules it has loaded.

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
import sys
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from theory.errors import InputError

__all__ = [
    "choices",
    "dimensions",
    "log_reals",
    "paired_clouds",
    "principal_angles",
    "reals",
    "rotations",
    "seeds",
    "subspace_pairs",
    "temperatures",
    "unit_rows",
]

Array = NDArray[np.float64]
T = TypeVar("T")

_GRID = 2**20
#: Hypothesis mixes the literals of the modules that happen to be loaded into its integers and
#: floats. There are none up here, so that integers drawn here depend on the seed alone.
_REMOTE = 2**70
#: A cloud of more rows is drawn from one seed: row by row would be too slow.
MAX_DRAWN_ROWS = 8
#: In more dimensions no row of small integers is drawn.
MAX_INTEGER_ENTRIES = 16
#: Entries of rows of small integers, the simplest first.
_SMALL = (0.0, 1.0, -1.0, 2.0, -2.0)


def choices(options: Sequence[T]) -> st.SearchStrategy[T]:
    """Draw one of `options`, each as likely as the others; the first is the simplest."""
    return _between(0, len(options) - 1).map(lambda k: options[k])


def seeds() -> st.SearchStrategy[int]:
    """Seeds for a generator, where an object is too large to be drawn entry by entry."""
    return _between(0, 2**31 - 1)


def reals(lo: float, hi: float) -> st.SearchStrategy[float]:
    """Floats in ``[lo, hi]``: spread evenly, and the awkward ones (end points, tiny, round)."""
    tiny = sys.float_info.min
    ends = (lo, hi, math.nextafter(lo, hi), math.nextafter(hi, lo))
    awkward = (0.0, 1.0, -1.0, *ends, 0.5, 2.0, 10.0, 100.0, 1e-3, 1e-8, tiny, -1e-8, -tiny)
    inside = tuple(dict.fromkeys(v for v in awkward if lo <= v <= hi))
    even = _between(0, _GRID).map(lambda k: min(lo + (hi - lo) * (k / _GRID), hi))
    return st.one_of(choices(inside), even, even)


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
    small = _between(lo, min(hi, lo + 8))
    return st.one_of(small, choices(powers)) if powers else small


def unit_rows(n: int, h: int) -> st.SearchStrategy[Array]:
    """Arrays ``(n, h)`` of unit rows; repeated, antipodal and coordinate rows are frequent."""
    if n > MAX_DRAWN_ROWS:
        return seeds().map(lambda seed: _normalize(_gaussian(seed, (n, h))))
    kinds = [_between(0, 2 * h - 1).map(lambda k: _coordinate(k // 2, h, 1.0 - 2.0 * (k % 2)))]
    if h <= MAX_INTEGER_ENTRIES:
        kinds.append(_between(0, len(_SMALL) ** h - 1).map(lambda code: _integers(code, h)))
    kinds.append(seeds().map(lambda seed: _gaussian(seed, (h,))))
    return st.tuples(*[st.one_of(*kinds)] * n).map(lambda rows: _normalize(np.array(rows)))


def rotations(h: int) -> st.SearchStrategy[Array]:
    """Rotation matrices ``(h, h)`` (determinant +1), the identity first."""
    return st.one_of(st.just(np.eye(h)), seeds().map(lambda seed: _rotation(seed, h)))


def principal_angles(count: int) -> st.SearchStrategy[Array]:
    """`count` ascending angles in [0, π/2]; equal, zero and right angles are frequent."""
    one = st.one_of(choices([0.0, math.pi / 4, math.pi / 2]), reals(0.0, math.pi / 2))
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
    n, h = draw(_between(1, max_n)), draw(_between(1, max_h))
    x = draw(unit_rows(n, h))
    spread = draw(st.one_of(st.just(0.0), reals(0.0, 4.0)))
    sign = draw(choices([1.0, -1.0]))
    noise = _gaussian(draw(seeds()), (n, h))
    return x, _normalize(sign * x + spread * noise)


def _between(lo: int, hi: int) -> st.SearchStrategy[int]:
    """Integers lo, …, hi, spread evenly and the same for the same seed everywhere."""
    return st.integers(_REMOTE, _REMOTE + hi - lo).map(lambda k: k - _REMOTE + lo)


def _coordinate(axis: int, h: int, sign: float) -> Array:
    row = np.zeros(h)
    row[axis] = sign
    return row


def _integers(code: int, h: int) -> Array:
    """Row of small integers from its number."""
    digits = (code // len(_SMALL) ** k % len(_SMALL) for k in range(h))
    return np.array([_SMALL[digit] for digit in digits])


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
