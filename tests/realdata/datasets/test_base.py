"""Every registered data set, and the checks and the split that all of them share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realdata import datasets
from realdata.datasets import SPLITS, PairedDataset, stratified_split
from theory.errors import InputError

Build = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize("name", datasets.names())
def test_every_data_set_is_whole(name: str, build: Build) -> None:
    data = datasets.create(name, **build(name))
    assert data.name == name
    assert data.licence
    assert data.modalities[0], data.modalities[-1] == ("image", "text")
    for pictures in data.pictures.values():
        assert pictures.dtype in (np.float32, np.uint8)
        largest = 255 if pictures.dtype == np.uint8 else 1.0
        assert 0.0 <= pictures.min() < pictures.max() <= largest
    together = np.concatenate([data.split[part] for part in SPLITS])
    np.testing.assert_array_equal(np.sort(together), np.arange(len(data)))
    for part in SPLITS:
        assert set(data.part(part).labels) == set(range(len(data.classes)))


@pytest.mark.parametrize("name", datasets.names())
def test_no_image_is_on_two_sides_of_the_split(name: str, build: Build) -> None:
    data = datasets.create(name, **build(name))
    sides = [{image.tobytes() for image in data.part(part).images} for part in SPLITS]
    assert not (sides[0] & sides[2])
    assert not (sides[1] & sides[2])


@pytest.mark.parametrize("name", [n for n in datasets.names() if n != "digits"])
def test_what_is_absent_is_one_sentence_saying_how_to_get_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAPLAB_DATA", str(tmp_path))
    monkeypatch.setattr("realdata.datasets.mnist._DEBIAN", tmp_path / "none")
    with pytest.raises(InputError, match=r"get|give|clone|install|make") as caught:
        datasets.create(name)
    assert "\n" not in str(caught.value)


def test_the_variable_names_the_folder_that_is_searched_first(
    tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    build("mnist")
    monkeypatch.setenv("GAPLAB_DATA", str(tmp_path))
    assert len(datasets.create("mnist", n_train=40, n_test=20)) == 60
    monkeypatch.setenv("GAPLAB_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(InputError, match=r"GAPLAB_DATA .*nowhere.* is not a folder"):
        datasets.create("mnist")


def test_a_part_keeps_pairs_together() -> None:
    data = datasets.create("digits")
    test = data.part("test")
    for i, row in enumerate(data.split["test"]):
        np.testing.assert_array_equal(test.images[i], data.images[row])
        assert (test.captions[i], test.labels[i]) == (data.captions[row], data.labels[row])


def test_groups_are_equal_exactly_where_captions_are() -> None:
    test = datasets.create("digits").part("test")
    same_text = np.array([[a == b for b in test.captions] for a in test.captions])
    np.testing.assert_array_equal(test.groups[:, None] == test.groups[None, :], same_text)


@given(
    counts=st.lists(st.integers(1, 60), min_size=1, max_size=5),
    train=st.floats(0.1, 0.8),
    seed=st.integers(0, 99),
)
def test_the_split_is_a_partition_with_even_shares(
    counts: list[int], train: float, seed: int
) -> None:
    labels = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    shares = {"train": train, "test": 1.0 - train}
    split = stratified_split(labels, shares, seed)
    np.testing.assert_array_equal(
        np.sort(np.concatenate(list(split.values()))), np.arange(len(labels))
    )
    for label, count in enumerate(counts):
        for part, share in shares.items():
            assert abs((labels[split[part]] == label).sum() - share * count) <= 1.0


def test_the_split_depends_on_its_seed_alone() -> None:
    labels = np.arange(100) % 3
    shares = {"train": 0.5, "test": 0.5}
    first, again, other = (stratified_split(labels, shares, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first["test"], again["test"])
    assert (first["test"] != other["test"]).any()


def test_fractions_must_add_up() -> None:
    with pytest.raises(InputError, match=r"add up to 0\.900"):
        stratified_split(np.zeros(4, dtype=int), {"train": 0.5, "test": 0.4})


def made(**changes: object) -> PairedDataset:
    parts: dict[str, object] = {
        "name": "made",
        "images": np.zeros((3, 1, 2, 2), dtype=np.float32),
        "captions": ["a", "b", "c"],
        "labels": np.array([0, 1, 0]),
        "classes": ("x", "y"),
        "split": {"train": np.array([0]), "val": np.array([1]), "test": np.array([2])},
        "licence": "none",
    }
    return PairedDataset(**{**parts, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": np.zeros((3, 2, 2))}, r"shape \(3, 2, 2\)"),
        ({"images": np.zeros((3, 1, 2, 2))}, "type float64"),
        ({"images": np.zeros((2, 1, 2, 2), dtype=np.uint8)}, "3 captions but 2 image"),
        ({"further": {"audio": np.zeros((3, 2))}}, r"audio of made has shape \(3, 2\)"),
        ({"labels": np.array([0, 1])}, "3 captions but 2 labels"),
        ({"labels": np.array([0, 2, 0])}, "label 2 of row 1"),
        ({"labels": np.array([0, 1, -1])}, "label -1 of row 2"),
        ({"captions": ["a", " ", "c"]}, "caption of row 1"),
        ({"split": {"train": np.array([0, 1, 2])}}, "name exactly train, val, test"),
        (
            {"split": {"train": np.array([0, 2]), "val": np.array([1]), "test": np.array([2])}},
            "row 2 of made is in 2 parts",
        ),
        (
            {"split": {"train": np.array([0]), "val": np.array([1]), "test": np.array([1])}},
            "row 1 of made is in 2 parts",
        ),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        made(**changes)


def test_unknown_parts_and_data_sets_are_refused_with_what_exists() -> None:
    with pytest.raises(InputError, match="train, val, test"):
        made().part("dev")
    with pytest.raises(InputError, match="digits"):
        datasets.create("digit")
