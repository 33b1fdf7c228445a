"""The particle simulator, beside a loop over seeds with autograd, and beside its loss alone."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import torch
from torch.nn import functional

from gaplab.cli.benchmarks.base import Peer, Size, Suite, Task, Values, register
from sim import SimulationConfig, simulate
from sim.optimisers.rsgd import RiemannianSGD
from sim.particles import Particles
from theory import losses

__all__ = ["SimulationStepTask", "SimulatorTask"]

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
            Peer(
                "loop over seeds, autograd",
                _loop,
                time_bar=self.bar,
                if_missed="the rest goes to the other passes over the N × N matrices, to tangent "
                "steps and to the metrics that are recorded",
            ),
            Peer("its matrix products and exponentials", self._least, floor=True),
        )

    def difference(self, ours: Values, theirs: Values) -> float:
        """Largest difference, not relative: where the gap has closed, it is rounding."""
        return max(float(np.abs(ours[name] - theirs[name]).max()) for name in theirs)

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


@dataclass(frozen=True)
class SimulationStepTask(Task):
    """One step of n pairs on the sphere of R^h: move, then the loss and its slopes there."""

    h: int = 128
    bar: float | None = field(default=None, kw_only=True)

    title: ClassVar[str] = "one step of a simulation"
    tolerance: ClassVar[float] = 1e-4  # of float32 sums, by two engines

    @property
    def setting(self) -> str:
        """Particles, dimension and type."""
        return f"N = {self.n}, h = {self.h}, float32"

    def inputs(self) -> Particles:
        """Particles at their start."""
        config = SimulationConfig(
            h=self.h, n=self.n, start="uniform", step_size=STEP_SIZE, dtype="float32"
        )
        return Particles(config, config.seeds)

    def ours(self, inputs: Particles) -> Values:
        """One step of Riemannian gradient descent from the start, which is kept."""
        state = copy.copy(inputs)
        tangents = tuple(t.clone() for t in inputs.slopes.tangents)
        state.slopes = inputs.slopes._replace(tangents=tangents)
        RiemannianSGD().advance(state, 0, 1)
        return {"loss": state.slopes.loss, "views": torch.cat(state.views)}

    def peers(self) -> Sequence[Peer]:
        """What no step can do without."""
        name = "its loss, forward and backward"
        return (Peer(name, self._differentiated, time_bar=self.bar),)

    def difference(self, ours: Values, theirs: Values) -> float:
        """Of both losses, each at its own views, from the other engine's."""
        x, y = ours["views"]
        again = losses.create("infonce")(x, y, logit_scale=float(theirs["logit_scale"]))["loss"]
        after = abs(float(ours["loss"]) - float(again))
        return max(after, abs(float(theirs["loss"]) - float(theirs["known"])))

    def _differentiated(self, inputs: Particles) -> Values:
        x, y = (view[0].detach().requires_grad_() for view in inputs.views)
        scale = inputs.logit_scale[0].detach().requires_grad_()
        loss = losses.create("infonce")(x, y, logit_scale=scale)["loss"]
        torch.autograd.grad(loss, (x, y, scale))
        known = inputs.slopes.loss[0]
        return {"loss": loss.detach(), "known": known, "logit_scale": scale.detach()}


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
    """Many seeds, and one step of many particles, at the sizes of the bars."""
    if size == "tiny":
        return Suite([SimulatorTask(12, 3, 2, 10), SimulationStepTask(12, 3)])
    steps, n = (250, 2048) if size == "quick" else (500, 8192)
    return Suite([SimulatorTask(256, 32, 16, steps, bar=0.25), SimulationStepTask(n, bar=1.2)])
