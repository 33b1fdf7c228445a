"""Checks shared by everything that takes views: once, at the public boundary.

A *view* is one modality's embeddings, an ``(n, d)`` array with one item a row. The messages
name the argument and the row, and say what to do.
"""

from __future__ import annotations

import math
import numbers
import sys
from collections.abc import Iterator, Sequence
from typing import Any, SupportsFloat, SupportsIndex

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError, InputTypeError

__all__ = [
    "as_array",
    "check_choice",
    "check_integer",
    "check_number",
    "check_shapes",
    "check_views",
    "is_tensor",
    "row_chunks",
    "to_array",
    "view_names",
]

# Rows are checked and accumulated in blocks of about this many entries, so that a memory-map
# is never copied whole.
CHUNK_ENTRIES = 1 << 21


def is_tensor(value: object) -> bool:
    """Whether `value` is a torch tensor, without importing torch to find out."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def as_array(value: Any) -> NDArray[Any]:
    """Give `value` as a NumPy array; tensors are detached and brought to the host.

    NumPy has no bfloat16, so such tensors become float32 (exactly).
    """
    if not is_tensor(value):
        return np.asanyarray(value)
    tensor = value.detach().cpu()
    if str(tensor.dtype) == "torch.bfloat16":
        tensor = tensor.float()
    return np.asarray(tensor)


def view_names(count: int) -> tuple[str, ...]:
    """Names of `count` views for messages: X, Y, then ``view 2``, ``view 3`` and so on."""
    return ("X", "Y", *(f"view {index}" for index in range(2, count)))[:count]


def row_chunks(rows: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Split the rows of an ``(n, d)`` array into blocks of bounded size."""
    step = max(1, CHUNK_ENTRIES // max(1, rows.shape[1]))
    for start in range(0, len(rows), step):
        yield rows[start : start + step]


def check_views(
    *views: Any,
    names: Sequence[str] | None = None,
    paired: bool = True,
    min_rows: int = 1,
    first_row: int = 0,
) -> tuple[NDArray[np.floating[Any]], ...]:
    """Check embeddings of one or more modalities and give them as NumPy arrays.

    Parameters
    ----------
    *views : array_like or torch.Tensor, shape (n, d)
        One row an item. Tensors are detached and moved to the host; nothing else is copied.
    names : sequence of str, optional
        What the caller calls the views; X, Y, view 2, … by default.
    paired : bool, default True
        Whether row ``i`` of every view is the same item, so that the numbers of rows must agree.
    min_rows : int, default 1
        The fewest rows that make sense to the caller.
    first_row : int, default 0
        What messages call the first row, where the views are blocks of longer ones.

    Returns
    -------
    tuple of ndarray
        The views: two-dimensional, floating, finite, without zero rows, of one width.

    Raises
    ------
    TypeError
        If a view holds anything but floating-point numbers.
    InputError
        If there are no views, a shape does not fit, or a row is zero or not finite.

    Examples
    --------
    >>> x, y = check_views([[1.0, 0.0]], [[0.0, 1.0]])
    >>> x.shape
    (1, 2)
    """
    called = _names(views, names)
    arrays = tuple(to_array(view, name) for view, name in zip(views, called, strict=True))
    check_shapes([array.shape for array in arrays], called, paired, min_rows)
    for array, name in zip(arrays, called, strict=True):
        _check_rows(array, name, first_row)
    return arrays


def check_choice(name: str, value: Any, choices: Sequence[str]) -> str:
    """Check a word that must be one of `choices`.

    Raises
    ------
    InputError
        If it is another.
    """
    if not isinstance(value, str) or value not in choices:
        listed = " or ".join(map(repr, choices))
        raise InputError(f"{name} is {value!r}; give {listed}.")
    return value


def check_integer(name: str, value: Any, minimum: int) -> int:
    """Check a whole number that is at least `minimum`.

    Raises
    ------
    TypeError
        If `value` is not an integer (booleans are not).
    InputError
        If it is too small.
    """
    if isinstance(value, bool | np.bool_) or not isinstance(value, SupportsIndex):
        raise InputTypeError(f"{name} must be an integer, not {type(value).__name__} ({value!r}).")
    if int(value) < minimum:
        raise InputError(f"{name} is {value}; give an integer of at least {minimum}.")
    return int(value)


def check_number(
    name: str, value: Any, low: float = -math.inf, high: float = math.inf, open_low: bool = False
) -> float:
    """Check one finite real number in ``[low, high]`` (``(low, high]`` if `open_low`).

    Raises
    ------
    TypeError
        If `value` is not a real number.
    InputError
        If it is not finite or out of range.
    """
    scalar = isinstance(value, numbers.Real) or getattr(value, "ndim", None) == 0
    if isinstance(value, bool | np.bool_) or not (scalar and isinstance(value, SupportsFloat)):
        raise InputTypeError(
            f"{name} must be a real number, not {type(value).__name__} ({value!r})."
        )
    number = float(value)
    if not math.isfinite(number) or number < low or number > high or (open_low and number == low):
        bracket = "(" if open_low or math.isinf(low) else "["
        closing = ")" if math.isinf(high) else "]"
        raise InputError(
            f"{name} is {number:g}; give a finite number in {bracket}{low:g}, {high:g}{closing}."
        )
    return number


def _names(views: Sequence[Any], names: Sequence[str] | None) -> tuple[str, ...]:
    if not views:
        raise InputError("no views given; pass at least one (n, d) array of embeddings.")
    return view_names(len(views)) if names is None else tuple(names)


def _not_floating(name: str, dtype: object) -> str:
    return f"{name} must hold floating-point numbers, not {dtype}; convert it with a float dtype."


def to_array(view: Any, name: str) -> NDArray[Any]:
    """Give `view` as a NumPy array of floating-point numbers.

    Raises
    ------
    TypeError, InputError
        If it holds anything else, or is not rectangular.
    """
    try:
        array = as_array(view)
    except ValueError as error:
        raise InputError(
            f"{name} is not a rectangular array ({error}); give one row of equal length per item."
        ) from error
    if not np.issubdtype(array.dtype, np.floating):
        raise InputTypeError(_not_floating(name, array.dtype))
    return array


def check_shapes(
    shapes: Sequence[tuple[int, ...]], names: Sequence[str], paired: bool = True, min_rows: int = 1
) -> None:
    """Check the shapes of views, as `check_views` does.

    Raises
    ------
    InputError
        If one is not ``(n, d)``, or they do not fit together.
    """
    for shape, name in zip(shapes, names, strict=True):
        if len(shape) != 2 or shape[1] == 0:
            raise InputError(f"{name} has shape {shape}; give a two-dimensional (n, d) array.")
        if shape[0] < min_rows:
            rows = "row" if min_rows == 1 else "rows"
            raise InputError(f"{name} has {shape[0]} rows; at least {min_rows} {rows} needed.")
        if shape[1] != shapes[0][1]:
            raise InputError(
                f"{names[0]} has {shapes[0][1]} columns but {name} has {shape[1]}; "
                "embeddings of one space have equal dimension."
            )
        if paired and shape[0] != shapes[0][0]:
            raise InputError(
                f"{names[0]} has {shapes[0][0]} rows but {name} has {shape[0]}; "
                "give one row per pair in every view."
            )


def _check_rows(array: NDArray[Any], name: str, start: int) -> None:
    for chunk in row_chunks(array):
        with np.errstate(all="ignore"):
            squared = np.einsum("ij,ij->i", chunk, chunk)
        for row in np.flatnonzero(~((squared > 0) & (squared < np.inf))):
            # Squares also over- and underflow for extreme rows that are good.
            largest = np.abs(chunk[row]).max()
            if not 0 < largest < np.inf:
                what = "zero" if largest == 0 else "not finite"
                raise InputError(f"row {start + row} of {name} is {what}; remove or repair it.")
        start += len(chunk)
