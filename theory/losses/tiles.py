"""What the streaming engines share: tiles, engine choice, and the end of differentiation."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Hashable, Sequence
from typing import Any, Protocol, TypeVar

import torch

from theory.validation import check_choice

__all__ = [
    "ENGINES",
    "Evaluate",
    "Scratch",
    "blocks",
    "check_engine",
    "choose_engine",
    "differentiable_once",
    "evaluate_runs",
    "exponent_limit",
    "kept_scratch",
    "logit_bound",
    "run_groups",
    "single_pass",
    "tile_size",
]

T = TypeVar("T")

ENGINES = ("auto", "dense", "streaming")

# Below this many rows autograd on the N × N matrix takes fewer calls and is as fast.
STREAMING_ROWS = 256


def check_engine(engine: str) -> str:
    """Return `engine` if it names one."""
    return check_choice("engine", engine, ENGINES)


def choose_engine(engine: str, points: torch.Tensor) -> str:
    """``"dense"`` or ``"streaming"`` for (..., N, h) `points`."""
    if engine != "auto":
        return engine
    supported = points.device.type in ("cpu", "cuda")  # others have no float64 for the sums
    return "streaming" if supported and points.shape[-2] >= STREAMING_ROWS else "dense"


def tile_size(device: torch.device) -> int:
    """Side of a tile: the cache of a processor core, or enough work for an accelerator."""
    return 512 if device.type == "cpu" else 4096


def blocks(count: int, size: int) -> list[slice]:
    """Consecutive slices of at most `size` that cover ``range(count)``.

    Examples
    --------
    >>> blocks(5, 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def run_groups(runs: int, rows: int, device: torch.device) -> list[slice]:
    """Slices of as many runs as have (rows × rows) matrices that fill half a tile.

    Every pass over them then finds them in the second-level cache, with a second matrix each.
    """
    return blocks(runs, max(1, tile_size(device) ** 2 // (2 * rows * rows)))


def logit_bound(x: torch.Tensor, y: torch.Tensor, scale: torch.Tensor) -> float:
    """Upper bound of every |β x_i·y_j|, for views (R, N, h) and scales (R,) of all runs."""
    lengths = [torch.linalg.vector_norm(view, dim=-1).amax(-1) for view in (x, y)]
    return float((lengths[0] * lengths[1] * scale).abs().max())


class Scratch:
    """Buffers that are used over and over, by name; fresh memory costs more than it holds.

    Examples
    --------
    >>> scratch = Scratch()
    >>> like = torch.zeros(1)
    >>> tile = scratch.take("logits", (2, 3), like)
    >>> tile.shape, scratch.take("logits", (3,), like).data_ptr() == tile.data_ptr()
    (torch.Size([2, 3]), True)
    >>> made = scratch.keep("sums", 2, lambda: torch.zeros(2))
    >>> scratch.keep("sums", 2, lambda: torch.ones(2)) is made
    True
    """

    def __init__(self) -> None:
        self._buffers: dict[tuple[str, torch.dtype, torch.device], torch.Tensor] = {}
        self._made: dict[str, tuple[Hashable, Any]] = {}

    def take(self, name: str, shape: Sequence[int], like: torch.Tensor) -> torch.Tensor:
        """Uninitialised tensor of the type of `like`, valid until `name` is taken again."""
        key, count = (name, like.dtype, like.device), math.prod(shape)
        buffer = self._buffers.get(key)
        if buffer is None or len(buffer) < count:
            buffer = self._buffers[key] = like.new_empty(count)
        return buffer[:count].view(shape)

    def keep(self, name: str, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` returned for the last equal `key` of `name`; another key makes it anew."""
        found = self._made.get(name)
        if found is None or found[0] != key:
            found = self._made[name] = key, make()
        made: T = found[1]
        return made


class _Kept(threading.local):
    def __init__(self) -> None:
        self.scratch = Scratch()


_KEPT = _Kept()


def kept_scratch() -> Scratch:
    """Buffers of this thread that outlive a call, for tiles that do not.

    A simulation evaluates small batches thousands of times: without this it would spend most
    of its time in the operating system, which hands out zeroed pages for every tile.
    """
    return _KEPT.scratch


def exponent_limit(dtype: torch.dtype) -> float:
    """Exponents within ± this stay exact in `dtype`, also summed over a million terms."""
    return 600.0 if dtype == torch.float64 else 60.0


class _Last(torch.autograd.Function):
    """Identity on a finished gradient, which refuses to be differentiated."""

    @staticmethod
    def forward(ctx: Any, gradient: torch.Tensor, *_sources: torch.Tensor) -> torch.Tensor:
        return gradient.view_as(gradient)

    @staticmethod
    def backward(ctx: Any, *_gradients: torch.Tensor) -> Any:
        raise RuntimeError(
            "the streaming engine has no second derivative; create the loss with engine='dense'."
        )


def differentiable_once(gradient: torch.Tensor, *sources: torch.Tensor) -> torch.Tensor:
    """Mark a closed-form `gradient` so that differentiating it again raises a clear error."""
    marked: torch.Tensor = _Last.apply(gradient, *sources)
    return marked


class Evaluate(Protocol):
    """A sum over pairs whose gradients are gathered in the same pass as its value."""

    def __call__(
        self, *sources: torch.Tensor, slope: bool
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """Return the value of each run, (R,), and if `slope`, a gradient for every source."""


class _SinglePass(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, evaluate: Evaluate, *sources: torch.Tensor) -> torch.Tensor:
        value, gradients = evaluate(*sources, slope=any(ctx.needs_input_grad))
        ctx.save_for_backward(*sources, *gradients)
        return value.to(sources[0].dtype)

    @staticmethod
    def backward(ctx: Any, factor: torch.Tensor) -> Any:
        count = len(ctx.saved_tensors) // 2
        sources, gradients = ctx.saved_tensors[:count], ctx.saved_tensors[count:]
        scaled = []
        for gradient in gradients:
            with torch.no_grad():
                product = gradient * factor.reshape(-1, *[1] * (gradient.ndim - 1))
            scaled.append(differentiable_once(product, *sources, factor))
        return None, *scaled


def single_pass(evaluate: Evaluate, *sources: torch.Tensor) -> torch.Tensor:
    """Evaluate a sum over pairs so that autograd takes the closed-form gradients, once.

    Parameters
    ----------
    evaluate : Evaluate
    *sources : torch.Tensor
        Views (N, h) and numbers (), or for R runs (R, N, h) and (R,); a view comes first.

    Returns
    -------
    torch.Tensor, () or (R,)
    """
    if sources[0].ndim == 2:
        return single_pass(evaluate, *(source[None] for source in sources))[0]
    value: torch.Tensor = _SinglePass.apply(evaluate, *sources)
    return value


@torch.no_grad()
def evaluate_runs(
    evaluate: Evaluate, *sources: torch.Tensor
) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
    """Values, (R,), and gradients of R runs, a few runs at a time to bound the memory."""
    values, parts = [], []
    for group in run_groups(len(sources[0]), sources[0].shape[1], sources[0].device):
        value, gradients = evaluate(*(source[group] for source in sources), slope=True)
        values.append(value.to(sources[0].dtype))
        parts.append(gradients)
    return torch.cat(values), tuple(torch.cat(part) for part in zip(*parts, strict=True))
