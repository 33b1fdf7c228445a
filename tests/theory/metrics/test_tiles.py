import numpy as np
import pytest

from theory.metrics import View, evaluate
from theory.metrics.tiles import TILE, mean_over_pairs
from theory.sphere import sample_uniform


def test_tiles_see_every_pair_once(rng, monkeypatch):
    x, y = sample_uniform(10, 3, rng), sample_uniform(10, 3, rng)
    one, two = View(x), View(y)
    cosines = x @ y.T
    expected = cosines[~np.eye(10, dtype=bool)].mean()
    within = (x @ x.T)[~np.eye(10, dtype=bool)].mean()
    for tile in (TILE, 30):  # one tile; three rows a tile and one left over
        monkeypatch.setattr("theory.metrics.tiles.TILE", tile)
        assert mean_over_pairs(one, two, np.positive) == pytest.approx(expected)
        assert mean_over_pairs(one, one, np.positive) == pytest.approx(within)


def test_tiles_change_nothing(rng, monkeypatch):
    x, y = sample_uniform(23, 3, rng), sample_uniform(23, 3, rng)
    labels = np.arange(23) % 3
    wanted = ["mutual_knn", "recall", "knn"]
    whole = evaluate(x, y, labels=labels, names=wanted)
    monkeypatch.setattr("theory.metrics.tiles.TILE", 23 * 5)
    assert evaluate(x, y, labels=labels, names=wanted) == pytest.approx(whole, rel=1e-14)
