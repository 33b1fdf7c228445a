"""Fitting the shared space projection, beside the two SVDs that it replaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from gaplab.cli.benchmarks.base import Peer, Size, Suite, Task, Values, register
from gaplab.cli.benchmarks.subspaces import centered_svd
from theory import repairs
from theory.sphere import normalize

__all__ = ["SharedProjectionTask"]

SHARE = 3
"""Every SHARE-th of the directions that the rows span is shared."""

EPSILON = 1e-3
BLOCK = 4096


@dataclass(frozen=True)
class SharedProjectionTask(Task):
    """What two modalities of n float32 unit rows share of the d / 10 directions each spans."""

    d: int = 512
    bar: float | None = field(default=None, kw_only=True)

    title: ClassVar[str] = "shared space projection, default fit"
    tolerance: ClassVar[float] = 1e-9  # both see the same rounded rows

    @property
    def setting(self) -> str:
        """Rows and dimension."""
        return f"N = {self.n}, d = {self.d}, two views"

    def inputs(self) -> tuple[NDArray[np.float32], ...]:
        """Paired unit rows: equal along shared directions, independent along their own."""
        rng = np.random.default_rng(0)
        each = max(2, self.d // 10)
        shared = max(1, each // SHARE)
        axes = np.linalg.qr(rng.standard_normal((self.d, 2 * each - shared)))[0].T
        own = (axes[shared:each], axes[each:])
        views = tuple(np.empty((self.n, self.d), np.float32) for _ in own)
        for start in range(0, self.n, BLOCK):
            rows = slice(start, start + BLOCK)
            common = rng.standard_normal((len(views[0][rows]), shared)) @ axes[:shared]
            for view, directions in zip(views, own, strict=True):
                draws = rng.standard_normal((len(common), len(directions)))
                view[rows] = normalize(common + draws @ directions)
        return views

    def ours(self, inputs: tuple[NDArray[np.float32], ...]) -> Values:
        """The registered repair with its default options."""
        return {"basis": repairs.create("shared_projection").fit(*inputs).shared_basis_}

    def peers(self) -> Sequence[Peer]:
        """What the formula says: an SVD for each view, and one of the product of the bases."""
        room = 40 * self.n * self.d / 2**20
        return (
            Peer(
                "numpy.linalg.svd of both",
                _by_svd,
                time_bar=self.bar,
                room=room,
                if_missed="beside the pass over the rows, decompositions of d × d matrices choose "
                "the subspaces, which take the same time at any N",
            ),
        )

    def difference(self, ours: Values, theirs: Values) -> float:
        """Sine of the largest angle between the two subspaces; 1 if their dimensions differ."""
        a, b = ours["basis"], theirs["basis"]
        if a.shape != b.shape:
            return 1.0
        return float(np.linalg.norm(b - a @ (a.T @ b), 2))


def _by_svd(inputs: tuple[NDArray[np.float32], ...]) -> Values:
    x, y = (centered_svd(view)["basis"] for view in inputs)
    left, cosines, _ = np.linalg.svd(x.T @ y)
    return {"basis": x @ left[:, : int((cosines > 1 - EPSILON).sum())]}


@register("repairs")
def fits(size: Size) -> Suite:
    """The fit at the size of the bar."""
    if size == "tiny":
        return Suite([SharedProjectionTask(400, 30)])
    if size == "quick":
        return Suite([SharedProjectionTask(10_000)])
    return Suite([SharedProjectionTask(100_000, bar=0.15)])
