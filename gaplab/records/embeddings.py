"""Embeddings: two or more views of the same items, with labels, captions and origin."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
from safetensors.numpy import save_file

from gaplab.records.errors import RecordError
from gaplab.records.files import atomic_path, plain, read_json
from gaplab.records.raw import RAW_SUFFIXES, RawFormat, load_raw

__all__ = ["Embeddings", "load_array", "load_values", "load_views"]

_LABELS = "labels"


@dataclass
class Embeddings:
    """Paired embeddings: row i of every view belongs to item i.

    Attributes
    ----------
    views : dict of str to ndarray, each (n, d)
        One array a modality, e.g. ``{"image": …, "text": …}``.
    labels : ndarray (n,), optional
        Class of each item, integers.
    captions : list of str, optional
        Caption of each item.
    made : dict
        How they were made (JSON types).
    """

    views: dict[str, np.ndarray]
    labels: np.ndarray | None = None
    captions: list[str] | None = None
    made: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        sizes = {name: view.shape[0] if view.ndim else 0 for name, view in self.views.items()}
        if not sizes or len(set(sizes.values())) != 1:
            raise RecordError(f"views have {sizes or 'no'} rows; every view needs the same number.")
        n = next(iter(sizes.values()))
        for what, value in (("labels", self.labels), ("captions", self.captions)):
            if value is not None and len(value) != n:
                raise RecordError(f"{what} has {len(value)} entries for {n} rows; give one a row.")

    def __len__(self) -> int:
        return len(next(iter(self.views.values())))

    @property
    def groups(self) -> np.ndarray | None:
        """Equal integers where captions are equal (such items are correct answers alike)."""
        if self.captions is None:
            return None
        return np.unique(np.asarray(self.captions), return_inverse=True)[1]

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write as safetensors, atomically."""
        tensors = {f"view.{name}": np.ascontiguousarray(v) for name, v in self.views.items()}
        if self.labels is not None:
            tensors[_LABELS] = np.ascontiguousarray(self.labels, dtype=np.int64)
        metadata = {"order": json.dumps(list(self.views)), "made": json.dumps(plain(self.made))}
        if self.captions is not None:
            metadata["captions"] = json.dumps(self.captions)
        with atomic_path(path) as part:
            save_file(tensors, part, metadata=metadata)
        return Path(path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Embeddings:
        """Read what `save` wrote, or an ``.npz`` of views (with optional ``labels``)."""
        arrays, metadata = _read(path)
        labels = arrays.pop(_LABELS, None)
        order = json.loads(metadata["order"]) if "order" in metadata else sorted(arrays)
        named = {key.removeprefix("view."): array for key, array in arrays.items()}
        captions = metadata.get("captions")
        return cls(
            views={name.removeprefix("view."): named[name.removeprefix("view.")] for name in order},
            labels=labels,
            captions=None if captions is None else json.loads(captions),
            made=json.loads(metadata.get("made", "{}")),
        )


def load_array(path: str | os.PathLike[str]) -> np.ndarray:
    """One (n, d) array from ``.npy`` (memory-mapped), ``.npz`` or ``.safetensors``.

    Raises
    ------
    RecordError
        If the file is absent, of another format, or holds more than one array.
    """
    if Path(path).suffix == ".npy" and Path(path).is_file():
        try:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            raise RecordError(
                f"{path} is not a plain .npy array ({error}); save it again."
            ) from None
        return np.asarray(array) if array.ndim == 0 else array
    arrays, _ = _read(path)
    arrays.pop(_LABELS, None)
    if len(arrays) != 1:
        raise RecordError(
            f"{path} holds {len(arrays)} arrays ({', '.join(sorted(arrays))}); "
            "give a file with one array of rows."
        )
    return next(iter(arrays.values()))


def load_views(paths: Sequence[str | os.PathLike[str]], raw: RawFormat | None = None) -> Embeddings:
    """Views of the same items from one file or several, with the labels and captions in them.

    A ``.npy`` file is one view and stays a memory-map; so does one without a header (`raw` says
    what it holds). Another file may hold several, as what `Embeddings.save` writes does. A view
    alone in its file is called after the file, others
    after their key; where two names are equal they are numbered.

    Returns
    -------
    Embeddings
        ``made["sources"]`` says where each view is from, for messages.

    Raises
    ------
    RecordError
        If a file is absent or of another format, or the numbers of rows differ.
    """
    named: list[tuple[str, str, np.ndarray]] = []  # name, where it is from, rows
    labels: np.ndarray | None = None
    captions: list[str] | None = None
    for path in paths:
        suffix = Path(path).suffix
        if suffix == ".npy" or suffix in RAW_SUFFIXES:
            rows = load_array(path) if suffix == ".npy" else load_raw(path, raw)
            named.append((Path(path).stem, str(path), rows))
            continue
        found = Embeddings.load(path)
        if len(found.views) == 1:
            named.append((Path(path).stem, str(path), next(iter(found.views.values()))))
        else:
            named += [(name, f"{name} of {path}", view) for name, view in found.views.items()]
        labels = found.labels if labels is None else labels
        captions = found.captions if captions is None else captions
    for _, source, view in named:
        if view.ndim != 2:
            raise RecordError(f"{source} has shape {view.shape}; give one row of numbers per item.")
        if len(view) != len(named[0][2]):
            raise RecordError(
                f"{named[0][1]} has {len(named[0][2])} rows but {source} has {len(view)}; "
                "row i of every view must be the same item."
            )
    counts = Counter(name for name, _, _ in named)
    views = {
        name if counts[name] == 1 else f"{name}-{k}": view
        for k, (name, _, view) in enumerate(named)
    }
    return Embeddings(views, labels, captions, {"sources": [source for _, source, _ in named]})


def load_values(path: str | os.PathLike[str]) -> np.ndarray:
    """One value a row, such as labels or captions.

    From ``.txt`` (one a line), ``.json`` (a list), or one array in ``.npy``, ``.npz`` or
    ``.safetensors``.

    Raises
    ------
    RecordError
        If the file is absent, of another format, or does not hold one list.
    """
    file = Path(path)
    if file.suffix == ".txt":
        try:
            return np.array(file.read_text(encoding="utf-8").splitlines())
        except FileNotFoundError:
            raise RecordError(f"{path} does not exist; check the path.") from None
        except UnicodeDecodeError as error:
            raise RecordError(f"{path} is not UTF-8 text ({error}); save it again.") from None
    if file.suffix == ".json":
        values = read_json(file)
        if not isinstance(values, list):
            raise RecordError(f"{path} is not a JSON list; write one value per row.")
        return np.array(values)
    if file.suffix == ".npy":
        return load_array(path)
    arrays, _ = _read(path)
    if len(arrays) != 1:
        raise RecordError(
            f"{path} holds {len(arrays)} arrays ({', '.join(sorted(arrays))}); "
            "give a file with one."
        )
    return next(iter(arrays.values()))


def _read(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray], Mapping[str, str]]:
    """Arrays and string metadata of a file, without ever unpickling."""
    file = Path(path)
    if not file.is_file():
        raise RecordError(f"{path} is not a file; give embeddings as .npy, .npz or .safetensors.")
    try:
        if file.suffix == ".safetensors":
            with safetensors.safe_open(file, framework="numpy") as opened:
                arrays = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
                return arrays, opened.metadata() or {}
        if file.suffix == ".npz":
            with np.load(file, allow_pickle=False) as opened:
                return {key: opened[key] for key in opened.files}, {}
    except (OSError, ValueError, TypeError, EOFError, safetensors.SafetensorError) as error:
        raise RecordError(f"{path} cannot be read ({error}); save it again.") from None
    raise RecordError(
        f"{path} ends in {file.suffix or 'nothing'}; give .npy, .npz or .safetensors."
    )
