"""Sampling from the von Mises-Fisher law, beside SciPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from gaplab.cli.benchmarks.base import Peer, Size, Suite, Task, Values, register
from theory.sphere import sample_vmf

__all__ = ["VMFTask"]

SEED = 1


@dataclass(frozen=True)
class VMFTask(Task):
    """n points on the sphere of R^h at concentration κ."""

    h: int = 64
    kappa: float = 100.0
    bar: float | None = field(default=None, kw_only=True)

    title: ClassVar[str] = "vMF sampling"
    tolerance: ClassVar[float] = 5.0  # standard errors

    @property
    def setting(self) -> str:
        """Points, dimension and concentration."""
        return f"{self.n} points, h = {self.h}, κ = {self.kappa:g}"

    def inputs(self) -> NDArray[np.float64]:
        """A mean direction off the axes."""
        center = np.zeros(self.h)
        center[:2] = 0.6, 0.8
        return center

    def ours(self, inputs: NDArray[np.float64]) -> Values:
        """Our sampler."""
        points = sample_vmf(inputs, self.kappa, self.n, np.random.default_rng(SEED))
        return {"points": points}

    def peers(self) -> Sequence[Peer]:
        """SciPy, and the normal deviates that every sampler draws."""
        return (
            Peer("scipy vonmises_fisher", self._scipy, time_bar=self.bar),
            Peer("the normal deviates", self._deviates, floor=True),
        )

    def difference(self, ours: Values, theirs: Values) -> float:
        """Standard errors between the mean cosines; infinite if a row is not unit."""
        center = self.inputs()
        cosines = [v["points"] @ center for v in (ours, theirs)]
        if np.abs(np.linalg.norm(ours["points"], axis=1) - 1).max() > 1e-12:
            return float("inf")
        error = np.sqrt(sum(c.var(ddof=1) / len(c) for c in cosines))
        return float(abs(cosines[0].mean() - cosines[1].mean()) / error)

    def _scipy(self, inputs: NDArray[np.float64]) -> Values:
        law = stats.vonmises_fisher(inputs, self.kappa)
        rng = np.random.default_rng(SEED + 1)
        return {"points": np.reshape(law.rvs(self.n, random_state=rng), (self.n, self.h))}

    def _deviates(self, inputs: NDArray[np.float64]) -> Values:
        np.random.default_rng(SEED).standard_normal((self.n, self.h))
        return {}


@register("vmf")
def von_mises_fisher(size: Size) -> Suite:
    """Sampling at the sizes of the bars."""
    if size == "tiny":
        return Suite([VMFTask(200, h) for h in (3, 16)])
    n = 20_000 if size == "quick" else 100_000
    return Suite([VMFTask(n, 64, bar=0.55), VMFTask(n, 512, bar=0.10)])
