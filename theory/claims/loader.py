"""A user's own file of claims."""

from __future__ import annotations

import importlib.util
import os
import sys
import traceback
import zlib
from pathlib import Path

from theory.claims import base
from theory.claims.base import Claim
from theory.errors import InputError

__all__ = ["load_claims"]


def load_claims(path: str | os.PathLike[str]) -> list[type[Claim]]:
    """Run a Python file and return the claims it registers, in their order.

    They are not added to the ledger of the house; pass them to ``verify(claims=...)``.

    Parameters
    ----------
    path : str or path
        A Python file whose classes are decorated with `register`.

    Raises
    ------
    InputError
        If the file is missing, does not run, registers nothing, or takes an id twice; the
        message names the file and the claim.
    """
    file = Path(path)
    if not file.is_file():
        raise InputError(f"claims file {file} does not exist; give a Python file of claims.")
    name = f"gaplab_claims_{zlib.crc32(str(file.resolve()).encode()):08x}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise InputError(f"claims file {file} is no Python file; its name must end in .py.")
    module = importlib.util.module_from_spec(spec)
    collected: dict[str, type[Claim]] = {}
    base._collecting.append(collected)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise InputError(
            f"claims file {file} has a syntax error in line {error.lineno}: {error.msg}; mend it."
        ) from error
    except InputError as error:
        raise InputError(f"claims file {file}{_line(error, file)}: {error}") from error
    except (Exception, SystemExit) as error:
        raise InputError(
            f"claims file {file}{_line(error, file)} raised {type(error).__name__} while it was "
            f"read: {error}; mend it."
        ) from error
    finally:
        base._collecting.pop()
        # Left out of sys.modules the classes travel to worker processes by value.
        del sys.modules[name]
    if not collected:
        raise InputError(f"claims file {file} registers no claim; decorate a class with @register.")
    for kind in collected.values():
        kind.origin = str(file)
    return list(collected.values())


def _line(error: BaseException, file: Path) -> str:
    """Where in the file it was raised."""
    calls = traceback.extract_tb(error.__traceback__)
    lines = [call.lineno for call in calls if Path(call.filename).resolve() == file.resolve()]
    return f", line {lines[-1]}" if lines else ""
