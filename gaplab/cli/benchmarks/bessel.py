"""log I_ν and the ratio I_{ν+1}/I_ν, beside SciPy, mpmath and python-flint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import special

from gaplab.cli.benchmarks.base import Peer, Size, Suite, Task, Values, register
from theory import bessel

__all__ = ["BesselTask"]

SMALLEST, LARGEST = 1e-3, 1e5
"""Range of z, drawn evenly in its logarithm."""

FEW = 30
"""Points for the libraries of arbitrary precision."""

DIGITS = 17
BITS = 60
TERMS = 10**7


@dataclass(frozen=True)
class BesselTask(Task):
    """Both functions at n points z for one order ν, in float64."""

    nu: float = 0.5
    few: int = field(default=FEW, kw_only=True)
    held: bool = field(default=True, kw_only=True)

    title: ClassVar[str] = "log I_ν and ratio"
    tolerance: ClassVar[float] = 1e-11  # where log I_ν crosses 0 one ulp of z moves it by 1e-12

    @property
    def setting(self) -> str:
        """Order and points."""
        return f"ν = {self.nu:g}, {self.n} points"

    @property
    def items(self) -> int:
        """Points."""
        return self.n

    def inputs(self) -> NDArray[np.float64]:
        """Arguments z."""
        logs = np.random.default_rng(0).uniform(np.log(SMALLEST), np.log(LARGEST), self.n)
        return np.exp(logs)

    def ours(self, inputs: NDArray[np.float64]) -> Values:
        """Both functions, one after the other."""
        return {
            "log": bessel.log_iv(self.nu, inputs),
            "ratio": bessel.ratio(self.nu, inputs),
        }

    def peers(self) -> Sequence[Peer]:
        """SciPy on all points, the libraries of arbitrary precision on a few of them."""
        few = min(self.few, self.n)
        fewer = max(1, few // 3)  # mpmath takes up to a second a point
        bar, exact_bar = (0.25 if self.nu >= 31 else 1.0, 1e-3) if self.held else (None, None)
        return (
            Peer("scipy ive", self._scipy, time_bar=bar, items=self.n),
            Peer(
                "python-flint",
                self._each(_flint, few),
                time_bar=exact_bar,
                items=few,
                if_missed="at small orders a ball takes it one short series",
            ),
            Peer("mpmath", self._each(_mpmath, fewer), time_bar=exact_bar, items=fewer),
            Peer("one logarithm, one square root", _least, items=self.n, floor=True),
        )

    def difference(self, ours: Values, theirs: Values) -> float:
        """Largest error over the points that the peer evaluated and found finite.

        Of log I relative to ``max(1, |log I|, √(ν² + z²))``, of the ratio relative to itself.
        """
        count = len(theirs["log"])
        z = self.inputs()[:count]
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = np.abs(ours["log"][:count] - theirs["log"])
            apart /= np.maximum(np.maximum(1, np.abs(ours["log"][:count])), np.hypot(self.nu, z))
            relative = np.abs(ours["ratio"][:count] / theirs["ratio"] - 1)
        finite = np.isfinite(theirs["log"]) & np.isfinite(theirs["ratio"]) & theirs["trusted"]
        return float(max(apart[finite].max(initial=0), relative[finite].max(initial=0)))

    def remark(self, theirs: Values) -> str:
        """The share of points where a peer gives no usable number."""
        lost = 1 - float(np.mean(theirs["trusted"] & np.isfinite(theirs["log"])))
        return f"not finite, or without digits, at {lost:.0%} of the points" if lost else ""

    def _scipy(self, inputs: NDArray[np.float64]) -> Values:
        low, high = special.ive(self.nu, inputs), special.ive(self.nu + 1, inputs)
        with np.errstate(divide="ignore", invalid="ignore"):
            # Subnormal values keep no digits.
            trusted = np.minimum(low, high) > np.finfo(np.float64).tiny
            return {"log": np.log(low) + inputs, "ratio": high / low, "trusted": trusted}

    def _each(
        self, evaluate: Callable[[float, float], tuple[float, float]], count: int
    ) -> Callable[[Any], Values]:
        def run(inputs: NDArray[np.float64]) -> Values:
            found = np.array([evaluate(self.nu, z) for z in inputs[:count].tolist()])
            return {"log": found[:, 0], "ratio": found[:, 1], "trusted": np.ones(count, bool)}

        return run


def _least(inputs: NDArray[np.float64]) -> Values:
    np.log(inputs)
    np.sqrt(inputs)
    return {}


def _mpmath(nu: float, z: float) -> tuple[float, float]:
    import mpmath

    with mpmath.workdps(DIGITS):
        low, high = (mpmath.besseli(order, z, maxterms=TERMS) for order in (nu, nu + 1))
        return float(mpmath.log(low)), float(high / low)


def _flint(nu: float, z: float) -> tuple[float, float]:
    """Balls, widened in precision until they hold the digits of a double."""
    import flint

    before, bits = flint.ctx.prec, BITS
    try:
        while True:
            flint.ctx.prec = bits
            order, argument = flint.arb(nu), flint.arb(z)
            low, high = argument.bessel_i(order), argument.bessel_i(order + 1)
            log, ratio = low.log(), high / low
            if min(log.rel_accuracy_bits(), ratio.rel_accuracy_bits()) >= 53:
                return float(log), float(ratio)
            bits *= 2
    finally:
        flint.ctx.prec = before


@register("bessel")
def special_functions(size: Size) -> Suite:
    """Orders from the sphere in three dimensions to that in 8192."""
    if size == "tiny":
        return Suite([BesselTask(50, nu, few=5, held=False) for nu in (0.5, 255.0)])
    if size == "quick":
        return Suite([BesselTask(100_000, nu, few=20) for nu in (0.5, 31.0, 255.0)])
    return Suite([BesselTask(1_000_000, nu) for nu in (0.5, 3.0, 31.0, 255.0, 1023.0, 4095.0)])
