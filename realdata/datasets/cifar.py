"""CIFAR-10 and CIFAR-100: official split, 32 × 32 in colour."""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from realdata.datasets.base import DATASETS, PairedDataset
from realdata.datasets.official import join_parts
from realdata.datasets.sources import find, load_npz
from theory.errors import InputError

__all__ = ["cifar10", "cifar100", "read_batch"]

_KEYS = ("train_images", "train_labels", "test_images", "test_labels", "class_names")
_LICENCE = "(Krizhevsky, 2009), no formal licence; cite the technical report. Official test part."
_ALLOWED = {
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("_codecs", "encode"),
}
"""What the official batches need besides plain containers; nothing here can run code."""


class _Batches(pickle.Unpickler):
    """Unpickles arrays, numbers and text, and refuses every other name."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it names {module}.{name}")
        return super().find_class(module, name)


def read_batch(path: Path) -> dict[str, Any]:
    """One file of the official Python version, through an unpickler that only makes data.

    Raises
    ------
    InputError
        If the file is damaged, or names anything but arrays, numbers and text.
    """
    try:
        content = _Batches(io.BytesIO(path.read_bytes()), encoding="bytes").load()
        return {key.decode(): value for key, value in content.items()}
    except (
        OSError,
        EOFError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        KeyError,
        pickle.UnpicklingError,
    ) as error:
        raise InputError(
            f"{path} is not a batch of CIFAR ({error}); get the official archive again."
        ) from None


def _pictures(batch: Mapping[str, Any], path: Path) -> np.ndarray:
    data = np.asarray(batch.get("data"))
    if data.ndim != 2 or data.shape[1] != 3 * 32 * 32 or data.dtype != np.uint8:
        raise InputError(f"{path} holds no 32 × 32 pictures; get the official archive again.")
    return data.reshape(-1, 3, 32, 32)


def _official(folder: Path, labels: str, files: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Arrays of the official folder, as the keys of the ``.npz`` files."""
    found: dict[str, Any] = {}
    for part, names in files.items():
        batches = [(folder / name, read_batch(folder / name)) for name in names]
        found[f"{part}_images"] = np.concatenate([_pictures(b, path) for path, b in batches])
        found[f"{part}_labels"] = np.concatenate([np.asarray(b[labels]) for _, b in batches])
    return found


def _build(name: str, title: str, arrays: Mapping[str, Any], **sizes: int | None) -> PairedDataset:
    images, labels, split = join_parts(arrays, sizes["n_train"], sizes["n_test"])
    classes = tuple(str(text).replace("_", " ") for text in arrays["class_names"])
    return PairedDataset(
        name=name,
        images=images,
        captions=[f"a photo of a {classes[label]}" for label in labels.tolist()],
        labels=labels,
        classes=classes,
        split=split,
        licence=f"{title} {_LICENCE}",
    )


@DATASETS.register("cifar10")
def cifar10(
    folder: str | None = None, n_train: int | None = None, n_test: int | None = None
) -> PairedDataset:
    """CIFAR-10 with one prompt a class, so that every image of the class is correct.

    Parameters
    ----------
    folder : str, optional
        Where ``cifar-10-batches-py`` or ``cifar10_subset.npz`` is; by default
        ``$GAPLAB_DATA``, then ``./data``.
    n_train, n_test : int, optional
        Balanced subsets of the official parts; all by default.
    """
    place = find(
        "CIFAR-10",
        ("cifar-10-batches-py", "cifar10_subset.npz"),
        how="get it with python -c \"import torchvision; torchvision.datasets.CIFAR10('data', "
        'download=True)".',
        folder=folder,
    )
    if place.is_dir():
        train = tuple(f"data_batch_{k}" for k in range(1, 6))
        arrays = _official(place, "labels", {"train": train, "test": ("test_batch",)})
        names = read_batch(place / "batches.meta")["label_names"]
        arrays["class_names"] = [name.decode() for name in names]
    else:
        arrays = load_npz(place, _KEYS)
        for part in ("train_images", "test_images"):
            arrays[part] = np.ascontiguousarray(arrays[part].transpose(0, 3, 1, 2))
    return _build("cifar10", "CIFAR-10", arrays, n_train=n_train, n_test=n_test)


@DATASETS.register("cifar100")
def cifar100(
    folder: str | None = None, n_train: int | None = None, n_test: int | None = None
) -> PairedDataset:
    """CIFAR-100 (its 100 fine classes) with one prompt a class; parameters as in `cifar10`."""
    place = find(
        "CIFAR-100",
        ("cifar-100-python",),
        how="get it with python -c \"import torchvision; torchvision.datasets.CIFAR100('data', "
        'download=True)".',
        folder=folder,
    )
    arrays = _official(place, "fine_labels", {"train": ("train",), "test": ("test",)})
    names = read_batch(place / "meta")["fine_label_names"]
    arrays["class_names"] = [name.decode() for name in names]
    return _build("cifar100", "CIFAR-100", arrays, n_train=n_train, n_test=n_test)
