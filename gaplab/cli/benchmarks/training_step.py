"""A training step with all gap terms, beside the same step with plain InfoNCE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, NamedTuple

import torch

from gaplab.cli.benchmarks.base import Peer, Size, Suite, Task, Values, register
from realdata import datasets
from realdata.towers import Towers
from theory import losses

__all__ = ["TrainingStepTask"]

DATASET = "digits"
MODEL = "digits-small"


class Trainee(NamedTuple):
    """A model on its way, its optimiser and its loss."""

    towers: Towers
    optimiser: torch.optim.Optimizer
    loss: losses.Loss


class Bench(NamedTuple):
    """A batch, and one trainee per loss, equal at the start."""

    batch: tuple[torch.Tensor, ...]
    trainees: dict[str, Trainee]


@dataclass(frozen=True)
class TrainingStepTask(Task):
    """Steps of AdamW on batches of n pairs."""

    steps: int = 10
    bar: float | None = field(default=None, kw_only=True)

    title: ClassVar[str] = "training step with all gap terms"
    tolerance: ClassVar[float] = 1e-6  # of one loss computed twice on equal weights
    requires: ClassVar[str | None] = "open_clip"

    @property
    def setting(self) -> str:
        """Model and batch."""
        return f"{MODEL}, batch {self.n}"

    @property
    def items(self) -> int:
        """Steps in one call."""
        return self.steps

    def inputs(self) -> Bench:
        """One batch and two models with equal weights."""
        data = datasets.create(DATASET)
        rows = data.split["train"][: self.n]
        trainees = {name: _trainee(name) for name in ("gap_closing", "infonce")}
        towers = trainees["infonce"].towers
        batch = towers.inputs(data.images[rows], [data.captions[i] for i in rows])
        return Bench(batch, trainees)

    def ours(self, inputs: Bench) -> Values:
        """InfoNCE, ATP and CU."""
        return self._train("gap_closing", inputs)

    def peers(self) -> Sequence[Peer]:
        """The step that is taken without us."""
        plain = partial(self._train, "infonce")
        return (Peer("plain InfoNCE", plain, time_bar=self.bar, items=self.steps),)

    def _train(self, name: str, inputs: Bench) -> Values:
        """Take the steps; what is compared is InfoNCE before the first of them."""
        towers, optimiser, loss = inputs.trainees[name]
        first: Values = {}
        for _ in range(self.steps):
            views = towers.views(*inputs.batch)
            terms = loss(*views, logit_scale=towers.logit_scale)
            first = first or {"infonce": terms["infonce"].detach()}
            optimiser.zero_grad(set_to_none=True)
            terms["loss"].backward()
            optimiser.step()
            towers.clamp()
        return first


def _trainee(loss: str) -> Trainee:
    towers = Towers(MODEL, seed=0)
    return Trainee(
        towers,
        torch.optim.AdamW(towers.clip.parameters(), lr=1e-3, fused=True),
        losses.create(loss),
    )


@register("training_step")
def training_step(size: Size) -> Suite:
    """Steps of the model that ``gaplab train`` trains by default."""
    if size == "tiny":
        return Suite([TrainingStepTask(4, 1)])
    if size == "quick":
        return Suite([TrainingStepTask(64, 5, bar=1.05)])
    return Suite([TrainingStepTask(n, 10, bar=1.05) for n in (64, 256)])
