"""Streamed statistics against the metrics on the whole arrays."""

import numpy as np
import pytest

from theory.diagnosis.bootstrap import bootstrap
from theory.diagnosis.pairs import PairStatistics, pair_suffixes, unit_blocks
from theory.metrics import evaluate
from theory.sphere import normalize

ROUNDING = 1e-12  # the same float64 sums in another order
SAME = (
    "centroid_gap", "gap_angle", "true_pair_cosine", "l2i", "ims_residual",
    "relative_modality_gap", "mean_length",
)  # fmt: skip


@pytest.mark.parametrize("views", [2, 3])
def test_values_are_those_of_the_metrics(cloud, rng, views):
    x, y, _ = cloud()
    given = [x, y, normalize(x + 0.5 * rng.standard_normal(x.shape))][:views]
    found = bootstrap(PairStatistics(given, rng), seed=0, resamples=5)
    expected = evaluate(*given, names=SAME)
    for key, value in expected.items():
        assert found[key].value == pytest.approx(value, rel=ROUNDING, abs=ROUNDING), key


def test_cosine_of_other_pairs(cloud, rng):
    x, y, _ = cloud(n=30)
    found = bootstrap(PairStatistics([x, y], rng), seed=0, resamples=5)
    others = (x @ y.T)[~np.eye(30, dtype=bool)].mean()
    assert found["random_pair_cosine"].value == pytest.approx(others, rel=ROUNDING)


def test_groups_change_the_resampled_units_and_no_value(cloud, monkeypatch):
    x, y, _ = cloud(n=240)
    whole = PairStatistics([x, y], np.random.default_rng(0))
    monkeypatch.setattr("theory.diagnosis.pairs.GROUPS", 60)
    grouped = PairStatistics([x, y], np.random.default_rng(0))
    assert len(grouped.values["l2i"]) == 60
    assert grouped.means == pytest.approx(whole.means, rel=ROUNDING)
    # Groups of equal size: the mean of their means is the mean.
    assert grouped.values["l2i"].mean() == pytest.approx(whole.means["l2i"], rel=ROUNDING)
    np.testing.assert_allclose(grouped.views[0].deviations.mean(axis=0), 0, atol=1e-7)  # float32
    widths = [
        np.ptp(np.quantile(bootstrap(s, 1, 400)["l2i"].draws, [0.025, 0.975]))
        for s in (whole, grouped)
    ]
    # Both estimate one standard error; 60 groups know it to about 10 %.
    assert widths[1] == pytest.approx(widths[0], rel=0.4)


def test_ims_values_hold_the_dependence_on_the_mean_directions(cloud, rng):
    x, y, _ = cloud(n=200)
    found = PairStatistics([x, y], rng)
    values = found.values["ims_residual"]
    assert values.mean() == pytest.approx(found.means["ims_residual"], rel=1e-10)
    weights = np.ones(200)
    weights[7] += 1e-4  # one pair counts a little more: compare with the derivative

    def residual(w):
        w = w / w.sum()
        means = [w @ view for view in (x, y)]
        heights = [v @ (m / np.linalg.norm(m)) for v, m in zip((x, y), means, strict=True)]
        return w @ np.abs(heights[0] - heights[1])

    slope = (residual(weights) - residual(np.ones(200))) / 1e-4 * 200
    assert slope == pytest.approx(values[7] - values.mean(), abs=2e-3)  # second order in 1e-4


def test_blocks_cover_all_rows(rng, monkeypatch):
    monkeypatch.setattr("theory.diagnosis.pairs.BLOCK_ROWS", 4)
    rows = rng.standard_normal((10, 3)).astype(np.float32)
    seen = np.concatenate([block for _, block in unit_blocks(rows)])
    np.testing.assert_allclose(seen, normalize(rows.astype(np.float64)), rtol=1e-15)


def test_suffixes_name_the_views():
    assert pair_suffixes(2) == {(0, 1): ""}
    assert list(pair_suffixes(3).values()) == ["_01", "_02", "_12"]
