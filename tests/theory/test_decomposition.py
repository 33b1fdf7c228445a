import numpy as np
import pytest

from theory.decomposition import scatter_growth, scatter_parts
from theory.errors import InputError

EXACT = 1e-12


def clouds(rng, n=60, d=5):
    labels = np.arange(n) % 4
    x = rng.normal(size=(n, d)) + labels[:, None]
    return x, x + 0.3 * rng.normal(size=(n, d)) - [1.0, 0, 0, 0, 0], labels


def test_parts_are_those_of_naive_loops(rng):
    x, y, labels = clouds(rng)
    found = scatter_parts(x, y, labels=labels)
    rows = [(row, label, m) for m, view in enumerate((x, y)) for row, label in zip(view, labels)]  # noqa: B905
    mean = np.mean([row for row, _, _ in rows], axis=0)
    of_class = {k: np.mean([r for r, label, _ in rows if label == k], axis=0) for k in range(4)}
    of_both = {
        (k, m): np.mean([r for r, label, v in rows if (label, v) == (k, m)], axis=0)
        for k in range(4)
        for m in range(2)
    }
    loops = [
        np.mean([np.sum((r - mean) ** 2) for r, _, _ in rows]),
        np.mean([np.sum((of_class[label] - mean) ** 2) for _, label, _ in rows]),
        np.mean([np.sum((of_both[label, m] - of_class[label]) ** 2) for _, label, m in rows]),
        np.mean([np.sum((r - of_both[label, m]) ** 2) for r, label, m in rows]),
    ]
    np.testing.assert_allclose(found, loops, rtol=EXACT)
    assert found.total == pytest.approx(found.between_classes + found.gap + found.within)


def test_growth_is_predicted_exactly_and_not_by_the_published_form(rng):
    x, y, labels = clouds(rng)
    found = scatter_growth(x, y, labels, points=5)
    np.testing.assert_allclose(found.measured, found.pooled, atol=1e-12)
    np.testing.assert_array_equal(found.published, found.shift**2)
    assert abs(found.measured[-1] - found.published[-1]) > 0.1


def test_three_views_and_one_class(rng):
    x, y, labels = clouds(rng)
    found = scatter_parts(x, y, x + y, labels=np.zeros_like(labels))
    assert found.between_classes == pytest.approx(0.0, abs=1e-12)
    assert found.gap > 0


def test_messages(rng):
    x, y, labels = clouds(rng)
    with pytest.raises(InputError, match=r"labels has shape \(59,\)"):
        scatter_parts(x, y, labels=labels[1:])
    with pytest.raises(InputError, match="same mean"):
        scatter_growth(x, x, labels)
