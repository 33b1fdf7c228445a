"""MNIST and Fashion-MNIST: official split, 28 × 28."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from realdata.datasets.base import DATASETS, PairedDataset
from realdata.datasets.captions import WORDS, describe
from realdata.datasets.idx import find_idx
from realdata.datasets.official import join_parts
from realdata.datasets.sources import load_npz, search_folders
from realdata.extra import require_torchvision
from theory.errors import InputError

__all__ = ["FASHION", "fashion_mnist", "mnist", "mnist_arrays"]

_KEYS = ("train_images", "train_labels", "test_images", "test_labels")
_DEBIAN = Path("/usr/share/datasets/fashion-mnist")

FASHION = (
    "T-shirt",
    "pair of trousers",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)
"""Classes of Fashion-MNIST, in the order of its labels."""


def mnist_arrays(folder: str | None = None) -> dict[str, np.ndarray]:
    """MNIST's four arrays, from ``mnist_subset.npz``, ``mnist.npz`` or torchvision's folder.

    Raises
    ------
    InputError
        If none is here.
    """
    how = (
        "get it with python -c \"import torchvision; torchvision.datasets.MNIST('data', "
        'download=True)".'
    )
    folders = ("MNIST/raw", "mnist", ".")
    for candidate in ("mnist.npz", "mnist_subset.npz"):
        for root in search_folders(folder):
            if (root / candidate).is_file():
                return load_npz(root / candidate, _KEYS)
    return find_idx("MNIST", folders, how=how, folder=folder)


@DATASETS.register("mnist")
def mnist(
    folder: str | None = None, n_train: int | None = None, n_test: int | None = None
) -> PairedDataset:
    """MNIST with captions from many wordings (see `describe`).

    Parameters
    ----------
    folder : str, optional
        Where it is; by default ``$GAPLAB_DATA``, then ``./data``.
    n_train, n_test : int, optional
        Balanced subsets of the official parts; all by default.
    """
    images, labels, split = join_parts(mnist_arrays(folder), n_train, n_test)
    return PairedDataset(
        name="mnist",
        images=images[:, None],
        captions=describe(images.astype(np.float64), labels),
        labels=labels,
        classes=WORDS,
        split=split,
        licence="MNIST (LeCun, Cortes & Burges, 1998); from NIST Special Databases 1 and 3, "
        "public domain. Official test part.",
    )


@DATASETS.register("fashion_mnist")
def fashion_mnist(
    folder: str | None = None,
    n_train: int | None = None,
    n_test: int | None = None,
    download: bool = False,
) -> PairedDataset:
    """Fashion-MNIST with one prompt a class, so that every image of the class is correct.

    Parameters
    ----------
    folder, n_train, n_test
        As in `mnist`; the Debian package dataset-fashion-mnist is found as well.
    download : bool
        Fetch it with torchvision, into the first searched folder.
    """
    inside = ("FashionMNIST/raw", "fashion-mnist", ".")
    if download:
        _download(search_folders(folder)[0])
    arrays = find_idx(
        "Fashion-MNIST",
        inside[:2] if folder is None else inside,
        how="install the Debian package dataset-fashion-mnist, "
        'or let torchvision fetch it: dataset_options={"download": true}.',
        folder=folder,
        elsewhere=(_DEBIAN,),
    )
    images, labels, split = join_parts(arrays, n_train, n_test)
    return PairedDataset(
        name="fashion_mnist",
        images=images[:, None],
        captions=[f"a photo of a {FASHION[label]}" for label in labels.tolist()],
        labels=labels,
        classes=FASHION,
        split=split,
        licence="Fashion-MNIST (Xiao, Rasul & Vollgraf, 2017), MIT. Official test part.",
    )


def _download(root: Path) -> None:
    torchvision = require_torchvision()
    try:
        torchvision.datasets.FashionMNIST(root=str(root), download=True)
    except (OSError, RuntimeError) as error:
        raise InputError(
            f"Fashion-MNIST cannot be fetched ({error}); "
            "install the Debian package dataset-fashion-mnist instead."
        ) from None
