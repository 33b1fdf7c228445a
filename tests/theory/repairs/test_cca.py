"""CCA: scikit-learn and a determinant as oracles, the number of coordinates, more views."""

import numpy as np
import pytest
import sklearn.cross_decomposition

from theory.errors import InputError
from theory.repairs import CCA
from theory.sphere import normalize, random_rotation


def pairs(n, rng, views=2, common=3, own=4, noise=0.5):
    scores = rng.standard_normal((n, common))
    return [
        (np.c_[scores, rng.standard_normal((n, own))] + noise * rng.standard_normal((n, 7)))
        @ random_rotation(7, rng)
        for _ in range(views)
    ]


def test_scikit_learn_agrees(rng):
    x, y = pairs(400, rng)
    repair = CCA(n_components=3, variance=1.0, normalize=False).fit(x, y)
    oracle = sklearn.cross_decomposition.CCA(3, scale=False, max_iter=5000, tol=1e-12).fit(x, y)
    for ours, theirs in zip(repair.transform(x, y), oracle.transform(x, y), strict=True):
        theirs /= theirs.std(axis=0)
        signs = np.sign((ours * theirs).sum(axis=0))
        np.testing.assert_allclose(ours, theirs * signs, atol=1e-3)  # theirs is iterative


def test_coordinates_are_white_and_only_partners_correlate(rng):
    x, y = pairs(500, rng)
    repair = CCA(n_components=5, variance=1.0, normalize=False).fit(x, y)
    u, v = repair.transform(x, y)
    for z in (u, v):
        np.testing.assert_allclose(z.T @ z / 500, np.eye(5), atol=1e-10)
    np.testing.assert_allclose(u.T @ v / 500, np.diag(repair.correlations_[:5]), atol=1e-10)


@pytest.mark.parametrize("views", [2, 3, 4])
def test_it_keeps_what_correlates_by_more_than_chance(views, rng):
    clouds = pairs(1000, rng, views)
    train, test = [v[:800] for v in clouds], [v[800:] for v in clouds]
    repair = CCA(normalize=False).fit(*train)
    mapped = repair.transform(*test)
    assert [z.shape for z in mapped] == [(200, 3)] * views
    for z in mapped[1:]:
        for column in range(3):
            # Held-out correlation of signal 1 with noise 0.25 each: 1/1.25.
            assert np.corrcoef(z[:, column], mapped[0][:, column])[0, 1] > 0.7


def test_the_mean_correlation_over_pairs_of_views(rng):
    clouds = pairs(600, rng, 3)
    repair = CCA(n_components=2, variance=1.0, normalize=False).fit(*clouds)
    blocks = [z - z.mean(0) for z in repair.transform(*clouds)]
    total = sum(blocks)
    # MAXVAR: of all unit combinations the sum of the variates has the largest variance.
    for k in range(2):
        shares = [z[:, k] @ z[:, k] / 600 for z in blocks]
        assert sum(shares) == pytest.approx(3)
        variance = total[:, k] @ total[:, k] / 600
        assert (variance / 3 - 1) / 2 == pytest.approx(repair.correlations_[k])


def test_too_few_pairs_and_no_correlation(rng):
    x, y = normalize(rng.standard_normal((2, 12, 8)))
    with pytest.raises(InputError, match="12 pairs cannot tell correlations in 7 and 7 dimensions"):
        CCA().fit(x, y)
    assert CCA(n_components=2).fit(x, y).transform(x).shape == (12, 2)
    x, y = normalize(rng.standard_normal((2, 500, 8)))
    with pytest.raises(InputError, match="pairs correlate no more than chance"):
        CCA().fit(x, y)
    with pytest.raises(InputError, match="n_components is 0"):
        CCA(n_components=0).fit(x, y)
