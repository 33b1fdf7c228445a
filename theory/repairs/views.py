"""The views given to a repair, read in aligned blocks, so that no view need fit into memory."""

from __future__ import annotations

import copy
import mmap
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import combinations
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError
from theory.repairs.maps import AffineMap
from theory.subspaces.joint import JointMoments, Means
from theory.validation import check_shapes, check_views, to_array, view_names

__all__ = ["Views", "check_unit", "is_dask"]

# Rows per block: the float64 copy of a block is all the memory that grows with the data.
BLOCK_ROWS = 8192

# How far from 1 the length of a unit row may be: rows kept in half precision are this exact.
UNIT_TOLERANCE = 1e-3

Rows = NDArray[Any]


class Statistic(Protocol):
    """What is added up over blocks of rows."""

    def update(self, blocks: Sequence[Rows | None], start: int, names: Sequence[str]) -> Any:
        """Add a block of every view."""

    def merge(self, other: Any) -> Any:
        """Add what another has seen."""


S = TypeVar("S", bound=Statistic)


def is_dask(view: Any) -> bool:
    """Whether `view` is a Dask array, without importing Dask to find out."""
    return hasattr(view, "numblocks") and hasattr(view, "compute")


def check_unit(rows: Rows, name: str, first_row: int = 0) -> None:
    """Check that rows have unit length.

    Raises
    ------
    InputError
        If one has not.
    """
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    bad = np.abs(lengths - 1) > UNIT_TOLERANCE
    if bad.any():
        row = int(bad.argmax())
        raise InputError(
            f"row {first_row + row} of {name} has length {lengths[row]:.4g}, not 1; pass unit "
            "rows (theory.sphere.normalize), or set normalize=False to keep lengths as they are."
        )


class Views:
    """Two or more views of one width, to be read once or more often.

    Parameters
    ----------
    given : sequence
        Each an array, memory-map, tensor or Dask array of shape (n, d); an iterator of such
        blocks of rows, which can be read once; or a function that returns such an iterator.
    unit : bool
        Whether rows must have unit length.
    paired : bool
        Whether all views must have equally many rows.

    Raises
    ------
    TypeError, InputError
        Here or while reading, as `theory.validation.check_views`.
    """

    def __init__(self, given: Sequence[Any], unit: bool, paired: bool) -> None:
        self.names = view_names(len(given))
        self.unit = unit
        self.paired = paired
        self._given = [_prepared(view, name) for view, name in zip(given, self.names, strict=True)]
        known = [(v.shape, n) for v, n in zip(self._given, self.names, strict=True) if _sized(v)]
        check_shapes([shape for shape, _ in known], [name for _, name in known], paired)
        self._read = False
        self.dimension = known[0][0][1] if known else 0

    def __len__(self) -> int:
        return len(self._given)

    def means(self, maps: Sequence[AffineMap] | None = None) -> list[Means]:
        """Mean and total variance of every view, or of its unit rows after a map."""
        return self._reduce(partial(_AllMeans, n_views=len(self), maps=maps)).means

    def joint(self, pairs: Sequence[tuple[int, int]] = (), squares: bool = True) -> JointMoments:
        """Moments of every view (if `squares`), and cross-moments of pairs of views."""
        return self._reduce(partial(JointMoments, n_views=len(self), pairs=pairs, squares=squares))

    def all_pairs(self) -> list[tuple[int, int]]:
        """Every two views; none if their numbers of rows are known to differ."""
        counts = {view.shape[0] for view in self._given if _sized(view)}
        return list(combinations(range(len(self)), 2)) if len(counts) < 2 else []

    def _reduce(self, empty: Callable[[int], S]) -> S:
        """Pass over all rows once, adding them to what `empty` makes."""
        if all(is_dask(view) and _sized(view) for view in self._given) and self.all_pairs():
            return self._reduce_dask(empty)
        total: S | None = None
        for blocks, start in self._blocks():
            if total is None:
                total = empty(self.dimension)
            total.update(blocks, start, self.names)
        assert total is not None  # views without rows are refused
        return total

    def _reduce_dask(self, empty: Callable[[int], S]) -> S:
        """The same on Dask arrays of equal length: blocks where they are, then a tree of sums."""
        from dask import compute, delayed

        chunks = self._given[0].chunks[0]
        tables = [view.rechunk({0: chunks, 1: -1}).to_delayed()[:, 0] for view in self._given]
        starts = np.cumsum([0, *chunks[:-1]])
        block, merge = delayed(_of_block, pure=False), delayed(_merged, pure=False)
        parts = [
            block(list(blocks), int(start), self.names, self.unit, empty)
            for start, *blocks in zip(starts, *tables, strict=True)
        ]
        while len(parts) > 1:
            parts = [merge(parts[i : i + 2]) for i in range(0, len(parts), 2)]
        (total,) = compute(parts[0])
        return total

    def _blocks(self) -> Iterator[tuple[list[Rows | None], int]]:
        """Checked rows ``start``, ``start + 1``, … of every view; None where a view has ended."""
        sources = [self._source(v, name) for v, name in zip(self._given, self.names, strict=True)]
        self._read = True
        current = [next(source, None) for source in sources]
        for rows, name in zip(current, self.names, strict=True):
            if rows is None:
                raise InputError(f"{name} has no rows; give at least one.")
        start = 0
        while any(rows is not None for rows in current):
            size = min(len(rows) for rows in current if rows is not None)
            blocks = [None if rows is None else rows[:size] for rows in current]
            self._check(blocks, start)
            self.dimension = next(b.shape[1] for b in blocks if b is not None)
            yield blocks, start
            start += size
            for index, rows in enumerate(current):
                if rows is not None:
                    current[index] = rows[size:] if len(rows) > size else next(sources[index], None)

    def _check(self, blocks: Sequence[Rows | None], start: int) -> None:
        live = [(b, name) for b, name in zip(blocks, self.names, strict=True) if b is not None]
        if self.paired and len(live) < len(blocks):
            ended = self.names[[b is None for b in blocks].index(True)]
            raise InputError(
                f"{ended} ends after {start} rows and {live[0][1]} does not; "
                "give one row per pair in every view."
            )
        check_views(*(b for b, _ in live), names=[n for _, n in live], first_row=start)
        if self.unit:
            for rows, name in live:
                check_unit(rows, name, start)

    def _source(self, view: Any, name: str) -> Iterator[Rows]:
        if is_dask(view):
            return _blocks_of_dask(view)
        if callable(view):
            return _blocks_of(view(), name)
        if not isinstance(view, Iterator):
            return _blocks_of_array(view)
        if self._read:
            raise InputError(
                f"{name} is an iterator, which can be read once, but this repair reads the rows "
                "twice; give a function that returns a new iterator."
            )
        return _blocks_of(view, name)


