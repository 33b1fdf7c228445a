"""Whether the intervals cover what they say they cover, on laws with known parameters."""

import numpy as np
import pytest

from theory.diagnosis.bootstrap import bootstrap
from theory.diagnosis.estimates import Draws, Estimate, clipped, subsample_estimate
from theory.diagnosis.held_out import auc_contributions
from theory.diagnosis.pairs import PairStatistics
from theory.diagnosis.subsamples import draw_items, draw_size
from theory.metrics import Sample
from theory.metrics.retrieval import Recall

SIMULATIONS = 200
# Four standard errors of a frequency of 0.95 over 200 simulations, and one percent for the
# small samples: 0.95 − 4 √(0.95 · 0.05/200) − 0.01.
LEAST = 0.88


def arcs(rng, n):
    """Pairs on quarter circles: ``x`` at angle θ ~ U(0, 90°), ``y`` turned on by a ~ U(0, 90°)."""
    theta, turn = rng.uniform(0, np.pi / 2, (2, n))
    x = np.stack([np.cos(theta), np.sin(theta)], axis=1)
    y = np.stack([np.cos(theta + turn), np.sin(theta + turn)], axis=1)
    return x, y


# E cos a; |E x − E y| with E e^{iθ} = (2/π)(1 + i) and E e^{i(θ + a)} its square; |E x|.
MEAN = (2 / np.pi) * (1 + 1j)
TRUTH = {
    "true_pair_cosine": 2 / np.pi,
    "centroid_gap": abs(MEAN - MEAN**2),
    "gap_angle": np.pi / 4,
    "mean_length_x": abs(MEAN),
}


def test_bootstrap_of_pairs_covers_the_population(rng):
    hits = dict.fromkeys(TRUTH, 0)
    for seed in range(SIMULATIONS):
        found = bootstrap(PairStatistics(arcs(rng, 80), rng), seed, resamples=300)
        for key, truth in TRUTH.items():
            interval = found[key].estimate("")
            hits[key] += interval.low <= truth <= interval.high
    assert min(hits.values()) >= LEAST * SIMULATIONS, hits


def test_the_interval_reaches_zero_where_there_is_no_gap(rng):
    reached, values = 0, []
    for seed in range(SIMULATIONS):
        x, y = rng.standard_normal((2, 60, 8))
        views = [v / np.linalg.norm(v, axis=1, keepdims=True) for v in (x, y)]
        gap = bootstrap(PairStatistics(views, rng), seed, resamples=300)["centroid_gap"]
        values.append(gap.value)
        reached += gap.estimate("").low == 0
    assert reached >= LEAST * SIMULATIONS
    assert np.mean(values) > 0.1  # what two means of 60 rows are apart by chance


def recall(x, y):
    return Recall()(Sample.of(x, y))["r1_xy"]


def noisy(rng, n):
    x = rng.standard_normal((n, 5))
    return x, x + 0.6 * rng.standard_normal((n, 5))


def test_subsampling_covers_the_population_at_the_size_of_the_subsample(rng):
    size, n, draws = 30, 90, 20
    truth = np.mean([recall(*noisy(rng, size)) for _ in range(2000)])
    hits = 0
    for seed in range(SIMULATIONS):
        x, y = noisy(rng, n)
        items = draw_items(n, size, draws, seed)
        values = np.array([recall(x[chosen], y[chosen]) for chosen in items])
        found = subsample_estimate(values, size, n, "")
        hits += found.low <= truth <= found.high
        # It is not the recall of the whole sample, whose gallery is larger.
    assert hits >= LEAST * SIMULATIONS
    assert recall(*noisy(rng, 900)) < truth - 0.1


def test_the_spread_of_draws_is_scaled_to_that_of_independent_samples():
    values = np.array([0.0, 1.0] * 10)
    half = subsample_estimate(values, 50, 100, "")
    tenth = subsample_estimate(values, 10, 100, "")
    ratio = (half.high - half.low) / (tenth.high - tenth.low)
    assert ratio == pytest.approx(np.sqrt((1 + 1 / 20) / (1 / 9 + 1 / 20)))


def test_differences_of_the_same_resamples_cancel_what_they_share(rng):
    shared = rng.standard_normal(500)
    one, two = Draws(1.0, 1 + shared), Draws(0.5, 0.5 + shared)
    difference = one.minus(two).estimate("how")
    assert difference.low == pytest.approx(0.5)
    assert difference.high == pytest.approx(0.5)
    assert difference.method == "how"


def test_an_interval_holds_its_value_and_undefined_stays_undefined():
    assert Draws(2.0, np.linspace(0, 1, 9)).estimate("").high == 2.0
    assert np.isnan(Draws(float("nan"), np.zeros(3)).estimate("").low)
    assert np.isnan(subsample_estimate(np.array([1.0]), 5, 10, "").low)


def test_scores_are_cut_at_their_range():
    wide = Estimate(0.5, -1.0, 2.0, "")
    assert clipped(wide, "r1_xy")[1:3] == (0.0, 1.0)
    assert clipped(wide, "ari")[1:3] == (-0.5, 1.0)
    assert clipped(wide, "smallest_principal_angle")[1:3] == (0.0, 2.0)
    assert clipped(wide, "uniformity_x") == wide


def test_auc_contributions_are_the_auc_and_its_slopes(rng):
    low, high = np.round(rng.standard_normal((2, 40)), 1)
    high += 0.5

    def auc(w):
        wins = (high[None] > low[:, None]) + 0.5 * (high[None] == low[:, None])
        return w @ wins @ w / w.sum() ** 2

    values = auc_contributions(low, high)
    assert values.mean() == pytest.approx(auc(np.ones(40)), rel=1e-12)
    heavier = np.ones(40)
    heavier[3] += 1e-6
    slope = (auc(heavier) - auc(np.ones(40))) / 1e-6 * 40
    assert slope == pytest.approx(values[3] - values.mean(), abs=1e-4)


def test_subsamples_hold_no_item_twice():
    items = draw_items(50, draw_size(50, 4), 20, seed=3)
    assert all(len(np.unique(chosen)) == 25 for chosen in items)
    assert draw_size(3, 700) == 1
