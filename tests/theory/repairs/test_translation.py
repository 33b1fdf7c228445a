"""Translation: the formula, the gap it leaves, three views."""

import numpy as np
import pytest

from theory.errors import InputError
from theory.repairs import Translation
from theory.sphere import normalize, sample_vmf


@pytest.fixture
def cones(rng):
    return (
        sample_vmf([1.0, 0.0, 0.0], 20.0, 200, rng),
        sample_vmf([0.0, 1.0, 0.0], 20.0, 150, rng),
        sample_vmf([0.0, 0.0, 1.0], 20.0, 100, rng),
    )


@pytest.mark.parametrize("strength", [-0.3, 0.0, 0.25, 0.5, 1.0])
def test_two_views_follow_the_papers_formula(strength, cones):
    x, y, _ = cones
    delta = x.mean(0) - y.mean(0)
    out = Translation(strength=strength).fit_transform(x, y)
    np.testing.assert_allclose(out[0], normalize(x - strength * delta), atol=1e-14)
    np.testing.assert_allclose(out[1], normalize(y + strength * delta), atol=1e-14)


def test_half_closes_the_gap_and_one_mirrors_it(cones):
    x, y, _ = cones
    closed = Translation(normalize=False).fit_transform(x, y)
    np.testing.assert_allclose(closed[0].mean(0), closed[1].mean(0), atol=1e-14)
    mirrored = Translation(strength=1.0, normalize=False).fit_transform(x, y)
    np.testing.assert_allclose(mirrored[0].mean(0), y.mean(0), atol=1e-14)
    # unit rows again: a tenth of the gap at most comes back, by the spread about the means
    unit = Translation().fit_transform(x, y)
    before = np.linalg.norm(x.mean(0) - y.mean(0))
    assert np.linalg.norm(unit[0].mean(0) - unit[1].mean(0)) < 0.1 * before


def test_more_views_meet_at_the_mean_of_their_means(cones):
    repair = Translation(normalize=False).fit(*cones)
    center = np.mean([view.mean(0) for view in cones], axis=0)
    for view in repair.transform(*cones):
        np.testing.assert_allclose(view.mean(0), center, atol=1e-14)
    np.testing.assert_allclose(repair.x_mean_, cones[0].mean(0))
    np.testing.assert_allclose(repair.more_means_, [cones[2].mean(0)])


def test_a_row_on_the_shift_has_no_direction():
    repair = Translation().fit([[1.0, 0.0]], [[-1.0, 0.0]])
    with pytest.raises(InputError, match="row 1 of X is mapped to zero and has no direction"):
        repair.transform([[0.0, 1.0], [1.0, 0.0]])
    assert repair.set_params(normalize=False).transform([[1.0, 0.0]]).tolist() == [[0.0, 0.0]]


def test_bad_strength():
    for strength, error in ((np.nan, InputError), ("half", TypeError)):
        with pytest.raises(error, match="strength"):
            Translation(strength=strength).fit([[1.0]], [[1.0]])
