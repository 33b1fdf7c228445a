"""Data sets with official parts: formats, damaged files, and pickles that are not data."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from realdata import datasets
from realdata.datasets.cifar import read_batch
from realdata.datasets.idx import read_idx
from realdata.datasets.official import balanced_rows
from theory.errors import InputError

Build = Callable[[str], dict[str, Any]]


def test_the_official_test_part_is_the_test_part(build: Build) -> None:
    data = datasets.create("mnist", **build("mnist"))
    assert {part: len(rows) for part, rows in data.split.items()} == {
        "train": 110,
        "val": 10,
        "test": 50,
    }
    assert data.split["test"].min() == 120


def test_images_are_those_of_the_files(build: Build) -> None:
    options = build("fashion_mnist")
    raw = read_idx(Path(options["folder"]) / "fashion-mnist" / "t10k-images-idx3-ubyte.gz")
    found = datasets.create("fashion_mnist", **options).part("test")
    np.testing.assert_array_equal(found.images[:, 0], raw)
    assert found.captions[0] == "a photo of a T-shirt"


def test_an_npz_gives_what_the_official_folder_gives(build: Build, tmp_path: Path) -> None:
    official = datasets.create("cifar10", **build("cifar10"))
    folder = tmp_path / "subset"
    folder.mkdir()
    n = len(official) - len(official.split["test"])
    channels_last = official.images.transpose(0, 2, 3, 1)
    np.savez(
        folder / "cifar10_subset.npz",
        train_images=channels_last[:n],
        test_images=channels_last[n:],
        train_labels=official.labels[:n],
        test_labels=official.labels[n:],
        class_names=np.array([f"thing_{k}" for k in range(10)]),
    )
    subset = datasets.create("cifar10", folder=str(folder))
    np.testing.assert_array_equal(subset.images, official.images)
    assert subset.captions == official.captions
    assert subset.captions[3] == "a photo of a thing 3"


def test_a_pickle_that_names_a_function_is_refused_unrun(tmp_path: Path) -> None:
    class Bad:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "was here",))

    path = tmp_path / "data_batch_1"
    path.write_bytes(pickle.dumps({b"data": Bad()}))
    with pytest.raises(InputError, match="data_batch_1 is not a batch of CIFAR"):
        read_batch(path)
    assert not (tmp_path / "was here").exists()
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(InputError, match="not a batch of CIFAR"):
        read_batch(path)


@pytest.mark.parametrize("content", [b"", b"\0\0\x08", b"\0\0\x08\x01\0\0\0\x05abc", b"hello"])
def test_damaged_idx_files_are_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"train-images-idx3-ubyte .*get it again"):
        read_idx(path)


def test_a_truncated_archive_is_named(tmp_path: Path, build: Build) -> None:
    options = build("fashion_mnist")
    path = Path(options["folder"]) / "fashion-mnist" / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"train-images-idx3-ubyte.gz cannot be read"):
        datasets.create("fashion_mnist", **options)


def test_subsets_are_balanced() -> None:
    labels = np.repeat([0, 1, 2], [50, 30, 10])
    kept = labels[balanced_rows(labels, 24)]
    assert np.bincount(kept).tolist() == [8, 8, 8]
    assert len(balanced_rows(labels, None)) == 90
    with pytest.raises(InputError, match="n=91 is more than the 90 rows"):
        balanced_rows(labels, 91)


def test_fetching_fashion_mnist_is_torchvisions_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torchvision = pytest.importorskip("torchvision", reason="the extra 'real' is not installed")

    def refuse(root: str, download: bool) -> None:
        raise RuntimeError("no network")

    monkeypatch.setattr(torchvision.datasets, "FashionMNIST", refuse)
    with pytest.raises(InputError, match=r"cannot be fetched \(no network\)"):
        datasets.create("fashion_mnist", folder=str(tmp_path), download=True)


@pytest.mark.parametrize("name", ["mnist", "cifar10", "emoji", "av_mnist"])
def test_real_files_where_they_are(name: str) -> None:
    if not os.environ.get("GAPLAB_DATA"):
        pytest.skip("GAPLAB_DATA names no folder with the real data")
    few = {} if name == "emoji" else {"n_train": 100, "n_test": 50}
    data = datasets.create(name, **few)
    assert len(data.classes) in (9, 10)
    assert all(pictures.std() > 0 for pictures in data.pictures.values())
    if few:
        assert len(data.split["test"]) == 50
