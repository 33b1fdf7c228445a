"""Dask arrays: summed on the workers of a cluster, equal to what arrays in memory give."""

import numpy as np
import pytest

from theory import repairs
from theory.errors import InputError
from theory.sphere import normalize

da = pytest.importorskip("dask.array", reason="the extra dask is not installed")

EQUAL = 1e-6  # the bar; sums of blocks differ by rounding alone, far below


@pytest.fixture
def pairs(rng):
    common, own = rng.standard_normal((2000, 4)), rng.standard_normal((2, 2000, 4))
    return tuple(
        normalize(np.c_[common, 0.5 * part] + np.eye(8)[index + 4]).astype(np.float32)
        for index, part in enumerate(own)
    )


def lazy(view, rows=300, columns=8):
    return da.from_array(view, chunks=(rows, columns))


@pytest.mark.parametrize("name", repairs.names())
def test_dask_arrays_are_as_good_as_arrays(name, pairs):
    x, y = pairs
    expected = repairs.create(name).fit(x, y)
    # Chunks need not agree; columns may be cut as well.
    found = repairs.create(name).fit(lazy(x), lazy(y, 450, 5))
    out = found.transform(lazy(x), lazy(y, 450, 5))
    for one, two in zip(out, expected.transform(x, y), strict=True):
        assert isinstance(one, da.Array)
        assert one.shape == two.shape
        assert one.dtype == two.dtype
        np.testing.assert_allclose(one.compute(), two, atol=EQUAL)


@pytest.mark.parametrize("name", ["translation", "shared_projection"])
def test_mixed_and_unequal_lengths(name, pairs):
    x, y = pairs
    expected = repairs.create(name).fit(x, y[:1500])
    for views in ((lazy(x), y[:1500]), (lazy(x), lazy(y[:1500])), (lazy(x)[x[:, 0] < 9], y[:1500])):
        found = repairs.create(name).fit(*views)
        np.testing.assert_allclose(found.transform(x), expected.transform(x), atol=EQUAL)


def test_on_a_cluster(pairs):
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    x, y = pairs
    expected = repairs.create("shared_projection").fit(x, y)
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        found = repairs.create("shared_projection").fit(lazy(x), lazy(y))
        assert client.scheduler_info()["type"] == "Scheduler"
        assert found.n_shared_ == expected.n_shared_
        np.testing.assert_allclose(found.shared_basis_, expected.shared_basis_, atol=EQUAL)
        np.testing.assert_allclose(
            found.transform(lazy(x)).compute(), expected.transform(x), atol=EQUAL
        )
        with pytest.raises(InputError, match="row 1234 of Y is not finite"):
            repairs.create("cca").fit(
                lazy(x), lazy(np.where(np.arange(2000)[:, None] == 1234, np.nan, y))
            )
