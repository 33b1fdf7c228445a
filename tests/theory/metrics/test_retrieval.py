from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InputError
from theory.metrics import chance_recall, evaluate
from theory.sphere import sample_uniform


def naive_recall(x, y, groups, k):
    hits = 0
    for i, row in enumerate(x):
        scores = y @ row
        order = sorted(range(len(y)), key=lambda j: -scores[j])
        hits += any(groups[j] == groups[i] for j in order[:k])
    return hits / len(x)


@pytest.mark.parametrize("captions", [None, 20, 4])
def test_agrees_with_sorting(captions, rng):
    x = sample_uniform(40, 3, rng)
    y = sample_uniform(40, 3, rng) + 3 * x
    y /= np.linalg.norm(y, axis=1, keepdims=True)
    groups = np.arange(40) if captions is None else rng.integers(captions, size=40)
    result = evaluate(x, y, groups=None if captions is None else groups, names=["recall"])
    for k in (1, 5, 10):
        assert result[f"r{k}_xy"] == pytest.approx(naive_recall(x, y, groups, k))
        assert result[f"r{k}_yx"] == pytest.approx(naive_recall(y, x, groups, k))
    assert 0 < result["r1_xy"] < result["r10_xy"] <= 1


def test_a_collapsed_model_retrieves_nothing(rng):
    # Equal rows up to rounding: argmax or argsort would hand out lucky hits.
    point = rng.standard_normal(512)
    point /= np.linalg.norm(point)
    x = np.tile(point, (50, 1))
    result = evaluate(x, x * rng.uniform(0.5, 2.0, (50, 1)), names=["recall"])
    assert set(result.values()) == {0.0}


def test_a_tie_with_one_stranger_counts_against():
    x = y = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    result = evaluate(x, y, names=["recall"])
    assert result["r1_xy"] == pytest.approx(1 / 3)
    assert result["r5_xy"] == 1.0


def test_identical_captions_answer_each_other():
    # The text of items 0 and 1 is the same: without groups both are lost.
    x = np.array([[1.0, 0.1], [1.0, -0.1], [0.0, 1.0]])
    y = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    assert evaluate(x, y, names=["r1_xy"])["r1_xy"] == pytest.approx(1 / 3)
    grouped = evaluate(x, y, groups=["a", "a", "b"], names=["r1_xy", "r1_yx"])
    assert grouped == {"r1_xy": 1.0, "r1_yx": 1.0}


def test_the_two_directions_differ():
    # Cosines x·y: [[.8, .9], [.28, .98]]: y_1 is the nearest of both x, each y finds its own x.
    x = np.array([[1.0, 0.0], [0.8, 0.6]])
    y = np.array([[0.8, -0.6], [0.9, np.sqrt(0.19)]])
    result = evaluate(x, y, names=["r1_xy", "r1_yx"])
    assert result == {"r1_xy": 0.5, "r1_yx": 1.0}


def test_one_pair_is_found():
    assert set(evaluate([[1.0]], [[-1.0]], names=["recall"]).values()) == {1.0}


def test_a_common_shift_of_the_gallery_before_normalising_keeps_orthogonal_rankings(rng):
    # G.1: a gap orthogonal to all differences of a unit gallery leaves the ranking as it is.
    x = np.pad(sample_uniform(30, 4, rng), ((0, 0), (0, 1)))
    y = np.pad(sample_uniform(30, 4, rng), ((0, 0), (0, 1)))
    shifted = y + 3.0 * np.eye(5)[4]
    before, after = (evaluate(x, v, names=["r1_xy", "r5_xy", "r10_xy"]) for v in (y, shifted))
    assert before == after


@given(st.lists(st.integers(0, 3), min_size=1, max_size=7), st.integers(1, 8))
def test_chance_is_the_average_over_all_rankings(groups, k):
    n = len(groups)
    tops = list(combinations(range(n), min(k, n)))
    hits = [any(groups[j] == groups[i] for j in top) for i in range(n) for top in tops]
    assert chance_recall(groups, k) == pytest.approx(np.mean(hits))


def test_chance_of_distinct_items_is_k_over_n():
    assert chance_recall(np.arange(1000), 5) == pytest.approx(0.005, rel=1e-12)


def test_random_embeddings_reach_chance(rng):
    groups = np.arange(2000) % 25
    result = evaluate(
        sample_uniform(2000, 64, rng), sample_uniform(2000, 64, rng), groups=groups, names=["r1_xy"]
    )
    chance = chance_recall(groups, 1)
    error = np.sqrt(chance * (1 - chance) / 2000)
    assert result["r1_xy"] == pytest.approx(chance, abs=4 * error)


@pytest.mark.parametrize(("groups", "k", "message"), [([], 1, "empty"), ([0, 1], 0, "k is 0")])
def test_bad_arguments_are_named(groups, k, message):
    with pytest.raises(InputError, match=message):
        chance_recall(groups, k)
