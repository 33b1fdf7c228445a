"""The particle simulator, beside a loop over seeds with autograd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import torch
from torch.nn import functional

from gaplab.cli.benchmarks.base import Peer, Size, Suite, Task, Values, register
from sim import SimulationConfig, simulate
from sim.particles import Particles

__all__ = ["SimulatorTask"]

METRICS = ("centroid_gap",)
STEP_SIZE = 0.01


@dataclass(frozen=True)
class SimulatorTask(Task):
    """Some seeds of an unconstrained simulation of N pairs on the sphere of R^h."""

    h: int = 32
    runs: int = 16
    steps: int = 500
    dtype: str = "float32"
    bar: float | None = field(default=None, kw_only=True)
    held: bool = field(default=True, kw_only=True)

    title: ClassVar[str] = "simulation"
    tolerance: ClassVar[float] = 1e-3  # of float32 over hundreds of steps

    @property
    def setting(self) -> str:
        """Seeds, steps, particles, dimension and type."""
        return f"{self.runs} seeds, {self.steps} steps, N = {self.n}, h = {self.h}, {self.dtype}"

    def inputs(self) -> SimulationConfig:
        """The configuration; what is recorded is the first and the last state."""
        return SimulationConfig(
            h=self.h,
            n=self.n,
            seeds=range(self.runs),
            steps=self.steps,
            step_size=STEP_SIZE,
            dtype=self.dtype,
            log_points=2,
            metrics=METRICS,
        )

    def ours(self, inputs: SimulationConfig) -> Values:
        """All seeds as one batch, with gradients in closed form."""
        found = simulate(inputs)
        return {name: found[name].values[:, -1] for name in ("loss", *METRICS)}

    def peers(self) -> Sequence[Peer]:
        """What one would write without us, and what no gradient avoids."""
        if not self.held:
            return ()
        return (
            Peer("loop over seeds, autograd", _loop, time_bar=self.bar),
            Peer("its matrix products and exponentials", self._least, floor=True),
        )

    @torch.no_grad()
    def _least(self, inputs: SimulationConfig) -> Values:
        x, y = Particles(inputs, inputs.seeds).views
        logits = x.new_empty(self.runs, self.n, self.n)
        x_sum, y_sum = torch.zeros_like(x), torch.zeros_like(y)
        for _ in range(self.steps):
            torch.bmm(x, y.mT, out=logits).exp_()
            x_sum.baddbmm_(logits, y)
            y_sum.baddbmm_(logits.mT, x)
        return {}


def _loop(inputs: SimulationConfig) -> Values:
    """The same steps, one seed after the other."""
    results = np.array([_run(inputs, seed) for seed in inputs.seeds])
    return {"loss": results[:, 0], "centroid_gap": results[:, 1]}


def _run(config: SimulationConfig, seed: int) -> tuple[float, float]:
    x, y = (view[0].requires_grad_() for view in Particles(config, [seed]).views)
    beta, labels = 1 / config.temperature, torch.arange(config.n)
    for _ in range(config.steps):
        gradients = torch.autograd.grad(_clip_loss(x, y, beta, labels), (x, y))
        with torch.no_grad():
            x, y = (
                functional.normalize(
                    v - 2 * STEP_SIZE * config.n * (g - (g * v).sum(-1, keepdim=True) * v), dim=-1
                )
                for v, g in zip((x, y), gradients, strict=True)
            )
        x.requires_grad_()
        y.requires_grad_()
    with torch.no_grad():
        return (
            _clip_loss(x, y, beta, labels).item(),
            torch.linalg.vector_norm(x.mean(0) - y.mean(0)).item(),
        )


def _clip_loss(x: torch.Tensor, y: torch.Tensor, beta: float, labels: torch.Tensor) -> torch.Tensor:
    logits = beta * x @ y.T
    return (
        functional.cross_entropy(logits, labels) + functional.cross_entropy(logits.T, labels)
    ) / 2


@register("simulator")
def simulator(size: Size) -> Suite:
    """Many seeds at the size of the bar."""
    if size == "tiny":
        return Suite([SimulatorTask(12, 3, 2, 10)])
    steps = 100 if size == "quick" else 500
    return Suite([SimulatorTask(256, 32, 16, steps, bar=0.25)])
