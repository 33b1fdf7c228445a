import numpy as np
import pytest
from scipy import stats

from theory.errors import InputError
from theory.statistics import holm, mean_interval, paired_interval, paired_p_value


def test_agrees_with_scipy(rng):
    values = rng.normal(size=7)
    ours = mean_interval(values, level=0.9)
    theirs = stats.ttest_1samp(values, 0).confidence_interval(0.9)
    assert ours.mean == pytest.approx(values.mean())
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))
    assert ours.n == 7


def test_covers_the_mean_as_often_as_it_says(rng):
    found = [mean_interval(rng.normal(3.0, 2.0, size=5)) for _ in range(2000)]
    covered = np.mean([i.low <= 3.0 <= i.high for i in found])
    assert covered == pytest.approx(
        0.95, abs=4 * np.sqrt(0.95 * 0.05 / 2000)
    )  # four standard errors


def test_one_run_has_no_interval():
    ours = mean_interval([2.0])
    assert ours.mean == 2.0
    assert np.isnan(ours.low)
    assert np.isnan(ours.high)
    assert ours.sign == 0


def test_pairing_removes_what_the_seeds_share(rng):
    shared = rng.normal(scale=100.0, size=5)
    difference = paired_interval(shared + 1.0 + 0.01 * rng.normal(size=5), shared)
    assert difference.sign == 1
    assert paired_interval(shared, shared + 5.0).mean == pytest.approx(-5.0)
    assert mean_interval([-3.0, -3.1, -2.9]).sign == -1


@pytest.mark.parametrize("values", [[], [[1.0, 2.0]]])
def test_bad_values(values):
    with pytest.raises(InputError, match="one value a run"):
        mean_interval(values)


def test_bad_arguments():
    with pytest.raises(InputError, match="level is 95"):
        mean_interval([1.0, 2.0], level=95)
    with pytest.raises(InputError, match="same seeds"):
        paired_interval([1.0], [1.0, 2.0])


def test_the_paired_test_is_scipys(rng):
    a, b = rng.normal(size=6), rng.normal(0.5, size=6)
    assert paired_p_value(a, b) == pytest.approx(stats.ttest_rel(a, b).pvalue)
    assert paired_p_value([1.0, 2.0], [0.0, 1.0]) == 0.0
    assert paired_p_value([1.0, 2.0], [1.0, 2.0]) == 1.0
    with pytest.raises(InputError, match="two or more"):
        paired_p_value([1.0], [2.0])


def test_holm_rejects_what_the_stepwise_procedure_rejects(rng):
    for _ in range(20):
        p = rng.uniform(size=8) ** 3
        rejected, order = set(), np.argsort(p)
        for step, index in enumerate(order):  # stop at the first that is not small enough
            if p[index] >= 0.05 / (len(p) - step):
                break
            rejected.add(int(index))
        assert set(np.flatnonzero(holm(p) < 0.05).tolist()) == rejected
    assert holm([]).size == 0


def test_holm_keeps_the_family_wise_error(rng):
    wrong = [holm(rng.uniform(size=12)).min() < 0.05 for _ in range(2000)]
    assert np.mean(wrong) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 2000)  # three standard errors
