"""One training step: embed, compare, differentiate; in pieces and processes where asked to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from realdata.distributed import average_gradients, gather_rows
from realdata.towers import Towers
from theory.losses import Loss, Terms

__all__ = ["SWAPPING", "Stepper", "swap_modalities"]

SWAPPING = {"hard": 1e-3, "soft": 5e-2}
"""Share of the steps at which modalities are swapped [Yaras2024]."""

_TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


class Stepper:
    """Computes the loss of batches and the gradient of the towers.

    Parameters
    ----------
    towers : Towers
    loss : Loss
    precision : {"fp32", "bf16", "fp16"}
        Type of the towers' arithmetic (autocast); losses are computed in float32 at least, and
        fp16 scales its gradients.
    accumulate : int
        Pieces of a batch that are embedded one after another. The contrastive gradient is that
        of the whole batch: views are embedded without a graph, the loss is differentiated with
        respect to them, and every piece is embedded again to carry its part on.
    swapping : {None, "hard", "soft"}
    swapping_share : float, optional
        See `swap_modalities`.
    seed : int
        Of the swapping.
    """

    def __init__(
        self,
        towers: Towers,
        loss: Loss,
        *,
        precision: str = "fp32",
        accumulate: int = 1,
        swapping: str | None = None,
        swapping_share: float | None = None,
        seed: int = 0,
    ) -> None:
        self.towers, self.loss = towers, loss
        self.accumulate, self.seed = accumulate, seed
        self.swapping, self.swapping_share = swapping, swapping_share
        self._type = _TYPES[precision]
        self._device = towers.clip.logit_scale.device.type
        self.scaler = torch.amp.GradScaler(self._device, enabled=precision == "fp16")

    def forward(
        self, inputs: Sequence[torch.Tensor], step: int, count: int | None = None
    ) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
        """Gradients of the loss of a batch, into the parameters.

        Parameters
        ----------
        inputs : sequence of torch.Tensor
            This process's rows of every modality.
        step : int
            Number of the step, which decides the swapping.
        count : int, optional
            Rows of the whole batch, of all processes; by default those of `inputs`.

        Returns
        -------
        views : tuple of torch.Tensor, each (count, h)
            Of the whole batch, before any swapping, without a graph.
        total : torch.Tensor
            The loss.

        Raises
        ------
        FloatingPointError
            If an embedding is not finite.
        """
        count = len(inputs[0]) if count is None else count
        if self.accumulate == 1:
            own = self._embed(inputs)
            views = tuple(gather_rows(view, count) for view in own)
            total = self._evaluate(views, step)["loss"]
            self._backward(total)
        else:
            views, total = self._in_pieces(inputs, step, count)
        average_gradients(self._parameters())
        return tuple(view.detach() for view in views), total.detach()

    @torch.no_grad()
    def look(
        self, inputs: Sequence[torch.Tensor], count: int | None = None
    ) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
        """What `forward` returns, without gradients and without swapping."""
        count = len(inputs[0]) if count is None else count
        own = [self._embed(part) for part in _pieces(inputs, self.accumulate)]
        views = tuple(gather_rows(torch.cat(view), count) for view in zip(*own, strict=True))
        return views, self.loss(*views, **self.towers.arguments)["loss"]

    def apply(self, optimiser: torch.optim.Optimizer) -> None:
        """Take the step, and keep 1/τ in its range."""
        self.scaler.step(optimiser)
        self.scaler.update()
        optimiser.zero_grad(set_to_none=True)
        self.towers.clamp()

    def _embed(self, inputs: Sequence[torch.Tensor]) -> tuple[torch.Tensor, ...]:
        with torch.autocast(self._device, self._type, enabled=self._type != torch.float32):
            views = self.towers.views(*inputs)
        return tuple(view.float() for view in views)

    def _evaluate(self, views: Sequence[torch.Tensor], step: int) -> Terms:
        if not all(bool(torch.isfinite(view).all()) for view in views):
            raise FloatingPointError(f"an embedding is not finite at step {step}")
        if self.swapping is not None:
            seed = [self.seed, step]
            views = swap_modalities(views, self.swapping, seed, self.swapping_share)
        return self.loss(*views, **self.towers.arguments)

    def _backward(self, total: torch.Tensor) -> None:
        self.scaler.scale(total).backward()

    def _in_pieces(
        self, inputs: Sequence[torch.Tensor], step: int, count: int
    ) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
        pieces = _pieces(inputs, self.accumulate)
        with torch.no_grad():
            embedded = [self._embed(piece) for piece in pieces]
        leaves = [torch.cat(view).requires_grad_() for view in zip(*embedded, strict=True)]
        views = tuple(gather_rows(leaf, count) for leaf in leaves)
        total = self._evaluate(views, step)["loss"]
        self._backward(total)  # τ and b have their gradient now, the views theirs
        gradients = [torch.zeros_like(v) if v.grad is None else v.grad for v in leaves]
        start = 0
        for piece in pieces:
            stop = start + len(piece[0])
            again = self._embed(piece)
            learned = [k for k, view in enumerate(again) if view.requires_grad]
            if learned:
                torch.autograd.backward(
                    [again[k] for k in learned], [gradients[k][start:stop] for k in learned]
                )
            start = stop
        return views, total

    def _parameters(self) -> list[torch.nn.Parameter]:
        return [p for p in self.towers.clip.parameters() if p.requires_grad]


def _pieces(inputs: Sequence[torch.Tensor], pieces: int) -> list[tuple[torch.Tensor, ...]]:
    """Nearly equal pieces of the rows, none empty."""
    parts = [value.tensor_split(min(pieces, len(value))) for value in inputs]
    return list(zip(*parts, strict=True))


def swap_modalities(
    views: Sequence[torch.Tensor], how: str, seed: Sequence[int], share: float | None = None
) -> tuple[torch.Tensor, ...]:
    """Mix the first view with another at some steps, so that neither has a place of its own.

    ``hard``: every coordinate of every pair changes sides with probability ½, at 0.1 % of the
    steps; ``soft``: ``x' = λx + (1−λ)y, y' = λy + (1−λ)x`` with λ uniform in [0, 1] for every
    pair, at 5 % of them [Yaras2024]. Rows are scaled to the sphere again.

    Parameters
    ----------
    views : sequence of torch.Tensor, each (n, h)
    how : {"hard", "soft"}
    seed : sequence of int
        Decides whether this is such a step, which view is mixed, and how.
    share : float, optional
        Of the steps; by default as published.

    Returns
    -------
    tuple of torch.Tensor, each (n, h)
        `views` themselves at all other steps.
    """
    rng = np.random.default_rng(seed)
    if rng.random() >= (SWAPPING[how] if share is None else share):
        return tuple(views)
    other = int(rng.integers(1, len(views)))
    x, y = views[0], views[other]
    shape = tuple(x.shape) if how == "hard" else (len(x), 1)
    drawn = rng.random(shape)
    kept = torch.from_numpy(drawn < 0.5 if how == "hard" else drawn).to(x)
    mixed = list(views)
    mixed[0] = torch.nn.functional.normalize(kept * x + (1 - kept) * y, dim=-1)
    mixed[other] = torch.nn.functional.normalize(kept * y + (1 - kept) * x, dim=-1)
    return tuple(mixed)
