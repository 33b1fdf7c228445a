"""The optional dependency of this room, imported when first needed."""

from __future__ import annotations

from types import ModuleType

from theory.errors import InputError

__all__ = ["require_open_clip"]


def require_open_clip() -> ModuleType:
    """The `open_clip` package.

    Raises
    ------
    InputError
        If the extra ``real`` is not installed.
    """
    try:
        import open_clip
    except ImportError as error:
        raise InputError(
            f"real training needs open_clip, which cannot be imported ({error}); "
            'install it with pip install "gaplab[real]".'
        ) from None
    module: ModuleType = open_clip
    return module
