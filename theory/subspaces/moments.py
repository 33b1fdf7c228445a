"""First and second moments of rows from one streamed pass, in float64 whatever the input.

Accumulating ``XᵀX`` in float32 loses the small angles that decide what two modalities share;
float64 moments do not, and need O(d²) memory at any number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import dsyrk

from theory.errors import InputError
from theory.subspaces.bases import fix_signs
from theory.validation import as_array, check_number, check_views

__all__ = ["Moments", "variance_basis"]

# Rows per product: the float64 copy of a block is all the memory that grows with the data, and
# of 512 columns it stays in the cache between its conversion and its product.
BLOCK_ROWS = 1024

# Rows that differ by fewer than this many roundings of their size are equal.
EQUAL_ROWS = 16.0


class Moments:
    """Count, mean and second moment of rows seen so far.

    Sums are taken about the mean of the first block, so that a large common offset costs no
    digits.

    Parameters
    ----------
    dimension : int
        Number of columns ``d``.

    Examples
    --------
    >>> moments = Moments(2).update(np.array([[1.0, 0.0], [3.0, 0.0]]))
    >>> moments.mean
    array([2., 0.])
    >>> moments.covariance()
    array([[1., 0.],
           [0., 0.]])
    """

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self.count = 0
        self._shift = np.zeros(dimension)
        self._sum = np.zeros(dimension)  # Σ (x − shift)
        self._squares = np.zeros((dimension, dimension), order="F")  # Σ (x − shift)(x − shift)ᵀ
        self._covariance: NDArray[np.float64] | None = None
        self._spectra: dict[bool, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}

    @classmethod
    def of(cls, rows: Any, name: str = "x") -> Moments:
        """Moments of an array, memory-map, tensor, Dask array or an iterable of row blocks.

        Raises
        ------
        TypeError, InputError
            As `theory.validation.check_views`, and if there are no rows at all.
        """
        moments: Moments | None = None
        for block in _blocks(rows):
            if moments is None:
                moments = cls(np.shape(block)[-1] if np.ndim(block) else 0)
            moments.update(block, name)
        if moments is None:
            raise InputError(f"{name} has no rows; give at least one.")
        return moments

    def update(self, rows: Any, name: str = "x") -> Moments:
        """Add rows, shape (n, d), and return the moments themselves.

        Raises
        ------
        TypeError, InputError
            As `theory.validation.check_views`, and if the width is not `dimension`.
        """
        (array,) = check_views(rows, names=[name])
        if array.shape[1] != self.dimension:
            raise InputError(
                f"{name} has {array.shape[1]} columns where {self.dimension} came before; "
                "all rows need equal length."
            )
        return self.add(array)

    def add(self, rows: NDArray[Any]) -> Moments:
        """Add rows that were checked, shape (n, d), and return the moments themselves."""
        if self.count == 0:
            self._shift = rows[:BLOCK_ROWS].mean(axis=0, dtype=np.float64)
        ones = np.ones(min(BLOCK_ROWS, len(rows)))
        for start in range(0, len(rows), BLOCK_ROWS):
            block = np.array(rows[start : start + BLOCK_ROWS], dtype=np.float64, order="C")
            block -= self._shift  # in place: twice as fast as to convert while subtracting
            # Only the upper triangle is kept; the transpose of a C block is what BLAS wants.
            self._squares = dsyrk(1.0, block.T, beta=1.0, c=self._squares, overwrite_c=1)
            self._sum += ones[: len(block)] @ block
        self.count += len(rows)
        self._forget()
        return self

    def merge(self, other: Moments) -> Moments:
        """Add the rows that `other` has seen, and return the moments themselves.

        Raises
        ------
        InputError
            If the dimensions differ.
        """
        if other.dimension != self.dimension:
            raise InputError(
                f"other has dimension {other.dimension}, not {self.dimension}; "
                "merge moments of one space."
            )
        if self.count == 0:
            self._shift = other._shift.copy()
        offset = other._shift - self._shift
        cross = np.multiply.outer(other._sum, offset)
        self._squares += other._squares + cross + cross.T
        self._squares += other.count * np.multiply.outer(offset, offset)
        self._sum += other._sum + other.count * offset
        self.count += other.count
        self._forget()
        return self

    @property
    def mean(self) -> NDArray[np.float64]:
        """Mean row, shape (d,)."""
        return self._shift + self._sum / self._seen()

    def covariance(self) -> NDArray[np.float64]:
        """Mean of ``(x − mean)(x − mean)ᵀ``, shape (d, d); kept, and so not to be written to."""
        if self._covariance is None:
            upper = np.triu(self._squares) / self._seen()
            center = self._sum / self._seen()
            self._covariance = upper + np.triu(upper, 1).T - np.multiply.outer(center, center)
            self._covariance.flags.writeable = False
        return self._covariance

    def second_moment(self) -> NDArray[np.float64]:
        """Mean of ``x xᵀ``, shape (d, d)."""
        return self.covariance() + np.multiply.outer(self.mean, self.mean)

    def spectrum(self, centered: bool = True) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Variances, descending, shape (d,), and principal directions as columns, shape (d, d)."""
        if centered not in self._spectra:  # asked for again and again
            values, vectors = np.linalg.eigh(
                self.covariance() if centered else self.second_moment()
            )
            self._spectra[centered] = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
        return self._spectra[centered]

    def _forget(self) -> None:
        """Drop what was computed from fewer rows."""
        self._covariance = None
        self._spectra.clear()

    def _seen(self) -> int:
        if self.count == 0:
            raise InputError("no rows were added; call update first.")
        return self.count


