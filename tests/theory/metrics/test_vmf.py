import numpy as np
import pytest

from theory.bessel import ratio
from theory.metrics import evaluate
from theory.sphere import sample_vmf


def fit(rows):
    result = evaluate(rows, rows, names=["vmf", "mean_length"])
    return result["vmf_kappa_x"], result["vmf_dispersion_x"], result["mean_length_x"]


@pytest.mark.parametrize(("h", "kappa"), [(2, 3.0), (3, 50.0), (16, 20.0), (128, 300.0)])
def test_a_vmf_cloud_is_recognised(h, kappa, rng):
    n = 20_000
    fitted, dispersion, length = fit(sample_vmf(np.eye(h)[0], kappa, n, rng))
    assert float(ratio(h / 2 - 1, fitted)) == pytest.approx(length, rel=1e-10)
    # Standard errors: of κ̂ 1/√(n A′) < 2 %, of a variance √(2/n)–√(8/n) (heavy side): 4 of them.
    assert fitted == pytest.approx(kappa, rel=0.08)
    assert dispersion == pytest.approx(1.0, abs=4 * np.sqrt(8 / n))


def test_two_clusters_are_no_vmf_cloud(rng):
    halves = [sample_vmf(c, 50.0, 500, rng) for c in ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])]
    _, dispersion, _ = fit(np.vstack(halves))
    assert not 0.7 < dispersion < 1.4


def test_a_line_is_its_own_fit():
    # h = 1: R̄ = tanh κ, and the heights ±1 have variance 1 − R̄², exactly.
    kappa, dispersion, length = fit(np.array([[1.0], [1.0], [1.0], [-1.0]]))
    assert length == 0.5
    assert kappa == pytest.approx(np.arctanh(0.5))
    assert dispersion == pytest.approx(1.0)


def test_no_mean_or_no_spread_has_no_fit():
    for rows in ([[1.0, 0.0], [-1.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]]):
        kappa, dispersion, _ = fit(np.array(rows))
        assert np.isnan(kappa)
        assert np.isnan(dispersion)
