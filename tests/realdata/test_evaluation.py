"""The judgement on test pairs: chance, floor, and repeated captions."""

import numpy as np
import pytest

from gaplab.records import Embeddings, RecordError, RunFolder, read_json
from realdata.evaluation import evaluation_record, judge
from realdata.seed_run import SeedFiles


def orthogonal(captions: list[str]) -> Embeddings:
    """One direction for every distinct caption, the same for image and text."""
    _, group = np.unique(captions, return_inverse=True)
    rows = np.eye(len(set(captions)))[group]
    labels = group % 2
    return Embeddings({"image": rows, "text": rows}, labels=labels, captions=captions)


CAPTIONS = ["a", "a", "a", "b", "c", "c", "d", "e", "f", "g"]


def record(embeddings: Embeddings) -> dict[str, object]:
    return evaluation_record(
        dataset="made", loss="infonce", model="none", embeddings=embeddings, seeds=[{"seed": 0}]
    )


def test_equal_captions_count_as_correct_and_set_the_floor() -> None:
    embeddings = orthogonal(CAPTIONS)
    found = judge(embeddings, logit_scale=1000.0)
    # Three of ten share a caption threefold and two twofold; all that is left is their floor.
    floor = (3 * np.log(3) + 2 * np.log(2)) / 10
    assert found["infonce"] == pytest.approx(floor, rel=1e-12)
    assert record(embeddings)["floor"] == pytest.approx(floor, rel=1e-12)


def test_chance_is_that_of_a_random_ranking(rng: np.random.Generator) -> None:
    embeddings = orthogonal(CAPTIONS)
    groups = embeddings.groups
    assert groups is not None
    same = groups[:, None] == groups[None, :]
    hits = [same[:, rng.permutation(10)[:5]].any(axis=1).mean() for _ in range(4000)]
    chance = record(embeddings)["chance"]
    assert isinstance(chance, dict)
    error = 4 * np.std(hits) / np.sqrt(len(hits))
    assert abs(chance["r5_xy"] - np.mean(hits)) < error
    assert chance["r1_yx"] == pytest.approx(same.mean(), rel=1e-9)


def test_a_trained_models_loss_is_above_its_floor(finished: RunFolder) -> None:
    found = read_json(finished.path / "evaluation.json")
    for seed in found["seeds"]:
        assert seed["infonce"] > found["floor"] > 0
        assert seed["v_measure"] is not None
        assert 0 <= seed["r1_xy"] <= seed["r5_xy"] <= seed["r10_xy"] <= 1


def test_the_record_agrees_with_the_saved_embeddings(finished: RunFolder) -> None:
    found = read_json(finished.path / "evaluation.json")
    test = Embeddings.load(SeedFiles(finished.path, 1).embeddings("test"))
    again = judge(test, logit_scale=test.made["logit_scale"])
    for key, value in again.items():
        assert found["seeds"][1][key] == pytest.approx(value, rel=1e-9, nan_ok=True), key


def test_captions_are_needed() -> None:
    with pytest.raises(RecordError, match="no captions"):
        record(Embeddings({"image": np.eye(2), "text": np.eye(2)}))