def variance_basis(
    x: Any, level: float = 0.99, centered: bool = True, name: str = "x"
) -> NDArray[np.float64]:
    """Orthonormal basis of the fewest principal directions that hold `level` of the variance.

    Parameters
    ----------
    x : array_like, torch.Tensor, Dask array, iterable of row blocks, or Moments
        Rows, shape (n, d), or what `Moments` kept of them.
    level : float, default 0.99
        Share of the total variance, in (0, 1].
    centered : bool, default True
        Variance about the mean; otherwise second moments about the origin, so that the mean
        direction counts too.
    name : str, default "x"
        What messages call the rows.

    Returns
    -------
    ndarray, shape (d, k)
        Principal directions, the strongest first, with signs fixed.

    Raises
    ------
    TypeError, InputError
        As `Moments.of`; if `level` is out of range, or the rows do not vary.

    Examples
    --------
    >>> rows = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.01], [0.0, -0.01]])
    >>> variance_basis(rows)
    array([[1.],
           [0.]])
    """
    level = check_number("level", level, 0, 1, open_low=True)
    moments = x if isinstance(x, Moments) else Moments.of(x, name)
    values, vectors = moments.spectrum(centered)
    # The variance of equal rows is the square of their rounding.
    eps = np.finfo(np.float64).eps
    size = float(np.trace(moments.covariance()) + moments.mean @ moments.mean)
    floor = max(moments.dimension * eps * values[0], (EQUAL_ROWS * eps) ** 2 * size)
    rank = int((values > floor).sum())
    if rank == 0:
        raise InputError(
            f"the rows of {name} are all equal and have no variance; give rows that vary."
        )
    share = np.cumsum(values) / values.sum()
    return fix_signs(vectors[:, : min(rank, int(np.searchsorted(share, level)) + 1)])


def _blocks(rows: Any) -> Iterator[Any]:
    """Row blocks of whatever holds rows; Dask arrays are known by their ``blocks``."""
    if hasattr(rows, "numblocks") and hasattr(rows, "compute"):
        whole_rows = rows.rechunk({1: -1})
        for index in range(whole_rows.numblocks[0]):
            yield whole_rows.blocks[index].compute()
    elif hasattr(rows, "shape") or isinstance(rows, Sequence):
        yield as_array(rows)
    else:
        yield from (as_array(block) for block in rows)
