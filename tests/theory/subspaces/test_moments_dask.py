"""Moments of real Dask arrays, which need the extra ``dask``."""

import numpy as np
import pytest

from theory.errors import InputError
from theory.subspaces import Moments, principal_angles, variance_basis
from theory.subspaces.moments import _blocks

da = pytest.importorskip("dask.array", reason="the extra dask is not installed")

ROUNDING = 1e-13  # sums of a thousand products in float64, taken block by block


@pytest.fixture
def rows(rng):
    return (rng.standard_normal((1000, 6)) * np.arange(1, 7) + 3).astype(np.float32)


@pytest.mark.parametrize("chunks", [(1000, 6), (100, 6), (137, 4), (1, 6)])
def test_chunks_do_not_matter(rows, chunks):
    expected, found = Moments.of(rows), Moments.of(da.from_array(rows, chunks=chunks))
    assert found.count == 1000
    np.testing.assert_allclose(found.mean, expected.mean, rtol=ROUNDING)
    np.testing.assert_allclose(found.covariance(), expected.covariance(), atol=100 * ROUNDING)


def test_blocks_are_computed_one_at_a_time(rows):
    computed = []

    def seen(block):
        computed.append(block.shape)
        return block * 1.0

    lazy = da.from_array(rows, chunks=(250, 6)).map_blocks(seen, dtype=rows.dtype)
    computed.clear()  # what Dask tried to learn the dtype
    merged = Moments(6)
    for done, block in enumerate(_blocks(lazy)):
        assert computed == [(250, 6)] * (done + 1)
        merged.update(block)
    assert merged.count == 1000


def test_lengths_that_dask_does_not_know(rows):
    array = da.from_array(rows, chunks=(100, 6))
    kept = array[array[:, 0] > 3]
    assert np.isnan(kept.shape[0])
    exact = rows[rows[:, 0] > 3]
    found = Moments.of(kept)
    assert found.count == len(exact)
    np.testing.assert_allclose(found.mean, exact.astype(np.float64).mean(axis=0), rtol=ROUNDING)


def test_the_variance_basis_is_that_of_the_array(rows):
    found = variance_basis(da.from_array(rows, chunks=(100, 6)), 0.9)
    assert principal_angles(found, variance_basis(rows, 0.9))[-1] < 100 * ROUNDING


def test_a_bad_row_is_named(rows):
    rows[700, 2] = np.nan
    with pytest.raises(InputError, match="not finite"):
        Moments.of(da.from_array(rows, chunks=(100, 6)))
