"""The subspace of 99 % of the variance, beside NumPy's SVD and scikit-learn's PCA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import dsyrk

from gaplab.cli.benchmarks.base import Peer, Size, Suite, Task, Values, register
from theory.subspaces import variance_basis

__all__ = ["SubspaceTask", "centered_svd"]

LEVEL = 0.99
BLOCK = 4096


@dataclass(frozen=True)
class SubspaceTask(Task):
    """An orthonormal basis for N rows of dimension d, float32 as embeddings are, in float64."""

    d: int = 512
    bar: float | None = field(default=None, kw_only=True)
    memory_bar: float | None = field(default=None, kw_only=True)

    title: ClassVar[str] = "99 % subspace of float32 rows, in float64"
    tolerance: ClassVar[float] = 1e-12

    @property
    def setting(self) -> str:
        """Rows and dimension."""
        return f"N = {self.n}, d = {self.d}"

    def inputs(self) -> NDArray[np.float32]:
        """Rows whose deviations fall like 1/i along random directions, away from the origin."""
        rng = np.random.default_rng(0)
        directions = np.linalg.qr(rng.standard_normal((self.d, self.d)))[0]
        scaled = directions / np.arange(1, self.d + 1)[:, None]
        rows = np.empty((self.n, self.d), np.float32)
        for block in np.array_split(rows, max(1, self.n // 4096)):
            block[:] = rng.standard_normal(block.shape) @ scaled + 2 * directions[0]
        return rows

    def ours(self, inputs: NDArray[np.float32]) -> Values:
        """Streamed moments."""
        return {"basis": variance_basis(inputs, LEVEL)}

    def peers(self) -> Sequence[Peer]:
        """SVD of the centred rows; PCA, which chooses its solver itself; the sums behind both."""
        return (
            Peer(
                "numpy.linalg.svd",
                centered_svd,
                time_bar=self.bar,
                room=24 * self.n * self.d / 2**20,
            ),
            Peer(
                "scikit-learn PCA (auto)",
                _pca,
                time_bar=None if self.bar is None else 1.25,
                memory_bar=self.memory_bar,
                room=16 * self.n * self.d / 2**20,
            ),
            Peer("the symmetric products", _product, floor=True),
        )

    def difference(self, ours: Values, theirs: Values) -> float:
        """Sine of the largest angle between the two subspaces; 1 if their dimensions differ."""
        a, b = ours["basis"], theirs["basis"]
        if a.shape != b.shape:
            return 1.0
        return float(np.linalg.norm(b - a @ (a.T @ b), 2))


def _leading(variances: NDArray[np.float64], directions: NDArray[np.float64]) -> Values:
    share = np.cumsum(variances) / variances.sum()
    return {"basis": directions[: int(np.searchsorted(share, LEVEL)) + 1].T}


def centered_svd(inputs: NDArray[np.float32]) -> Values:
    """Basis of the subspace by an SVD of the centred rows."""
    rows = inputs.astype(np.float64)
    rows -= rows.mean(axis=0)
    _, values, directions = np.linalg.svd(rows, full_matrices=False)
    return _leading(values**2, directions)


def _pca(inputs: NDArray[np.float32]) -> Values:
    from sklearn.decomposition import PCA

    fitted = PCA(svd_solver="auto").fit(inputs.astype(np.float64))
    return _leading(fitted.explained_variance_, fitted.components_)


def _product(inputs: NDArray[np.float32]) -> Values:
    """``Xᵀ X`` block by block, of rows that are converted already."""
    block = inputs[:BLOCK].astype(np.float64)
    squares = np.zeros((block.shape[1],) * 2, order="F")
    for _ in range(0, len(inputs), BLOCK):
        squares = dsyrk(1.0, block.T, beta=1.0, c=squares, overwrite_c=1)
    return {}


@register("subspaces")
def subspaces(size: Size) -> Suite:
    """The variance subspace at the size of the bar."""
    if size == "tiny":
        return Suite([SubspaceTask(400, 12, memory_limit=64)])
    if size == "quick":
        return Suite([SubspaceTask(10_000, 512, memory_limit=64)])
    return Suite([SubspaceTask(100_000, 512, bar=0.10, memory_bar=1 / 5, memory_limit=64)])
