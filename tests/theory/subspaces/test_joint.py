"""Joint statistics of several views: NumPy as oracle, merging, halves, single precision."""

import numpy as np
import pytest

from theory.subspaces import CrossMoment, JointMoments, Means

# A block of 500 float32 products, summed in float32: some roundings of the variance.
SINGLE = 3e-6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_means_and_total_variance(dtype, rng):
    rows = (rng.standard_normal((500, 3)) + 100).astype(dtype)
    whole = Means(3).update(rows)
    parts = Means(3).merge(Means(3).update(rows[:1])).update(rows[1:200])
    parts.merge(Means(3).update(rows[200:])).merge(Means(3))
    exact = rows.astype(np.float64)
    for means in (whole, parts):
        assert means.count == 500
        np.testing.assert_allclose(means.mean, exact.mean(axis=0), rtol=1e-13)
        assert means.variance == pytest.approx(exact.var(axis=0).sum(), rel=1e-12)


@pytest.mark.parametrize(("dtype", "atol"), [(np.float32, SINGLE), (np.float64, 1e-12)])
def test_cross_moments_about_a_large_offset(dtype, atol, rng):
    # An offset a thousand times the spread would cost six digits if it were not taken away.
    x = (rng.standard_normal((500, 3)) + 1000).astype(dtype)
    y = (0.5 * x + rng.standard_normal((500, 3))).astype(dtype)
    whole = CrossMoment(3).update(x, y)
    parts = CrossMoment(3).update(x[:70], y[:70]).merge(CrossMoment(3).update(x[70:], y[70:]))
    left, right = (v.astype(np.float64) - v.mean(axis=0, dtype=np.float64) for v in (x, y))
    for moment in (whole, parts, CrossMoment(3).merge(whole)):
        np.testing.assert_allclose(moment.value(centered=True), left.T @ right / 500, atol=atol)
        exact = x.astype(np.float64).T @ y / 500
        np.testing.assert_allclose(
            moment.value(centered=False), exact, rtol=1e-6 if atol == SINGLE else 1e-12
        )


def test_halves_and_merges_are_the_whole(rng):
    x, y = rng.standard_normal((2, 101, 4)) + 3
    whole = JointMoments(4, 2, [(0, 1)]).update([x, y], 0, ["X", "Y"])
    parts = JointMoments(4, 2, [(0, 1)])
    for start in range(0, 101, 17):
        block = [x[start : start + 17], y[start : start + 17]]
        parts.merge(JointMoments(4, 2, [(0, 1)]).update(block, start, ["X", "Y"]))
    for joint in (whole, parts):
        assert joint.paired
        assert [m.count for m in joint.moments(0)] == [51, 51]
        for centered in (False, True):
            left, right = (v - v.mean(0) if centered else v for v in (x, y))
            np.testing.assert_allclose(
                joint.cross(0, 1, centered), left.T @ right / 101, atol=1e-13
            )
            np.testing.assert_allclose(
                joint.cross(1, 0, centered), right.T @ left / 101, atol=1e-13
            )
        np.testing.assert_allclose(
            joint.cross(0, 1, False, half=1), x[1::2].T @ y[1::2] / 50, atol=1e-13
        )
        np.testing.assert_allclose(joint.moments()[1].covariance(), np.cov(y.T, ddof=0), atol=1e-13)


def test_views_of_different_length_are_no_pairs(rng):
    x, y = rng.standard_normal((2, 10, 3))
    joint = JointMoments(3, 2, [(0, 1)]).update([x, y[:7]], 0, ["X", "Y"])
    assert not joint.paired
    assert [m.count for m in joint.moments()] == [10, 7]
    assert not JointMoments(3, 2).update([x, y], 0, ["X", "Y"]).paired
    joint = JointMoments(3, 2, [(0, 1)]).update([x, y], 0, ["X", "Y"])
    assert joint.update([x, None], 10, ["X", "Y"]).moments()[0].count == 20
    assert not joint.paired
