"""Losses that are weighted sums of registered ones."""

from __future__ import annotations

from abc import abstractmethod

import torch

from theory.losses.base import Loss, Terms

__all__ = ["WeightedSum"]


class WeightedSum(Loss):
    """``Σ_k w_k L_k``; the terms returned are weighted, so that they sum to the loss."""

    @abstractmethod
    def _parts(self) -> list[tuple[Loss, float]]:
        """Losses and their weights, in the order of `terms`."""

    def _evaluate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> Terms:
        values = [
            weight * part._evaluate(views, logit_scale, engine)["loss"]
            for part, weight in self._parts()
        ]
        return Terms(dict(zip(self.terms, values, strict=True)), engine)

    def _differentiate(
        self,
        views: tuple[torch.Tensor, ...],
        logit_scale: torch.Tensor,
        engine: str,
        *,
        learned: bool,
    ) -> tuple[Terms, tuple[torch.Tensor, ...], torch.Tensor]:
        values = {}
        gradients = tuple(torch.zeros_like(view) for view in views)
        scale_gradient = torch.zeros_like(logit_scale)
        for name, (part, weight) in zip(self.terms, self._parts(), strict=True):
            terms, by_view, by_scale = part._differentiate(
                views, logit_scale, engine, learned=learned
            )
            values[name] = weight * terms["loss"]
            scale_gradient.add_(by_scale, alpha=weight)
            for total, gradient in zip(gradients, by_view, strict=True):
                total.add_(gradient, alpha=weight)
        return Terms(values, engine), gradients, scale_gradient
