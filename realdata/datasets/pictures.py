"""Pictures from files: decoded once, to one size, with every bad file named."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from gaplab.records import atomic_path
from theory.errors import InputError

__all__ = ["decode", "read_picture"]

_THREADS = 8
_BLOCK = 1024


def read_picture(source: object, size: int, row: int, what: str) -> np.ndarray:
    """One picture in colour: its shorter side scaled to `size`, then the centre (as CLIP does).

    Parameters
    ----------
    source : path or binary file
        Where the picture is.
    size : int
        Side of the result.
    row : int
        For the message.
    what : str
        Name of the file, for the message.

    Returns
    -------
    ndarray (3, size, size), uint8

    Raises
    ------
    InputError
        If it cannot be decoded.
    """
    try:
        with Image.open(source) as opened:  # type: ignore[arg-type]
            picture = opened.convert("RGB")
    except FileNotFoundError:
        raise InputError(f"picture {what} of row {row} does not exist; correct its path.") from None
    except (
        OSError,
        UnidentifiedImageError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
    ) as error:
        raise InputError(
            f"picture {what} of row {row} cannot be decoded ({error}); replace the file, "
            'or leave out such rows with bad_rows="skip".'
        ) from None
    width, height = picture.size
    scale = size / min(width, height)
    shape = (max(size, round(width * scale)), max(size, round(height * scale)))
    left, top = (shape[0] - size) // 2, (shape[1] - size) // 2
    scaled = picture.resize(shape, Image.Resampling.BICUBIC)
    cropped = scaled.crop((left, top, left + size, top + size))
    return np.asarray(cropped, dtype=np.uint8).transpose(2, 0, 1)


def decode(
    paths: Sequence[Path],
    size: int,
    *,
    numbers: Sequence[int] | None = None,
    bad_rows: str = "error",
    cache: str | Path | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Decode all pictures once, so that no training step waits for a file.

    Parameters
    ----------
    paths : sequence of Path
        One a row.
    size : int
        Side of the pictures.
    numbers : sequence of int, optional
        What the rows are called in a message; counted from 0 by default.
    bad_rows : {"error", "skip"}
        What to do with a file that cannot be decoded.
    cache : str or Path, optional
        Folder that keeps the decoded pictures, so that they need not fit into memory and are
        decoded once. Changed files are decoded again.

    Returns
    -------
    pictures : ndarray (n, 3, size, size), uint8
        Of the rows that could be decoded; a memory-map with `cache`.
    rows : ndarray (n,)
        Which rows those are.
    """
    if numbers is None:
        numbers = range(len(paths))
    if cache is None:
        pictures = np.empty((len(paths), 3, size, size), dtype=np.uint8)
        rows = _fill(pictures, paths, numbers, bad_rows)
        return pictures[: len(rows)], rows
    file = Path(cache).expanduser() / f"pictures-{_fingerprint(paths, size)}.npy"
    index = file.with_suffix(".rows.npy")
    if not (file.is_file() and index.is_file()):
        with atomic_path(file) as part, atomic_path(index) as listed:
            mapped = np.lib.format.open_memmap(
                part, "w+", dtype=np.uint8, shape=(len(paths), 3, size, size)
            )
            rows = _fill(mapped, paths, numbers, bad_rows)
            mapped.flush()
            with listed.open("wb") as stream:
                np.save(stream, rows)
    rows = np.load(index)
    if bad_rows == "error" and len(rows) < len(paths):
        row = int(np.setdiff1d(np.arange(len(paths)), rows)[0])
        read_picture(paths[row], size, numbers[row], str(paths[row]))
    return np.load(file, mmap_mode="r")[: len(rows)], rows


def _fill(
    pictures: np.ndarray, paths: Sequence[Path], numbers: Sequence[int], bad_rows: str
) -> np.ndarray:
    """Decode into the first rows of `pictures`; the rows of `paths` that are there."""
    size = pictures.shape[-1]

    def one(row: int) -> np.ndarray | InputError:
        try:
            return read_picture(paths[row], size, numbers[row], str(paths[row]))
        except InputError as error:
            return error

    kept: list[int] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        for first in range(0, len(paths), _BLOCK):
            rows = range(first, min(first + _BLOCK, len(paths)))
            for row, found in zip(rows, pool.map(one, rows), strict=True):
                if not isinstance(found, InputError):
                    pictures[len(kept)] = found
                    kept.append(row)
                elif bad_rows == "error":
                    raise found
    return np.array(kept, dtype=np.int64)


def _fingerprint(paths: Sequence[Path], size: int) -> str:
    digest = hashlib.sha256(str(size).encode())
    for path in paths:
        changed = path.stat().st_mtime_ns if path.is_file() else 0
        digest.update(f"{path.resolve()}\t{changed}\n".encode())
    return digest.hexdigest()[:16]