class _AllMeans:
    """Means of every view, as one statistic."""

    def __init__(
        self, dimension: int, n_views: int, maps: Sequence[AffineMap] | None = None
    ) -> None:
        self.means = [Means(dimension) for _ in range(n_views)]
        self.maps = maps

    def update(self, blocks: Sequence[Rows | None], start: int, names: Sequence[str]) -> None:
        for index, rows in enumerate(blocks):
            if rows is None:
                continue
            if self.maps is not None:
                mapped = self.maps[index](rows)
                length = np.linalg.norm(mapped, axis=1, keepdims=True)
                rows = mapped / np.where(length > 0, length, 1.0)
            self.means[index].update(rows)

    def merge(self, other: _AllMeans) -> None:
        for mine, theirs in zip(self.means, other.means, strict=True):
            mine.merge(theirs)


def _prepared(view: Any, name: str) -> Any:
    if is_dask(view) or callable(view) or isinstance(view, Iterator):
        return view
    return to_array(view, name)


def _sized(view: Any) -> bool:
    """Whether the number of rows is known before reading (Dask may say nan)."""
    return hasattr(view, "shape") and not (is_dask(view) and np.isnan(view.shape[0]))


def _blocks_of_array(array: Rows) -> Iterator[Rows]:
    for start in range(0, len(array), BLOCK_ROWS):
        yield array[start : start + BLOCK_ROWS]
        _release(array)


def _release(array: Rows) -> None:
    """Let go of the pages of a read-only memory-map that were read, which else count as used."""
    if not (isinstance(array, np.memmap) and array.mode == "r" and hasattr(mmap, "MADV_DONTNEED")):
        return
    base: Any = array
    while base is not None and not isinstance(base, mmap.mmap):
        base = getattr(base, "base", None)
    if base is not None:
        base.madvise(mmap.MADV_DONTNEED)


def _blocks_of_dask(view: Any) -> Iterator[Rows]:
    whole = view.rechunk({1: -1})
    for index in range(whole.numblocks[0]):
        rows = whole.blocks[index].compute()
        if len(rows):
            yield from _blocks_of_array(rows)


def _blocks_of(chunks: Any, name: str) -> Iterator[Rows]:
    for chunk in chunks:
        rows = to_array(chunk, name)
        check_shapes([rows.shape], [name], min_rows=0)
        if len(rows):
            yield from _blocks_of_array(rows)


def _of_block(
    blocks: list[Rows], start: int, names: Sequence[str], unit: bool, empty: Callable[[int], S]
) -> S:
    """Statistics of one block on a Dask worker."""
    Views(blocks, unit, paired=True)._check(blocks, start)
    total = empty(blocks[0].shape[1])
    total.update(blocks, start, names)
    return total


def _merged(parts: Sequence[S]) -> S:
    """Sum of statistics; a new one, since a worker may ask for the parts again."""
    total = copy.deepcopy(parts[0])
    for part in parts[1:]:
        total.merge(part)
    return total
