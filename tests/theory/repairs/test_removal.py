"""Dimension removal: which coordinates go, by share and by number."""

import numpy as np
import pytest

from theory.errors import InputError
from theory.repairs import Removal
from theory.sphere import normalize


@pytest.fixture
def views(rng):
    """Means that differ by 3, 2, 1 and 0.1 in coordinates 4, 1, 2 and 0."""
    x, y = 0.1 * rng.standard_normal((2, 500, 6))
    x[:, [4, 1, 2, 0]] += [3, -2, 1, 0.1]
    return x - x.mean(0) + [0.1, -2, 1, 0, 3, 0], y - y.mean(0)


@pytest.mark.parametrize(
    ("options", "removed"),
    [
        ({"share": 0.5}, [4]),  # 9 of 14.01
        ({"share": 0.9}, [4, 1]),  # 13 of 14.01
        ({"share": 0.95}, [4, 1, 2]),
        ({"n_removed": 0}, []),
        ({"n_removed": 4}, [4, 1, 2, 0]),
    ],
)
def test_the_fewest_coordinates_that_hold_the_share(options, removed, views):
    repair = Removal(normalize=False, **options).fit(*views)
    assert repair.removed_.tolist() == removed
    out = repair.transform(*views)
    kept = np.setdiff1d(np.arange(6), removed)
    for view, mapped in zip(views, out, strict=True):
        np.testing.assert_array_equal(mapped[:, kept], view[:, kept])
        assert not mapped[:, removed].any()


def test_more_views_by_the_spread_of_their_means(views):
    x, y = views
    z = y + 9 * np.eye(6)[3]
    assert Removal(n_removed=2, normalize=False).fit(x, y, z).removed_.tolist() == [3, 4]


def test_equal_means_lose_nothing(views):
    x = normalize(views[0])
    np.testing.assert_allclose(Removal().fit_transform(x, x)[0], x, atol=1e-15)


def test_bad_options(views):
    for options, message in (
        ({"share": 1.5}, "share is 1.5"),
        ({"n_removed": -1}, "n_removed is -1"),
        ({"n_removed": 6}, "all 6 coordinates would be left out; lower n_removed"),
    ):
        with pytest.raises(InputError, match=message):
            Removal(normalize=False, **options).fit(*views)
