"""What every loss is: unit views and a logit scale in, named terms out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import torch

from theory.losses.checks import as_scalar, check_views, common_dtype
from theory.losses.tiles import check_engine, choose_engine, run_groups
from theory.registry import Registry

__all__ = ["LOSSES", "Loss", "Terms", "create", "names", "register"]

LOSSES: Registry[type[Loss]] = Registry("loss")
register = LOSSES.register
names = LOSSES.names
create = LOSSES.create


class Terms(dict[str, torch.Tensor]):
    """Named terms of a loss, weighted, and their sum under ``"loss"``.

    Parameters
    ----------
    terms : mapping of str to torch.Tensor
        Every term as it enters the sum, that is with its weight.
    engine : str
        ``"dense"`` or ``"streaming"``: what computed the pairwise terms.

    Examples
    --------
    >>> terms = Terms({"atp": torch.tensor(1.0), "cu": torch.tensor(-3.0)})
    >>> terms["loss"].item(), terms.engine
    (-2.0, 'dense')
    """

    def __init__(self, terms: Mapping[str, torch.Tensor], engine: str = "dense") -> None:
        super().__init__(terms)
        first, *others = terms.values()
        self["loss"] = sum(others, first.clone())
        self.engine = engine


class Loss(ABC):
    """A differentiable function of M ≥ 2 paired views and the logit scale β = 1/τ.

    Parameters
    ----------
    check : bool
        Look for rows that are zero or not finite. On the CPU this costs one pass over the
        views. On an accelerator it would stop the queue at every step and is not done:
        call `check_views` yourself where you need it. Shapes, types and devices are
        always checked.
    engine : {"auto", "dense", "streaming"}
        What computes pairwise terms: the full N × N matrix (differentiable any number of
        times), or tiles with closed-form gradients (O(N) memory); ``"auto"`` takes tiles for
        large batches and wherever no graph is wanted.
    """

    terms: ClassVar[tuple[str, ...]]
    """Names of the terms that sum to the loss."""

    minimum_rows: ClassVar[int] = 1
    """Fewest pairs for which the loss is defined."""

    streams: ClassVar[bool] = True
    """Whether it can be computed by tiles; else `engine` makes no difference."""

    def __init__(self, *, check: bool = True, engine: str = "auto") -> None:
        self.check = check
        self.engine = check_engine(engine)

    def __call__(self, *views: torch.Tensor, logit_scale: float | torch.Tensor) -> Terms:
        """Evaluate the loss on one batch.

        Parameters
        ----------
        *views : torch.Tensor, each (N, h)
            Paired rows, one view per modality; half precision is computed in float32.
        logit_scale : float or 0-d torch.Tensor
            β = 1/τ itself, not its logarithm.

        Returns
        -------
        Terms
            0-d tensors: the weighted terms and their sum under ``"loss"``.

        Raises
        ------
        InputError
            If the views do not fit together or a row is zero or not finite.
        TypeError
            If a view is no tensor of a floating type.
        """
        check_views(views, dimensions=(2,), minimum_rows=self.minimum_rows, rows=self.check)
        dtype = common_dtype(views)
        views = tuple(view.to(dtype) for view in views)
        scale = as_scalar("logit_scale", logit_scale, views[0])
        engine = choose_engine(self.engine, views[0]) if self.streams else "dense"
        with torch.autocast(views[0].device.type, enabled=False):
            return self._evaluate(views, scale, engine)

    @abstractmethod
    def _evaluate(
        self, views: tuple[torch.Tensor, ...], logit_scale: torch.Tensor, engine: str
    ) -> Terms:
        """Evaluate on checked views (..., N, h) of one type; terms have shape (...)."""

    @torch.no_grad()
    def values(self, *views: torch.Tensor, logit_scale: float | torch.Tensor) -> Terms:
        """Evaluate R independent runs at once, without gradients.

        Parameters
        ----------
        *views : torch.Tensor, each (R, N, h)
            The runs do not interact.
        logit_scale : float or torch.Tensor of shape () or (R,)

        Returns
        -------
        Terms
            Tensors of shape (R,).
        """
        views, scale, engine = self._prepare_runs(views, logit_scale)
        runs, rows = views[0].shape[:2]
        parts = [
            self._evaluate(tuple(view[group] for view in views), scale[group], engine)
            for group in run_groups(runs, rows, views[0].device)
        ]
        return Terms({name: torch.cat([p[name] for p in parts]) for name in self.terms}, engine)

    def _prepare_runs(
        self, views: tuple[torch.Tensor, ...], logit_scale: float | torch.Tensor
    ) -> tuple[tuple[torch.Tensor, ...], torch.Tensor, str]:
        check_views(views, dimensions=(3,), minimum_rows=self.minimum_rows, rows=self.check)
        dtype = common_dtype(views)
        views = tuple(view.detach().to(dtype) for view in views)
        scale = as_scalar("logit_scale", logit_scale, views[0], runs=len(views[0])).detach()
        tiled = self.streams and self.engine != "dense"
        return views, scale, "streaming" if tiled else "dense"

    def value_and_gradient(
        self, *views: torch.Tensor, logit_scale: float | torch.Tensor, learned: bool = True
    ) -> tuple[Terms, tuple[torch.Tensor, ...], torch.Tensor]:
        """Evaluate R independent runs at once, with gradients and without a graph.

        Parameters
        ----------
        *views : torch.Tensor, each (R, N, h)
            The runs do not interact.
        logit_scale : float or torch.Tensor of shape () or (R,)
        learned : bool
            Whether the logit scale is a variable; the gradient in a constant is 0.

        Returns
        -------
        terms : Terms
            Tensors of shape (R,).
        gradients : tuple of torch.Tensor, each (R, N, h)
            Of every run's total with respect to that run's views.
        logit_scale_gradient : torch.Tensor, (R,)
        """
        return self._differentiate(*self._prepare_runs(views, logit_scale), learned=learned)

    def _differentiate(
        self,
        views: tuple[torch.Tensor, ...],
        logit_scale: torch.Tensor,
        engine: str,
        *,
        learned: bool,
    ) -> tuple[Terms, tuple[torch.Tensor, ...], torch.Tensor]:
        """Differentiate by autograd; leaves put their closed form in its place."""
        sources = [view.detach().requires_grad_() for view in (*views, logit_scale)]
        with torch.enable_grad():
            terms = self._evaluate(tuple(sources[:-1]), sources[-1], engine)
            gradients = torch.autograd.grad(
                terms["loss"].sum(), sources, allow_unused=True, materialize_grads=True
            )
        values = Terms({name: terms[name].detach() for name in self.terms}, terms.engine)
        by_scale = gradients[-1] if learned else torch.zeros_like(logit_scale)
        return values, gradients[:-1], by_scale

    def weights_at(self, epoch: float, epochs: float) -> dict[str, float]:
        """Weights that this loss's published schedule prescribes; none by default."""
        return {}

    def set_epoch(self, epoch: float, epochs: float) -> None:
        """Set the attributes named by `weights_at`; training calls this, step by step or less.

        Parameters
        ----------
        epoch : float
            How far training is, from 0 to `epochs`; fractions are welcome.
        epochs : float
            How long training lasts.
        """
        for name, weight in self.weights_at(epoch, epochs).items():
            setattr(self, name, weight)
