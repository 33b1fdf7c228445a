import numpy as np
import pytest
from hypothesis import given
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist, pdist
from scipy.stats import energy_distance, wasserstein_distance

from theory.metrics import evaluate
from theory.sphere import sample_uniform, sample_vmf
from theory.strategies import paired_clouds

DISTANCES = ["energy_distance", "mmd2", "frechet"]
# √(2 − 2 cos) near 0 keeps half the digits of the cosine.
ROOT_ROUNDING = 1e-7


def off_diagonal(matrix):
    return matrix[~np.eye(len(matrix), dtype=bool)].mean()


def test_agree_with_full_matrices(rng):
    x = sample_vmf(np.eye(3)[0], 3.0, 17, rng)
    y = sample_vmf(np.eye(3)[1], 5.0, 17, rng)
    result = evaluate(x, y, names=DISTANCES)
    dxy, dxx, dyy = cdist(x, y), cdist(x, x), cdist(y, y)
    energy = 2 * off_diagonal(dxy) - off_diagonal(dxx) - off_diagonal(dyy)
    assert result["energy_distance"] == pytest.approx(energy)
    sigma = np.median(pdist(np.vstack([x, y])))
    kxy, kxx, kyy = (np.exp(-(d**2) / (2 * sigma**2)) for d in (dxy, dxx, dyy))
    mmd = off_diagonal(kxx) + off_diagonal(kyy) - 2 * off_diagonal(kxy)
    assert result["mmd2"] == pytest.approx(mmd)
    sx, sy = np.cov(x.T, bias=True), np.cov(y.T, bias=True)
    root = sqrtm(sx)
    frechet = np.sum((x.mean(0) - y.mean(0)) ** 2) + np.trace(
        sx + sy - 2 * np.real(sqrtm(root @ sy @ root))
    )
    assert result["frechet"] == pytest.approx(frechet)


def test_energy_agrees_with_scipy_on_the_line(rng):
    # scipy's is √ of the V-statistic: diagonals in, so scale the intra terms and add the pairs.
    n = 40
    x, y = np.sign(rng.uniform(-0.3, 0.7, (n, 1))), np.sign(rng.uniform(-0.7, 0.3, (n, 1)))
    biased = energy_distance(x[:, 0], y[:, 0]) ** 2
    within = cdist(x, x).mean() + cdist(y, y).mean()
    across = biased + within  # 2 E‖x − y‖ over all n² pairs
    paired = np.abs(x - y).mean()
    unbiased = (n * across - 2 * paired - n * within) / (n - 1)
    assert evaluate(x, y, names=DISTANCES)["energy_distance"] == pytest.approx(unbiased)


def test_the_diagonal_is_left_out():
    # Two opposite points in each view: with the diagonal, E‖x − x′‖ would be 1, not 2.
    x, y = np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([[0.0, 1.0], [0.0, -1.0]])
    result = evaluate(x, y, names=DISTANCES)
    assert result["energy_distance"] == pytest.approx(2 * np.sqrt(2) - 4)


def test_identical_views_are_at_distance_zero(rng):
    x = sample_uniform(30, 4, rng)
    result = evaluate(x, x, names=DISTANCES)
    assert result == pytest.approx(dict.fromkeys(DISTANCES, 0.0), abs=1e-14)


def test_two_points(rng):
    x, y = np.tile([1.0, 0.0], (3, 1)), np.tile([-1.0, 0.0], (3, 1))
    result = evaluate(x, y, names=DISTANCES)
    assert result["energy_distance"] == pytest.approx(4.0)
    # Median distance 2 (9 of 15 pairs are across): k = e^{−½} across, 1 within.
    assert result["mmd2"] == pytest.approx(2 - 2 * np.exp(-0.5))
    assert result["frechet"] == pytest.approx(4.0)
    collapsed = evaluate(x, x, names=DISTANCES)
    assert collapsed == pytest.approx(dict.fromkeys(DISTANCES, 0.0), abs=ROOT_ROUNDING)


