"""Validation of views, once, at the boundary of the losses."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from theory.errors import InputError, InputTypeError
from theory.validation import check_number

__all__ = ["as_scalar", "check_views", "common_dtype"]


def as_scalar(
    argument: str, value: float | torch.Tensor, like: torch.Tensor, runs: int | None = None
) -> torch.Tensor:
    """Give a number as a tensor of shape (), or (R,) for R `runs`, that keeps its gradient."""
    if not isinstance(value, torch.Tensor):
        value = torch.tensor(check_number(argument, value), dtype=torch.float64)
    scalar = value.to(like)
    if scalar.numel() == 1:
        scalar = scalar.reshape(())
    if runs is not None and scalar.ndim == 0:
        scalar = scalar.expand(runs)
    wanted = () if runs is None else (runs,)
    if scalar.shape != wanted:
        raise InputError(
            f"{argument} has shape {tuple(scalar.shape)}; give one number"
            + ("." if runs is None else f" or one for each of the {runs} runs.")
        )
    return scalar


def common_dtype(views: Sequence[torch.Tensor]) -> torch.dtype:
    """Widest type among the views, at least float32 (half precision cannot hold the sums)."""
    dtype = torch.float32
    for view in views:
        dtype = torch.promote_types(dtype, view.dtype)
    return dtype


def check_views(
    views: Sequence[torch.Tensor],
    *,
    dimensions: Sequence[int] = (2,),
    minimum_rows: int = 1,
    rows: bool = True,
) -> None:
    """Refuse views that cannot be paired, naming the view and the row.

    Parameters
    ----------
    views : sequence of torch.Tensor
        One per modality.
    dimensions : sequence of int
        Accepted numbers of axes: 2 for (N, h), 3 for (R, N, h).
    minimum_rows : int
        Fewest rows the loss is defined for.
    rows : bool
        Also look for zero and non-finite rows, on the CPU only (elsewhere reading the
        answer would stall the device).

    Raises
    ------
    InputError
        If there are fewer than two views, or shapes, devices or rows do not fit.
    TypeError
        If a view is no tensor of a floating type.
    """
    if len(views) < 2:
        raise InputError(f"views holds {len(views)} view(s); give at least two.")
    for index, view in enumerate(views):
        if not isinstance(view, torch.Tensor):
            raise InputTypeError(f"views[{index}] is a {type(view).__name__}; give a torch.Tensor.")
        if not view.is_floating_point():
            raise InputTypeError(f"views[{index}] is {view.dtype}; convert it with .float().")
        if view.ndim not in dimensions:
            axes = " or ".join(str(number) for number in dimensions)
            raise InputError(f"views[{index}] has shape {tuple(view.shape)}; give {axes} axes.")
        if view.shape != views[0].shape:
            raise InputError(
                f"views[{index}] has shape {tuple(view.shape)} but views[0] has "
                f"{tuple(views[0].shape)}; views must be paired row by row in one space."
            )
        if view.device != views[0].device:
            raise InputError(
                f"views[{index}] is on {view.device} but views[0] is on {views[0].device}; "
                "move them to one device."
            )
    shape = tuple(views[0].shape)
    if 0 in shape:
        raise InputError(f"views[0] has shape {shape}; give at least one row and one column.")
    if shape[-2] < minimum_rows:
        raise InputError(f"views[0] has {shape[-2]} row(s); this loss needs {minimum_rows}.")
    if rows:
        for index, view in enumerate(views):
            _check_rows(index, view.detach())


def _check_rows(index: int, view: torch.Tensor) -> None:
    if view.device.type != "cpu":
        return
    norms = torch.linalg.vector_norm(view, dim=-1)
    lowest, highest = torch.aminmax(norms)
    if lowest.item() > 0 and highest.item() < float("inf"):
        return
    for problem, rows in (
        ("not finite", ~torch.isfinite(view).all(-1)),
        ("zero", (view == 0).all(-1)),
    ):
        found = rows.nonzero()
        if len(found):
            position = ", ".join(str(i) for i in found[0].tolist())
            raise InputError(
                f"views[{index}][{position}] is {problem} ({len(found)} such row(s)); "
                "remove or repair these rows."
            )
