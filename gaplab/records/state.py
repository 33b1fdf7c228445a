"""Fitted estimators on disk: plain values and arrays in one safetensors file, never a pickle."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
from safetensors.numpy import save_file

from gaplab.records.errors import RecordError
from gaplab.records.files import atomic_path

__all__ = ["load_state", "save_state"]

_HEADER = "gaplab.state"


def save_state(
    path: str | os.PathLike[str], header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]
) -> Path:
    """Write what ``state()`` of an estimator gives, atomically.

    ``save_state(path, *repair.state())`` keeps a repair;
    ``theory.repairs.from_state(*load_state(path))`` gives it back.

    Raises
    ------
    RecordError
        If the name does not end in ``.safetensors``.
    """
    if Path(path).suffix != ".safetensors":
        raise RecordError(
            f"{path} ends in {Path(path).suffix or 'nothing'}; name a .safetensors file."
        )
    tensors = {key: np.ascontiguousarray(array) for key, array in arrays.items()}
    metadata = {_HEADER: json.dumps(dict(header), allow_nan=False)}
    with atomic_path(path) as part:
        save_file(tensors, part, metadata=metadata)
    return Path(path)


def load_state(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Read what `save_state` wrote: header and arrays.

    Raises
    ------
    RecordError
        If the file is absent, damaged or holds something else.
    """
    file = Path(path)
    if not file.is_file():
        raise RecordError(f"{path} is not a file; give what a repair was saved to.")
    try:
        with safetensors.safe_open(file, framework="numpy") as opened:
            metadata = opened.metadata() or {}
            arrays = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
    except (OSError, safetensors.SafetensorError) as error:
        raise RecordError(f"{path} cannot be read ({error}); save the repair again.") from None
    if _HEADER not in metadata:
        raise RecordError(f"{path} holds no saved repair; give what a repair was saved to.")
    return json.loads(metadata[_HEADER]), arrays
