"""ReAlign: its three steps written out, and what they achieve."""

import numpy as np
import pytest

from theory.errors import InputError
from theory.repairs import ReAlign
from theory.sphere import normalize, sample_vmf


@pytest.fixture
def cones(rng):
    return tuple(
        sample_vmf(axis, kappa, 400, rng)
        for axis, kappa in zip(np.eye(4), (30.0, 8.0, 100.0), strict=False)
    )


def test_the_three_steps(cones):
    x, y, z = cones
    repair = ReAlign().fit(x, y, z)
    out = repair.transform(x, y, z)
    np.testing.assert_allclose(out[0], x, atol=1e-15)
    for view, mapped in zip((y, z), out[1:], strict=True):
        scale = np.sqrt(np.trace(np.cov(x.T)) / np.trace(np.cov(view.T)))
        anchored = normalize(x.mean(0) + scale * (view - view.mean(0)))
        expected = normalize(anchored - anchored.mean(0) + x.mean(0))
        np.testing.assert_allclose(mapped, expected, atol=1e-14)
    assert repair.scales_[0] == 1
    assert repair.scales_[1] < 1 < repair.scales_[2]


def test_the_means_all_but_meet(cones):
    x, y, _ = cones
    before = np.linalg.norm(x.mean(0) - y.mean(0))
    mapped = ReAlign().fit(x, y).transform(None, y)
    assert np.linalg.norm(x.mean(0) - mapped.mean(0)) < 0.02 * before


def test_without_unit_rows_mean_and_spread_are_exact(cones):
    x, y, _ = cones
    out = ReAlign(normalize=False).fit(x, y).transform(None, y)
    np.testing.assert_allclose(out.mean(0), x.mean(0), atol=1e-14)
    assert out.var(0).sum() == pytest.approx(x.var(0).sum())


def test_equal_rows_have_no_spread(cones):
    with pytest.raises(InputError, match="rows of Y are all equal"):
        ReAlign().fit(cones[0], np.eye(4)[[1, 1, 1]])
