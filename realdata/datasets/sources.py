"""Where data sets are looked for on this machine, and what to say if they are not there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from theory.errors import InputError

__all__ = ["VARIABLE", "find", "load_npz", "search_folders"]

VARIABLE = "GAPLAB_DATA"
"""Environment variable with the folder that is searched first."""


def search_folders(folder: str | Path | None = None) -> list[Path]:
    """Folders to look in: the one given alone, else ``$GAPLAB_DATA`` and ``./data``.

    Raises
    ------
    InputError
        If a folder that was named does not exist.
    """
    named = folder if folder is not None else os.environ.get(VARIABLE)
    if not named:
        return [Path("data")]
    path = Path(named).expanduser()
    if not path.is_dir():
        what = "folder" if folder is not None else VARIABLE
        raise InputError(f"{what} {str(named)!r} is not a folder; name one that holds the data.")
    return [path] if folder is not None else [path, Path("data")]


def find(
    what: str,
    candidates: Sequence[str],
    *,
    how: str,
    folder: str | Path | None = None,
    elsewhere: Sequence[Path] = (),
) -> Path:
    """The first of some files or folders that exists.

    Parameters
    ----------
    what : str
        Name of the data set, for the message.
    candidates : sequence of str
        Paths inside each of `search_folders`; the order of candidates goes before that of folders.
    how : str
        How to get it: the end of the sentence.
    folder : str or Path, optional
        Look only here.
    elsewhere : sequence of Path
        Places outside, looked at last unless `folder` is given.

    Raises
    ------
    InputError
        If none exists.
    """
    folders = search_folders(folder)
    places = [root / candidate for candidate in candidates for root in folders]
    for place in [*places, *(elsewhere if folder is None else ())]:
        if place.exists():
            return place
    looked = ", ".join(map(str, folders))
    raise InputError(
        f"{what} is not here (looked for {' or '.join(candidates)} in {looked}; "
        f"{VARIABLE} names a folder to search first); {how}"
    )


def load_npz(path: Path, keys: Sequence[str]) -> dict[str, np.ndarray]:
    """Arrays of an ``.npz`` file, never unpickled.

    Raises
    ------
    InputError
        If the file is damaged or lacks one of `keys`.
    """
    try:
        with np.load(path, allow_pickle=False) as opened:
            missing = [key for key in keys if key not in opened.files]
            if not missing:
                return {key: opened[key] for key in keys}
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} cannot be read ({error}); get it again.") from None
    raise InputError(f"{path} lacks {', '.join(missing)}; it is not the file that is needed.")
