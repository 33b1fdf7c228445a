import numpy as np
import pytest
from scipy import integrate

from theory.diagnosis.shape import height_misfit, transverse_isotropy
from theory.errors import InputError
from theory.sphere import fit_vmf, sample_vmf


@pytest.mark.parametrize(("h", "kappa"), [(2, 1.0), (3, 40.0), (64, 100.0), (512, 700.0)])
def test_a_von_mises_fisher_cloud_fits(rng, h, kappa):
    n = 2000
    rows = sample_vmf(np.eye(h)[0], kappa, n, rng)
    direction, fitted = fit_vmf(rows)
    # The law of a Kolmogorov-Smirnov distance is below 1.63/√n with probability 0.99.
    assert height_misfit(rows @ direction, fitted, h) < 1.63 / np.sqrt(n)
    covariance = np.cov(rows.T, bias=True)
    # The sum of squares of h − 1 equal eigenvalues is known to a few per cent.
    assert transverse_isotropy(covariance, direction, n) == pytest.approx(1, abs=0.1)


def test_the_law_is_the_integral_of_its_density():
    h, kappa, height = 5, 3.0, 0.4

    def density(t):
        return (1 - t * t) ** ((h - 3) / 2) * np.exp(kappa * t)

    below = integrate.quad(density, -1, height)[0] / integrate.quad(density, -1, 1)[0]
    # A single row: the distance is the larger side of the step at its place.
    expected = max(below, 1 - below)
    assert height_misfit(np.array([height]), kappa, h) == pytest.approx(expected, abs=1e-6)


def test_two_cones_are_not_one(rng):
    rows = np.concatenate([sample_vmf(c, 200.0, 500, rng) for c in np.eye(8)[:2]])
    direction, kappa = fit_vmf(rows)
    assert height_misfit(rows @ direction, kappa, 8) > 0.05
    assert transverse_isotropy(np.cov(rows.T, bias=True), direction, 1000) < 0.3


def test_where_there_is_nothing_to_judge():
    assert np.isnan(transverse_isotropy(np.zeros((3, 3)), np.eye(3)[0], 5))
    assert np.isnan(transverse_isotropy(np.eye(3), np.full(3, np.nan), 5))
    with pytest.raises(InputError, match="h is 1"):
        height_misfit(np.array([1.0]), 1.0, 1)
