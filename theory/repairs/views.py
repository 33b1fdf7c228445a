"""The views given to a repair, read in aligned blocks, so that no view need fit into memory."""

from __future__ import annotations

import copy
import mmap
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations, zip_longest
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError
from theory.repairs.maps import AffineMap
from theory.subspaces.joint import JointMoments, Means
from theory.validation import check_shapes, check_views, to_array, view_names

__all__ = ["Views", "check_unit", "is_dask"]

# Rows per block, whatever the rows come in, so that sums do not depend on it; statistics and the
# float64 copy of a block are all the memory that is used.
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
    """Check that rows have unit length, and so are neither zero nor infinite.

    Raises
    ------
    InputError
        If one has not.
    """
    wide = rows if rows.itemsize > 2 else rows.astype(np.float32)
    with np.errstate(all="ignore"):
        squared = np.einsum("ij,ij->i", wide, wide)
    good = np.abs(squared - 1) < 2 * UNIT_TOLERANCE
    if not good.all():
        check_views(rows, names=[name], first_row=first_row)
        row = int(good.argmin())
        length = np.linalg.norm(rows[row].astype(np.float64))
        raise InputError(
            f"row {first_row + row} of {name} has length {length:.4g}, not 1; pass unit rows "
            "(theory.sphere.normalize), or set normalize=False to keep lengths as they are."
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
        if all(is_dask(view) and _sized(view) for view in self._given):
            return self._reduce_dask(empty)
        total: S | None = None
        for blocks, start in self._blocks():
            if total is None:
                total = empty(self.dimension)
            total.update(blocks, start, self.names)
        assert total is not None  # views without rows are refused
        return total

    def _reduce_dask(self, empty: Callable[[int], S]) -> S:
        """The same on Dask arrays: each block where it is, then a tree of sums."""
        from dask import compute, delayed

        columns = [view.rechunk({0: BLOCK_ROWS, 1: -1}).to_delayed()[:, 0] for view in self._given]
        block, merge = delayed(_of_block, pure=False), delayed(_merged, pure=False)
        parts = [
            block(list(blocks), index * BLOCK_ROWS, self.names, self.unit, empty)
            for index, blocks in enumerate(zip_longest(*columns))
        ]
        while len(parts) > 1:
            parts = [merge(parts[i : i + 2]) for i in range(0, len(parts), 2)]
        (total,) = compute(parts[0])
        return total

    def _blocks(self) -> Iterator[tuple[list[Rows | None], int]]:
        """Checked rows ``start``, ``start + 1``, … of every view; None where a view has ended."""
        sources = [self._source(v, name) for v, name in zip(self._given, self.names, strict=True)]
        self._read = True
        start = 0
        for blocks in zip_longest(*sources):
            for rows, name in zip(blocks, self.names, strict=True):
                if start == 0 and rows is None:
                    raise InputError(f"{name} has no rows; give at least one.")
            if self.paired:
                self._check_equal([0 if rows is None else len(rows) for rows in blocks], start)
            _check(blocks, start, self.names, self.unit)
            self.dimension = next(rows.shape[1] for rows in blocks if rows is not None)
            yield list(blocks), start
            start += BLOCK_ROWS

    def _check_equal(self, sizes: Sequence[int], start: int) -> None:
        short, long = int(np.argmin(sizes)), int(np.argmax(sizes))
        if sizes[short] < sizes[long]:
            raise InputError(
                f"{self.names[short]} ends after {start + sizes[short]} rows and "
                f"{self.names[long]} does not; give one row per pair in every view."
            )

    def _source(self, view: Any, name: str) -> Iterator[Rows]:
        if is_dask(view):
            whole = view.rechunk({1: -1})
            chunks = (whole.blocks[index].compute() for index in range(whole.numblocks[0]))
            return _reblocked(chunks, name)
        if callable(view):
            return _reblocked(view(), name)
        if not isinstance(view, Iterator):
            return _blocks_of_array(view)
        if self._read:
            raise InputError(
                f"{name} is an iterator, which can be read once, but this repair reads the rows "
                "twice; give a function that returns a new iterator."
            )
        return _reblocked(view, name)


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


def _reblocked(chunks: Iterable[Any], name: str) -> Iterator[Rows]:
    """The same rows in blocks of equal length."""
    parts: list[Rows] = []
    held, width = 0, None
    for chunk in chunks:
        rows = to_array(chunk, name)
        check_shapes([rows.shape], [name], min_rows=0)
        width = width or rows.shape[1]
        if rows.shape[1] != width:
            raise InputError(
                f"{name} has a block of {rows.shape[1]} columns after one of {width}; "
                "all rows need equal length."
            )
        while len(rows):
            parts.append(rows[: BLOCK_ROWS - held])
            held += len(parts[-1])
            rows = rows[len(parts[-1]) :]
            if held == BLOCK_ROWS:
                yield np.concatenate(parts)
                parts, held = [], 0
    if parts:
        yield np.concatenate(parts)


def _check(blocks: Sequence[Rows | None], start: int, names: Sequence[str], unit: bool) -> None:
    live = [(rows, name) for rows, name in zip(blocks, names, strict=True) if rows is not None]
    check_shapes([rows.shape for rows, _ in live], [name for _, name in live], paired=False)
    for rows, name in live:
        if unit:
            check_unit(rows, name, start)
        else:
            check_views(rows, names=[name], first_row=start)


def _of_block(
    blocks: list[Rows | None],
    start: int,
    names: Sequence[str],
    unit: bool,
    empty: Callable[[int], S],
) -> S:
    """Statistics of one block on a Dask worker."""
    _check(blocks, start, names, unit)
    total = empty(next(rows.shape[1] for rows in blocks if rows is not None))
    total.update(blocks, start, names)
    return total


def _merged(parts: Sequence[S]) -> S:
    """Sum of statistics; a new one, since a worker may ask for the parts again."""
    total = copy.deepcopy(parts[0])
    for part in parts[1:]:
        total.merge(part)
    return total