def test_a_vanished_median_falls_back_to_the_mean():
    # Two of eight items have moved in y: the median distance is 0, so σ² = 4·28/120 is the mean.
    x = np.array([[1.0, 0.0]] * 8)
    y = np.array([[1.0, 0.0]] * 6 + [[-1.0, 0.0]] * 2)
    k = np.exp(-4 / (2 * 4 * 28 / 120))
    expected = 1 + (32 + 24 * k) / 56 - 2 * (42 + 14 * k) / 56
    assert evaluate(x, y, names=["mmd2"])["mmd2"] == pytest.approx(expected)


def test_one_pair_has_no_estimate_but_a_frechet_distance():
    result = evaluate([[1.0, 0.0]], [[0.0, 1.0]], names=DISTANCES)
    assert np.isnan(result["energy_distance"])
    assert np.isnan(result["mmd2"])
    assert result["frechet"] == pytest.approx(2.0)


def test_estimates_are_unbiased_under_equal_laws(rng):
    # 200 draws of 20 independent pairs: the mean is 0 within 4 standard errors, which the
    # estimates with diagonals (bias 1/n of E‖x − x′‖ ≈ 0.07) would miss.
    values = np.array(
        [
            list(
                evaluate(
                    sample_uniform(20, 3, rng),
                    sample_uniform(20, 3, rng),
                    names=["energy_distance", "mmd2"],
                ).values()
            )
            for _ in range(200)
        ]
    )
    error = values.std(axis=0) / np.sqrt(len(values))
    assert (error < 0.01).all()
    assert (np.abs(values.mean(axis=0)) < 4 * error).all()


@given(paired_clouds())
def test_frechet_lies_between_the_gap_and_the_pair_distance(cloud):
    # Gelbrich: with 1/n covariances it is at most W₂² of the clouds, so at most any coupling.
    x, y = cloud
    result = evaluate(x, y, names=["centroid_gap", "frechet", "true_pair_cosine"])
    assert result["centroid_gap"] ** 2 <= result["frechet"] + ROOT_ROUNDING
    assert result["frechet"] <= 2 * (1 - result["true_pair_cosine"]) + ROOT_ROUNDING


def test_frechet_is_exact_for_translated_lines():
    # Equal spreads: W₂ on the line is the translation, and the Gaussian fit knows no more.
    t = np.array([-0.1, 0.0, 0.1])
    x = np.column_stack([np.sin(t), np.cos(t)])
    y = np.column_stack([np.sin(t), -np.cos(t)])
    height = np.cos(t).mean()
    result = evaluate(x, y, names=["frechet"])["frechet"]
    assert result == pytest.approx((2 * height) ** 2, abs=1e-7)
    assert wasserstein_distance(x[:, 1], y[:, 1]) ** 2 == pytest.approx(result, abs=1e-7)


@pytest.mark.parametrize("flat", [0, 1, 3])
def test_frechet_of_flat_clouds_agrees_with_a_quadratic_root(flat, rng):
    # Covariances that are singular or nearly so, in one view or in both: by the definition, with
    # roots of eigenvalues, whose rounding is that of √eps at the null directions.
    x, y = (sample_uniform(40, 6, rng) for _ in range(2))
    y[:, :flat] *= 1e-7 if flat == 1 else 0.0
    y /= np.linalg.norm(y, axis=1, keepdims=True)
    sx, sy = np.cov(x.T, bias=True), np.cov(y.T, bias=True)
    values, vectors = np.linalg.eigh(sx)
    root = (vectors * np.sqrt(values)) @ vectors.T
    fidelity = np.sqrt(np.clip(np.linalg.eigvalsh(root @ sy @ root), 0, None)).sum()
    gap = np.sum((x.mean(0) - y.mean(0)) ** 2)
    expected = gap + np.trace(sx) + np.trace(sy) - 2 * fidelity
    assert evaluate(x, y, names=["frechet"])["frechet"] == pytest.approx(expected, abs=1e-7)
