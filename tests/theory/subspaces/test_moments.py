"""Streamed moments against numpy on the whole array, and where single precision fails."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InputError
from theory.sphere import random_rotation
from theory.subspaces import Moments, principal_angles, variance_basis

ROUNDING = 1e-13  # sums of 10⁴ products in float64


def largest_sine(a, b):
    return np.sin(principal_angles(a, b)[-1])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("n", [1, 2, 300, 9001])
def test_moments_are_those_of_numpy_in_double(n, dtype, rng):
    rows = (rng.standard_normal((n, 5)) + 3).astype(dtype)
    moments = Moments.of(rows)
    exact = rows.astype(np.float64)
    assert moments.count == n
    np.testing.assert_allclose(moments.mean, exact.mean(axis=0), rtol=ROUNDING)
    np.testing.assert_allclose(
        moments.covariance(), np.cov(exact.T, ddof=0, bias=True).reshape(5, 5), atol=ROUNDING
    )
    np.testing.assert_allclose(moments.second_moment(), exact.T @ exact / n, rtol=ROUNDING)


class FakeDask:
    """What of a Dask array is used: row blocks that are computed one at a time."""

    def __init__(self, rows):
        self.rows, self.numblocks, self.ndim = rows, (3, 2), 2
        self.shape = rows.shape

    def rechunk(self, chunks):
        assert chunks == {1: -1}
        return self

    @property
    def blocks(self):
        return [FakeDask(part) for part in np.array_split(self.rows, 3)]

    def compute(self):
        return self.rows


def test_every_source_of_rows_gives_the_same(rng, tmp_path):
    rows = rng.standard_normal((500, 4)).astype(np.float32)
    stored = np.memmap(tmp_path / "rows", dtype=np.float32, mode="w+", shape=rows.shape)
    stored[:] = rows
    expected = Moments.of(rows)
    for source in (
        stored,
        torch.tensor(rows),
        rows.astype(np.float64).tolist(),
        (rows[start : start + 130] for start in range(0, 500, 130)),
        FakeDask(rows),
    ):
        seen = Moments.of(source)
        assert seen.count == 500
        np.testing.assert_allclose(seen.mean, expected.mean, atol=ROUNDING)
        np.testing.assert_allclose(seen.covariance(), expected.covariance(), atol=ROUNDING)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.integers(0, 10**6))
def test_merging_is_the_same_as_seeing_everything(sizes, seed):
    rng = np.random.default_rng(seed)
    parts = [rng.standard_normal((n, 3)) + 10 * rng.standard_normal(3) for n in sizes]
    merged = Moments(3)
    for part in parts:
        assert merged.merge(Moments.of(part)) is merged
    whole = Moments.of(np.concatenate(parts))
    assert merged.count == whole.count
    np.testing.assert_allclose(merged.mean, whole.mean, atol=100 * ROUNDING)
    np.testing.assert_allclose(merged.covariance(), whole.covariance(), atol=1000 * ROUNDING)


def test_merging_leaves_the_other_alone(rng):
    one, two = Moments.of(rng.standard_normal((9, 2))), Moments.of(rng.standard_normal((9, 2)))
    before = two.covariance()
    Moments(2).merge(two).merge(one).update(np.ones((3, 2)))
    assert np.array_equal(two.covariance(), before)


def test_a_large_offset_costs_no_digits(rng):
    rows = rng.standard_normal((5000, 3))
    shifted = Moments.of(rows + 1e6).covariance()
    # x + 1e6 itself is rounded to 1e-10
    np.testing.assert_allclose(shifted, Moments.of(rows).covariance(), atol=1e-10)


def test_float32_sums_lose_the_subspace_and_ours_do_not(rng):
    d, n, weak = 32, 20_000, 3e-4
    frame = random_rotation(d, rng)
    scale = np.r_[np.ones(8), np.full(8, weak), np.zeros(16)]
    rows = ((rng.standard_normal((n, d)) * scale) @ frame.T + 2 * frame[:, 0]).astype(np.float32)
    exact = np.linalg.svd(rows - rows.mean(0, dtype=np.float64), full_matrices=False)[2][:16].T
    ours = Moments.of(rows).spectrum()[1][:, :16]
    single = rows - rows.mean(0)
    theirs = np.linalg.eigh((single.T @ single).astype(np.float64))[1][:, ::-1][:, :16]
    assert largest_sine(ours, exact) < 1e-8
    assert largest_sine(theirs, exact) > 1e-3


def test_squaring_is_what_limits_us(rng):
    # Second moments square the condition: below 1e-8 of the largest deviation a direction is
    # lost to rounding, where a singular value decomposition of the rows still sees it.
    frame = random_rotation(6, rng)
    for weak, lost in ((1e-6, False), (1e-10, True)):
        rows = (rng.standard_normal((4000, 6)) * [1, 1, 1, weak, 0, 0]) @ frame.T
        ours = Moments.of(rows).spectrum()[1][:, :4]
        assert (largest_sine(ours, frame[:, :4]) > 1e-2) == lost


def test_spectrum_is_that_of_the_singular_values(rng):
    rows = rng.standard_normal((200, 6)) * np.arange(1, 7) + 5
    for centered in (True, False):
        used = rows - rows.mean(0) if centered else rows
        _, s, vt = np.linalg.svd(used, full_matrices=False)
        values, vectors = Moments.of(rows).spectrum(centered)
        np.testing.assert_allclose(values, s**2 / 200, rtol=1e-11)
        np.testing.assert_allclose(np.abs(vectors.T @ vt.T), np.eye(6), atol=1e-11)


@pytest.mark.parametrize("centered", [True, False])
@pytest.mark.parametrize("level", [0.3, 0.9, 0.99, 1.0])
def test_variance_basis_is_the_smallest_that_suffices(level, centered, rng):
    rows = rng.standard_normal((400, 8)) * 2.0 ** -np.arange(8) + 0.1
    basis = variance_basis(rows, level, centered)
    used = rows - rows.mean(0) if centered else rows
    total = (used**2).sum()
    share = [((used @ basis[:, :k]) ** 2).sum() / total for k in range(basis.shape[1] + 1)]
    assert share[-1] >= level - ROUNDING
    assert share[-2] < level
    np.testing.assert_allclose(basis.T @ basis, np.eye(basis.shape[1]), atol=ROUNDING)


def test_variance_basis_stops_at_the_rank(rng):
    rows = rng.standard_normal((50, 3)) @ rng.standard_normal((3, 10))
    assert variance_basis(rows, 1.0).shape == (10, 3)
    assert variance_basis(rows[:3], 1.0).shape == (10, 2)
    assert variance_basis(rows[:1], 1.0, centered=False).shape == (10, 1)
    assert variance_basis(Moments.of(rows), 1.0).shape == (10, 3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_equal_rows_have_no_variance(dtype):
    rows = np.tile(np.array([0.1, 0.7, 0.3], dtype=dtype), (100, 1))
    with pytest.raises(InputError, match="rows of x are all equal"):
        variance_basis(rows)
    assert variance_basis(rows, centered=False).shape == (3, 1)


def test_bad_rows(rng):
    with pytest.raises(InputError, match="y has no rows"):
        Moments.of(iter([]), "y")
    with pytest.raises(InputError, match="x has 3 columns where 2 came before"):
        Moments(2).update(np.ones((1, 3)))
    with pytest.raises(InputError, match="row 1 of x is not finite"):
        Moments.of(np.array([[1.0], [np.nan]]))
    with pytest.raises(InputError, match=r"x has shape \(\)"):
        Moments.of(iter([1.0]))
    with pytest.raises(InputError, match="no rows were added"):
        Moments(2).covariance()
    with pytest.raises(InputError, match="other has dimension 3, not 2"):
        Moments(2).merge(Moments(3))
    for level in (0, 1.1, np.nan):
        with pytest.raises(InputError, match=r"level is .*; give a finite number in \(0, 1\]"):
            variance_basis(np.eye(2), level)


def test_what_is_kept_is_dropped_when_rows_are_added(rng):
    rows = rng.standard_normal((40, 3))
    moments = Moments(3).update(rows[:10])
    before, _ = moments.covariance(), moments.spectrum()
    with pytest.raises(ValueError, match="read-only"):
        before[0, 0] = 1.0
    moments.update(rows[10:20]).merge(Moments(3).update(rows[20:]))
    expected = np.cov(rows.T, bias=True)
    assert moments.covariance() == pytest.approx(expected, abs=1e-14)
    assert moments.spectrum()[0] == pytest.approx(np.linalg.eigvalsh(expected)[::-1], abs=1e-14)
