import numpy as np
import pytest
from hypothesis import given

from theory.metrics import evaluate
from theory.sphere import sample_uniform
from theory.strategies import paired_clouds, unit_rows


def uniformity(rows):
    return evaluate(rows, rows, names=["uniformity"])["uniformity_x"]


def ranks(rows):
    result = evaluate(rows, rows, names=["effective_rank"])
    return result["effective_rank_x"], result["participation_ratio_x"]


def test_uniformity_agrees_with_a_loop(rng):
    x = sample_uniform(13, 4, rng)
    terms = [np.exp(-2 * np.sum((x[i] - x[j]) ** 2)) for i in range(13) for j in range(13) if i < j]
    assert uniformity(x) == pytest.approx(np.log(np.mean(terms)))


def test_uniformity_of_tiny_cases():
    assert np.isnan(uniformity(np.ones((1, 2))))
    assert uniformity(np.ones((5, 3))) == pytest.approx(0.0, abs=1e-15)
    assert uniformity(np.array([[1.0], [-1.0]])) == pytest.approx(-8.0)


def test_uniformity_of_rows_that_are_not_unit_stays_finite():
    # The public code gives −∞ for long rows and 0 for short ones.
    directions = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert uniformity(1e3 * directions) == pytest.approx(-4.0)
    assert uniformity(1e-9 * directions) == pytest.approx(-4.0)


@given(unit_rows(6, 3))
def test_uniformity_lies_between_antipodes_and_collapse(rows):
    assert -8.0 <= uniformity(rows) <= 0.0


def test_uniform_law_reaches_its_expectation(rng):
    # E e^{4(u·v − 1)} = Z(4) e^{−4}, and Z(4) = sinh(4)/4 on the sphere of R³.
    n = 3000
    expected = np.log(np.sinh(4) / 4) - 4
    # A degenerate U-statistic: its error is of order 1/n, and the kernel is at most 1.
    assert uniformity(sample_uniform(n, 3, rng)) == pytest.approx(expected, abs=30 / n)


def test_ranks_of_a_frame_and_of_a_line():
    rank, participation = ranks(np.vstack([np.eye(5), -np.eye(5)]))
    assert rank == pytest.approx(5.0)
    assert participation == pytest.approx(5.0)
    rank, participation = ranks(np.array([[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0]]))
    assert rank == pytest.approx(1.0)
    assert participation == pytest.approx(1.0)


def test_the_two_ranks_are_different_numbers():
    # Singular values 2 and 1 of a centred cloud: exp H(2/3, 1/3) against (4 + 1)²/(16 + 1).
    x = np.array([[1.0, 0.0], [-1.0, 0.0]] * 4 + [[0.0, 1.0], [0.0, -1.0]])
    rank, participation = ranks(x)
    assert rank == pytest.approx(np.exp(-(2 / 3) * np.log(2 / 3) - (1 / 3) * np.log(1 / 3)))
    assert participation == pytest.approx(25 / 17)


def test_a_point_has_rank_one_and_no_participation():
    rank, participation = ranks(np.ones((4, 3)))
    assert rank == pytest.approx(1.0)
    assert np.isnan(participation)


@given(paired_clouds())
def test_ranks_are_at_most_the_dimension(cloud):
    x, _ = cloud
    rank, participation = ranks(x)
    limit = min(x.shape) * (1 + 1e-9)
    assert 1 - 1e-9 <= rank <= limit
    assert np.isnan(participation) or 1 - 1e-9 <= participation <= limit
