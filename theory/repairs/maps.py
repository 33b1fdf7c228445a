"""The map that a repair applies to one view, and how a fitted repair is packed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError

__all__ = ["AffineMap", "RepairState", "pack", "unpack"]


class AffineMap(NamedTuple):
    """The map ``x ↦ A x + b`` of one view, or ``x ↦ N(A x + b) + c`` with N the normalisation.

    Attributes
    ----------
    matrix : ndarray, shape (k, d), or None
        A; None for the identity.
    offset : ndarray, shape (k,), or None
        b; None for 0.
    after : ndarray, shape (k,), or None
        c; None for no inner normalisation.
    """

    matrix: NDArray[np.float64] | None = None
    offset: NDArray[np.float64] | None = None
    after: NDArray[np.float64] | None = None

    def __call__(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """Map rows, shape (n, d), in float64; a row of length 0 is left as it is by N."""
        mapped = rows.astype(np.float64)
        if self.matrix is not None:
            mapped = mapped @ self.matrix.T
        if self.offset is not None:
            mapped += self.offset
        if self.after is not None:
            length = np.linalg.norm(mapped, axis=1, keepdims=True)
            mapped /= np.where(length > 0, length, 1.0)
            mapped += self.after
        return mapped

    def width(self, columns: int) -> int:
        """Number of columns that rows of `columns` columns are mapped to."""
        return columns if self.matrix is None else self.matrix.shape[0]


class RepairState(NamedTuple):
    """A fitted repair as plain values and arrays, to be kept without pickle.

    Attributes
    ----------
    header : dict
        JSON types: the registered name, the options and the fitted state, with the keys of
        `arrays` in place of arrays.
    arrays : dict of str to ndarray
    """

    header: dict[str, Any]
    arrays: dict[str, NDArray[Any]]


def pack(value: Any, key: str, arrays: dict[str, NDArray[Any]]) -> Any:
    """`value` in JSON types, its arrays moved into `arrays` under names that begin with `key`."""
    if isinstance(value, AffineMap):
        parts = {k: v for k, v in value._asdict().items() if v is not None}
        return {"map": {name: pack(part, f"{key}.{name}", arrays) for name, part in parts.items()}}
    if isinstance(value, np.ndarray):
        arrays[key] = value
        return {"array": key}
    if isinstance(value, list | tuple):
        return [pack(item, f"{key}.{index}", arrays) for index, item in enumerate(value)]
    return value.item() if isinstance(value, np.generic) else value


def unpack(value: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    """Undo `pack`."""
    if isinstance(value, list):
        return [unpack(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    if "map" in value:
        return AffineMap(**{name: unpack(part, arrays) for name, part in value["map"].items()})
    if value.get("array") not in arrays:
        raise InputError(
            f"array {value.get('array')!r} of the saved repair is missing; save the repair again."
        )
    return arrays[value["array"]]
