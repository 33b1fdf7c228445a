"""Whitening: identity covariance by least motion; shrinkage against scikit-learn's."""

import numpy as np
import pytest
import scipy.linalg
from sklearn.covariance import OAS

from theory.errors import InputError
from theory.repairs import Whitening


@pytest.fixture
def cloud(rng):
    return rng.standard_normal((300, 5)) @ rng.standard_normal((5, 5)) + 4


def test_the_covariance_becomes_the_identity(cloud):
    out = Whitening(shrinkage=0.0, normalize=False).fit(cloud, cloud).transform(cloud)
    np.testing.assert_allclose(out.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(np.cov(out.T, ddof=0), np.eye(5), atol=1e-10)


def test_it_is_the_inverse_root_of_the_shrunk_covariance(cloud):
    covariance = np.cov(cloud.T, ddof=0)
    shrunk = 0.7 * covariance + 0.3 * np.trace(covariance) / 5 * np.eye(5)
    expected = np.linalg.inv(scipy.linalg.sqrtm(shrunk))
    found = Whitening(shrinkage=0.3, normalize=False).fit(cloud, cloud)
    np.testing.assert_allclose(found.x_map_.matrix, expected, atol=1e-12)


@pytest.mark.parametrize("n", [4, 20, 300])
def test_the_default_shrinks_as_scikit_learn_does(n, cloud):
    found = Whitening(normalize=False).fit(cloud[:n], cloud)
    assert found.shrinkage_[0] == pytest.approx(OAS().fit(cloud[:n]).shrinkage_, abs=1e-12)


def test_directions_of_no_variance_are_left_out(cloud):
    flat = np.c_[cloud, np.zeros(300)]
    out = Whitening(shrinkage=0.0, normalize=False).fit(flat, flat).transform(flat)
    np.testing.assert_allclose(np.cov(out.T, ddof=0), np.diag([1, 1, 1, 1, 1, 0]), atol=1e-10)


def test_bad_input(cloud):
    with pytest.raises(InputError, match="shrinkage is 2"):
        Whitening(shrinkage=2.0, normalize=False).fit(cloud, cloud)
    with pytest.raises(InputError, match="shrinkage is 'some'; give 'auto'"):
        Whitening(shrinkage="some", normalize=False).fit(cloud, cloud)
    with pytest.raises(InputError, match="rows of Y are all equal"):
        Whitening(normalize=False).fit(cloud, np.ones((9, 5)))
