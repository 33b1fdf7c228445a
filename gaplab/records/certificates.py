"""Certificates on disk: how boxes were closed, so that a later run need not do it all again.

Plain data by claim, as a ledger holds them: what they mean, and whether they still fit, is for
the engine to say.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gaplab.records.errors import RecordError
from gaplab.records.files import read_json, write_json

__all__ = ["load_certificates", "save_certificates"]

_PACKAGED = Path(__file__).with_name("certificates.json")


def load_certificates(path: str | os.PathLike[str] | None = None) -> dict[str, Any]:
    """Read certificates by claim; without a path, those that come with the package.

    Raises
    ------
    RecordError
        If the file is absent or no file of certificates.
    """
    source = _PACKAGED if path is None else Path(path)
    found = read_json(source)
    if not isinstance(found, dict) or not all(isinstance(v, dict) for v in found.values()):
        raise RecordError(
            f"{source} holds no certificates by claim; write it with gaplab verify --profile full."
        )
    return found


def save_certificates(certificates: Mapping[str, Any], path: str | os.PathLike[str]) -> Path:
    """Write certificates, and keep those that the file has of other claims."""
    target = Path(path)
    kept = load_certificates(target) if target.exists() else {}
    return write_json(dict(sorted({**kept, **certificates}.items())), target)
