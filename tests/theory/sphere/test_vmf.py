"""vMF sampling by moments and by Kolmogorov-Smirnov on the marginal; fits that recover."""

import numpy as np
import pytest
from scipy import integrate, stats

from theory import bessel
from theory.errors import InputError
from theory.sphere import fit_vmf, normalize, sample_uniform, sample_vmf

UNLIKELY = 1e-3  # p-value; seeds are fixed
Z_LIMIT = 4.0  # standard errors
N = 20_000


def direction(h, rng):
    return sample_uniform(1, h, rng)[0]


@pytest.mark.parametrize("h", [1, 2, 3, 4, 64, 512])
@pytest.mark.parametrize("kappa", [0.0, 1e-6, 0.5, 3.0, 100.0, 1e4, 1e7])
def test_rows_are_unit_and_the_mean_cosine_is_the_bessel_ratio(h, kappa, rng):
    c = direction(h, rng)
    x = sample_vmf(c, kappa, N, rng)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), 1, rtol=1e-14)
    # 1 − cos keeps its digits at κ = 1e7, where the cosine itself is 1 to nine digits
    one_minus_cosine = ((x - c) ** 2).sum(axis=1) / 2
    expected = 1 - bessel.ratio(h / 2 - 1, kappa)
    error = one_minus_cosine.std() / np.sqrt(N) + 1e-14
    assert abs(one_minus_cosine.mean() - expected) < Z_LIMIT * error


@pytest.mark.parametrize("h", [2, 3, 5, 32])
@pytest.mark.parametrize("kappa", [0.1, 4.0, 60.0])
def test_the_cosine_has_the_vmf_marginal(h, kappa, rng):
    c = direction(h, rng)
    cosines = sample_vmf(c, kappa, N, rng) @ c

    def density(angle):  # of the angle to c: exp(κ cos θ) sin^{h−2} θ, scaled to stay finite
        return np.exp(kappa * (np.cos(angle) - 1)) * np.sin(angle) ** (h - 2)

    grid = np.linspace(0, np.pi, 4001)
    cumulative = integrate.cumulative_simpson(density(grid), x=grid, initial=0.0)
    angles = np.arccos(np.clip(cosines, -1, 1))
    law = stats.kstest(angles, lambda t: np.interp(t, grid, cumulative / cumulative[-1]))
    assert law.pvalue > UNLIKELY


@pytest.mark.parametrize("h", [2, 3, 64])
@pytest.mark.parametrize("kappa", [2.0, 1e5])
def test_the_rest_is_uniform_around_the_mean(h, kappa, rng):
    c = direction(h, rng)
    x = sample_vmf(c, kappa, N, rng)
    rest = normalize(x - np.outer(x @ c, c))
    scatter = rest.T @ rest / N
    expected = (np.eye(h) - np.outer(c, c)) / (h - 1)
    assert np.abs(rest.mean(axis=0)).max() < Z_LIMIT / np.sqrt(N)
    assert np.abs(scatter - expected).max() < Z_LIMIT / np.sqrt(N)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_means_on_the_first_axis_need_no_special_case(sign, rng):
    c = np.array([sign, 0.0, 0.0])
    x = sample_vmf(c, 1e4, 100, rng)
    assert ((x @ c) > 0.99).all()


def test_in_one_dimension_it_is_a_coin(rng):
    x = sample_vmf([-1.0], 0.7, N, rng)
    assert set(x.ravel().tolist()) == {-1.0, 1.0}
    assert -x.mean() == pytest.approx(np.tanh(0.7), abs=Z_LIMIT / np.sqrt(N))


@pytest.mark.parametrize("h", [2, 3, 16])
@pytest.mark.parametrize("kappa", [0.5, 10.0, 1e3, 1e6])
def test_a_fit_recovers_the_law(h, kappa, rng):
    c = direction(h, rng)
    mean, fitted = fit_vmf(sample_vmf(c, kappa, N, rng))
    ratio = bessel.ratio(h / 2 - 1, kappa)
    # Fisher information for κ is A′ = 1 − A² − (h−1)A/κ, for the direction κA
    slope = 1 - ratio**2 - (h - 1) * ratio / kappa
    assert abs(fitted - kappa) < Z_LIMIT / np.sqrt(N * slope)
    assert np.linalg.norm(mean - c) < Z_LIMIT * np.sqrt((h - 1) / (N * kappa * ratio))


def test_fits_at_the_ends():
    x = np.array([[0.6, 0.8]])
    mean, kappa = fit_vmf(np.concatenate([x, x]))
    np.testing.assert_allclose(mean, x[0])
    assert kappa == np.inf
    mean, kappa = fit_vmf(np.concatenate([x, -x]))
    assert np.isnan(mean).all()
    assert kappa == 0.0


def test_same_seed_same_draws():
    draws = [sample_vmf([0.0, 1.0], 2.0, 50, np.random.default_rng(3)) for _ in range(2)]
    assert np.array_equal(*draws)
    assert sample_vmf([0.0, 1.0], 2.0, 0, np.random.default_rng(3)).shape == (0, 2)


def test_bad_arguments(rng):
    with pytest.raises(InputError, match="mean_direction has length 2; normalise"):
        sample_vmf([2.0, 0.0], 1.0, 1, rng)
    with pytest.raises(InputError, match="mean_direction has length nan"):
        sample_vmf([np.nan, 0.0], 1.0, 1, rng)
    with pytest.raises(InputError, match=r"mean_direction has shape \(1, 2\)"):
        sample_vmf([[1.0, 0.0]], 1.0, 1, rng)
    with pytest.raises(InputError, match="kappa is -1; give a finite number"):
        sample_vmf([1.0, 0.0], -1.0, 1, rng)
    with pytest.raises(InputError, match="kappa is inf"):
        sample_vmf([1.0, 0.0], np.inf, 1, rng)
