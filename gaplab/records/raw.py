"""Rows of numbers in a file without a header, such as a bare memory-map."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gaplab.records.errors import RecordError

__all__ = ["RAW_SUFFIXES", "RawFormat", "load_raw"]

RAW_SUFFIXES = frozenset({".bin", ".dat", ".raw", ".mmap", ".memmap"})
"""Endings of files that are taken to have no header."""

_TYPES = ("float16", "float32", "float64")


class RawFormat(NamedTuple):
    """What a file without a header holds: the type of its numbers, and how many a row has."""

    dtype: str
    columns: int

    @classmethod
    def parse(cls, text: str) -> RawFormat:
        """A format as people write it.

        Raises
        ------
        RecordError
            If `text` is not a type and a number of columns.

        Examples
        --------
        >>> RawFormat.parse("float32:512")
        RawFormat(dtype='float32', columns=512)
        """
        dtype, _, columns = text.partition(":")
        if dtype not in _TYPES or not columns.isascii() or not columns.isdigit():
            raise RecordError(
                f"--raw {text!r} is not a type and a number of columns; write one of "
                f"{', '.join(_TYPES)}, a colon and the columns, as in float32:512."
            )
        if int(columns) < 1:
            raise RecordError(f"--raw {text!r} has no columns; give at least 1.")
        return cls(dtype, int(columns))


def load_raw(path: str | os.PathLike[str], layout: RawFormat | None) -> np.ndarray:
    """A file without a header as rows, row after row in the machine's byte order; memory-mapped.

    Raises
    ------
    RecordError
        If there is no such file, `layout` is missing, or the file does not hold whole rows.
    """
    if not Path(path).is_file():
        raise RecordError(f"{path} is not a file; check the path.")
    if layout is None:
        raise RecordError(
            f"{path} has no header; say what it holds with --raw, as in --raw float32:512."
        )
    size, row = Path(path).stat().st_size, np.dtype(layout.dtype).itemsize * layout.columns
    if size == 0 or size % row:
        raise RecordError(
            f"{path} has {size} bytes, which are not whole rows of {layout.columns} numbers of "
            f"{layout.dtype} ({row} bytes each); give the type and columns that it was written in."
        )
    return np.memmap(path, dtype=layout.dtype, mode="r", shape=(size // row, layout.columns))
