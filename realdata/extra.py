"""The optional dependencies of this room, imported when first needed."""

from __future__ import annotations

import importlib
from types import ModuleType

from theory.errors import InputError

__all__ = ["require", "require_open_clip", "require_torchvision"]


def require(module: str, what: str, extra: str = "real") -> ModuleType:
    """Import an optional module.

    Parameters
    ----------
    module : str
        Its name.
    what : str
        What needs it: the beginning of the sentence.
    extra : str
        The extra of gaplab that installs it.

    Raises
    ------
    InputError
        If it cannot be imported.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise InputError(
            f"{what} needs {module}, which cannot be imported ({error}); "
            f'install it with pip install "gaplab[{extra}]".'
        ) from None


def require_open_clip() -> ModuleType:
    """The `open_clip` package; raises InputError if the extra ``real`` is not installed."""
    return require("open_clip", "real training")


def require_torchvision() -> ModuleType:
    """The `torchvision` package; raises InputError if the extra ``real`` is not installed."""
    return require("torchvision", "fetching this data set")
