"""The IDX format of MNIST and Fashion-MNIST."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import numpy as np

from realdata.datasets.sources import find
from theory.errors import InputError

__all__ = ["find_idx", "read_idx"]

_PARTS = {
    "train_images": "train-images-idx3-ubyte",
    "train_labels": "train-labels-idx1-ubyte",
    "test_images": "t10k-images-idx3-ubyte",
    "test_labels": "t10k-labels-idx1-ubyte",
}
_UNSIGNED_BYTE = 8


def read_idx(path: Path) -> np.ndarray:
    """Bytes of an IDX file, gzipped or not.

    Byte 3 is the number of dimensions; their big-endian 32-bit sizes follow, then the values.

    Raises
    ------
    InputError
        If the file is not of this format, or truncated.
    """
    try:
        raw = path.read_bytes()
        content = gzip.decompress(raw) if path.suffix == ".gz" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path} cannot be read ({error}); get it again.") from None
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] != _UNSIGNED_BYTE:
        raise InputError(f"{path} is not an IDX file of bytes; get it again.")
    dimensions = content[3]
    start = 4 + 4 * dimensions
    shape = tuple(np.frombuffer(content[4:start], dtype=">u4").astype(int).tolist())
    if len(shape) != dimensions or len(content) - start != int(np.prod(shape)):
        raise InputError(
            f"{path} has {max(len(content) - start, 0)} values for the shape {shape}; "
            "it is truncated: get it again."
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def find_idx(
    what: str,
    folders: tuple[str, ...],
    *,
    how: str,
    folder: str | Path | None = None,
    elsewhere: tuple[Path, ...] = (),
) -> dict[str, np.ndarray]:
    """The four arrays of an MNIST-like data set.

    Parameters
    ----------
    what, how, folder, elsewhere
        As in `find`; `elsewhere` are folders.
    folders : tuple of str
        Folders that may hold the four files, relative to the searched ones.

    Returns
    -------
    dict of ndarray
        ``train_images``, ``train_labels``, ``test_images``, ``test_labels``, uint8.
    """
    stem = _PARTS["train_images"]
    endings = (".gz", "")
    first = find(
        what,
        [f"{inside}/{stem}{end}" for inside in folders for end in endings],
        how=how,
        folder=folder,
        elsewhere=[place / f"{stem}{end}" for place in elsewhere for end in endings],
    )
    end = first.suffix if first.suffix == ".gz" else ""
    return {part: read_idx(first.parent / f"{name}{end}") for part, name in _PARTS.items()}
