import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InputError
from theory.metrics import class_means, predicted_scatter_growth, within_class_scatter
from theory.strategies import reals


def naive_scatter(rows, labels, centroids=None):
    total = 0.0
    for c, label in enumerate(sorted(set(labels))):
        members = [row for row, own in zip(rows, labels, strict=True) if own == label]
        centre = np.mean(members, axis=0) if centroids is None else centroids[c]
        total += sum(np.sum((row - centre) ** 2) for row in members)
    return total / len(rows)


def test_scatter_agrees_with_a_loop(rng):
    rows, labels = rng.standard_normal((12, 3)), [*"aabbbccccaab"]
    assert within_class_scatter(rows, labels) == pytest.approx(naive_scatter(rows, labels))
    centroids = rng.standard_normal((3, 3))
    assert within_class_scatter(rows, labels, centroids) == pytest.approx(
        naive_scatter(rows, labels, centroids)
    )


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**16), reals(-3.0, 3.0))
def test_growth_is_predicted_exactly(shifted, others, seed, size):
    # G.2 for one class: any shares, any difference m of the means, any shift.
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((shifted, 3)) + 1, rng.standard_normal((others, 3))
    delta = size * rng.standard_normal(3)
    before, after = np.vstack([a, b]), np.vstack([a + delta, b])
    labels = np.zeros(len(before))
    m, share = a.mean(0) - b.mean(0), shifted / (shifted + others)
    recentred = within_class_scatter(after, labels) - within_class_scatter(before, labels)
    predicted = predicted_scatter_growth(m, delta, share)
    assert recentred == pytest.approx(predicted, abs=1e-9)
    old = class_means(before, labels)
    kept = within_class_scatter(after, labels, old) - within_class_scatter(before, labels, old)
    predicted = predicted_scatter_growth(m, delta, share, recentre=False)
    assert kept == pytest.approx(predicted, abs=1e-9)


def test_the_published_growth_holds_per_shifted_row_without_a_gap():
    # m = 0: ‖δ‖² over the shifted rows is share·‖δ‖² over all; balanced and recentred, ¼.
    delta = np.array([3.0, 4.0])
    assert predicted_scatter_growth(np.zeros(2), delta, 0.3, recentre=False) / 0.3 == 25.0
    assert predicted_scatter_growth(np.zeros(2), delta) == 25.0 / 4


def test_closing_a_gap_shrinks_the_scatter():
    m = np.array([0.0, 1.0])
    assert predicted_scatter_growth(m, -m) == -0.25


def test_bad_arguments_are_named():
    with pytest.raises(InputError, match="labels"):
        within_class_scatter(np.eye(2), [0])
    with pytest.raises(InputError, match=r"centroids has shape \(1, 2\)"):
        within_class_scatter(np.eye(2), [0, 1], [[0.0, 0.0]])
    with pytest.raises(InputError, match="share"):
        predicted_scatter_growth([0.0], [1.0], 1.5)
