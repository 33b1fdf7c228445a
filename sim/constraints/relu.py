"""Random ReLU encoders: views that only networks of shared latents can make."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch

from sim.constraints.base import Constraint, Tensors, normalize, register
from theory.metrics.base import view_names
from theory.validation import check_integer

__all__ = ["ReluEncoders"]


@register("relu")
class ReluEncoders(Constraint):
    """Each modality is a random ReLU network of its latents: the cone effect [Liang2022].

    ``z ↦ ReLU(√(2/d) W z)`` for every hidden layer, then a linear layer ``W z/√d`` to h
    dimensions, no biases, Gaussian W. **The start's views are the latents** (``uniform`` or
    ``clusters`` with aligned views for shared ones), and what moves are *all the weights*, with
    the scales outside, so that speeds do not depend on the widths.

    Parameters
    ----------
    h, modalities
        As for every constraint; latents have h dimensions too.
    hidden : sequence of int
        Widths of the hidden layers; empty for a linear encoder.
    seed : int
        Seed of the initial weights; modalities draw theirs one after the other. All runs of a
        simulation begin with these weights, and differ by their latents.

    Examples
    --------
    >>> latents = (torch.eye(3)[None],) * 2
    >>> room = ReluEncoders(3, hidden=(256, 256))
    >>> x, y = room.views(room.place(latents))
    >>> bool((x[0] @ x[0].T).min() > 0.2)  # orthogonal latents, and yet in a cone
    True
    """

    encodes = True

    def __init__(
        self, h: int, *, modalities: int = 2, hidden: Sequence[int] = (64, 64), seed: int = 0
    ) -> None:
        super().__init__(h, modalities=modalities)
        widths = [check_integer("hidden", width, 1) for width in hidden]
        sizes = [self.h, *widths, self.h]
        self.shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
        self._count = sum(rows * columns for rows, columns in self.shapes)
        rng = np.random.default_rng(check_integer("seed", seed, 0))
        self.initial = tuple(rng.standard_normal(self._count) for _ in range(modalities))

    def place(self, views: Tensors) -> Tensors:
        """Initial weights and, behind them, the latents: (R, 1, weights + N h)."""
        placed = []
        for latents, weights in zip(views, self.initial, strict=True):
            drawn = torch.as_tensor(weights, dtype=latents.dtype, device=latents.device)
            rows = [drawn.expand(len(latents), -1), normalize(latents).flatten(1)]
            placed.append(torch.cat(rows, dim=-1)[:, None])
        return tuple(placed)

    def views(self, parameters: Tensors) -> Tensors:
        """Outputs of the networks, scaled to the sphere."""
        return tuple(normalize(self._run(p)[1]) for p in parameters)

    def encode(self, parameters: Tensors, views: Tensors) -> Tensors:
        """Outputs of the networks for other latents."""
        others = (
            torch.cat([p[..., : self._count], normalize(latents).flatten(1)[:, None]], dim=-1)
            for p, latents in zip(parameters, views, strict=True)
        )
        return self.views(tuple(others))

    def gradient(self, parameters: Tensors, gradients: Tensors) -> Tensors:
        """Gradients in the weights, in the metric ``N |w|²``; the latents have none."""
        found = []
        for p, g in zip(parameters, gradients, strict=True):
            weights = p[..., : self._count].detach().requires_grad_()
            with torch.enable_grad():
                output = normalize(self._run(torch.cat([weights, p[..., self._count :]], -1))[1])
                (slopes,) = torch.autograd.grad(output, weights, g)
            slopes = slopes / g.shape[-2]
            found.append(torch.nn.functional.pad(slopes, (0, p.shape[-1] - self._count)))
        return tuple(found)

    def measure(self, parameters: Tensors) -> dict[str, torch.Tensor]:
        """``hidden_cosine_x`` (and y …): mean cosine between items in the last hidden layer."""
        found = {}
        for name, p in zip(view_names(self.modalities), parameters, strict=True):
            # a row that no neuron answers to has no direction: it counts as perpendicular
            rows = torch.nn.functional.normalize(self._run(p)[0], dim=-1)
            n = rows.shape[-2]
            total = rows.sum(-2).square().sum(-1) - rows.square().sum((-2, -1))
            found[f"hidden_cosine_{name}"] = total / (n * (n - 1))
        return found

    def retract(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """Weights are free."""
        return tuple(p + t for p, t in zip(parameters, tangents, strict=True))

    def transport(self, parameters: Tensors, tangents: Tensors) -> Tensors:
        """The weights are a flat space."""
        return tangents

    def squared_lengths(self, tangents: Tensors) -> Tensors:
        """Of every weight by itself, as optimisers of networks have it."""
        return tuple(t.square() for t in tangents)

    def squared_sizes(self, tangents: Tensors) -> Tensors:
        """Of all weights together: a view depends on every one."""
        return tuple(t.flatten(1).square().sum(-1) for t in tangents)

    def _run(self, parameters: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Last hidden layer and output (R, N, ·) of the networks."""
        weights = parameters[:, 0, : self._count]
        outputs = parameters[:, 0, self._count :].unflatten(-1, (-1, self.h))
        hidden, start = outputs, 0
        for layer, (rows, columns) in enumerate(self.shapes, start=1):
            matrix = weights[:, start : start + rows * columns].unflatten(-1, (rows, columns))
            start += rows * columns
            gain = 2.0 if layer < len(self.shapes) else 1.0
            hidden, outputs = outputs, outputs @ matrix.mT * math.sqrt(gain / columns)
            if layer < len(self.shapes):
                outputs = outputs.relu()
        return hidden, outputs
