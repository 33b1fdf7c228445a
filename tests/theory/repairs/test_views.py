"""Streams: blocks, memory-maps, Dask arrays and iterators give what arrays in memory give."""

import tracemalloc

import numpy as np
import pytest

from theory import repairs
from theory.errors import InputError
from theory.repairs import views as streams
from theory.sphere import normalize, random_rotation, sample_uniform

EQUAL = 1e-6  # the bar; sums of blocks differ by rounding alone, far below

every_repair = pytest.mark.parametrize("name", repairs.names())


@pytest.fixture
def pairs(rng):
    """Two views of 3000 items in R^12 that share five of their eight directions, as float32."""
    frame, other = random_rotation(12, rng), random_rotation(12, rng)
    common, own = rng.standard_normal((3000, 5)), rng.standard_normal((2, 3000, 3))
    views = (
        np.c_[common, part] @ np.c_[frame[:, :5], 0.8 * tilt[:, 5:8]].T
        + 0.05 * rng.standard_normal((3000, 12))
        + mean
        for part, tilt, mean in zip(own, (frame, frame @ other), frame[:, 8:10].T, strict=True)
    )
    return tuple(normalize(view).astype(np.float32) for view in views)


@pytest.fixture(autouse=True)
def _short_blocks(monkeypatch):
    monkeypatch.setattr(streams, "BLOCK_ROWS", 512)


def chunks(rows, size):
    return [rows[i : i + size] for i in range(0, len(rows), size)]


def same(repair, expected, pairs):
    assert repair.n_features_in_ == expected.n_features_in_
    for one, two in zip(repair.transform(*pairs), expected.transform(*pairs), strict=True):
        np.testing.assert_allclose(one, two, atol=EQUAL)


@every_repair
def test_functions_that_return_blocks(name, pairs):
    x, y = pairs
    expected = repairs.create(name).fit(x, y)
    found = repairs.create(name).fit(lambda: iter(chunks(x, 700)), lambda: chunks(y, 333))
    same(found, expected, pairs)


@every_repair
def test_iterators_are_read_once(name, pairs):
    x, y = pairs
    repair = repairs.create(name)
    if name == "realign":
        with pytest.raises(InputError, match="X is an iterator, which can be read once"):
            repair.fit(iter(chunks(x, 700)), y)
        return
    same(repair.fit(iter(chunks(x, 700)), y), repairs.create(name).fit(x, y), pairs)


@every_repair
def test_memory_maps(name, pairs, tmp_path):
    maps = []
    for index, view in enumerate(pairs):
        np.save(tmp_path / f"{index}.npy", view)
        maps.append(np.load(tmp_path / f"{index}.npy", mmap_mode="r"))
    expected = repairs.create(name).fit(*pairs)
    same(repairs.create(name).fit(*maps), expected, pairs)
    same(repairs.create(name).fit(maps[0][10:], maps[1][10:]), expected_of(name, pairs), pairs)


def expected_of(name, pairs):
    return repairs.create(name).fit(*(view[10:] for view in pairs))


def test_memory_does_not_grow_with_the_rows(tmp_path, rng):
    peaks = []
    for n in (20_000, 80_000):
        maps = []
        for index in range(2):
            path = tmp_path / f"{n}-{index}.npy"
            np.save(path, sample_uniform(n, 64, rng).astype(np.float32))
            maps.append(np.load(path, mmap_mode="r"))
        tracemalloc.start()
        repairs.create("rotation").fit(*maps)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    # One view of the larger is 20 MiB; statistics and blocks of 512 rows are far less.
    assert peaks[1] < 2 * 2**20
    assert peaks[1] - peaks[0] < 2**20


def test_views_of_different_length_are_read_to_the_end(pairs):
    x, y = pairs
    found = repairs.create("translation").fit(iter(chunks(x, 700)), iter(chunks(y[:1000], 90)))
    np.testing.assert_allclose(found.x_mean_, x.mean(axis=0, dtype=float), atol=EQUAL)
    np.testing.assert_allclose(found.y_mean_, y[:1000].mean(axis=0, dtype=float), atol=EQUAL)
    assert not repairs.create("rotation").fit(iter(chunks(x, 700)), y[:1000]).paired_
    with pytest.raises(InputError, match="Y ends after 1000 rows and X does not"):
        repairs.create("procrustes").fit(iter(chunks(x, 700)), y[:1000])


def test_bad_blocks_are_named(pairs):
    x, y = pairs
    fit = repairs.create("translation").fit
    with pytest.raises(InputError, match="X has no rows"):
        fit(iter([]), y)
    with pytest.raises(InputError, match="X has 12 columns but Y has 11"):
        fit(x, iter([y[:, :11]]))
    with pytest.raises(InputError, match="Y has a block of 11 columns after one of 12"):
        fit(x, iter([y[:5], y[:, :11]]))
    with pytest.raises(InputError, match="Y has shape"):
        fit(x, iter([y[0]]))
    with pytest.raises(TypeError, match="Y must hold floating-point"):
        fit(x, iter([y.astype(int)]))
    bad = np.where(np.arange(3000)[:, None] == 2345, np.nan, y)
    with pytest.raises(InputError, match="row 2345 of Y is not finite"):
        fit(x, iter(chunks(bad, 700)))
    with pytest.raises(InputError, match="row 1500 of X has length 2, not 1"):
        fit(iter([x[:1500], 2 * x[1500:]]), y)


def test_half_precision_rows_are_unit(pairs):
    x, y = (view.astype(np.float16) for view in pairs)
    assert repairs.create("centering").fit_transform(x, y)[0].dtype == np.float16
