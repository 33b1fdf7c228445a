"""Uniformity against a double loop and exact cases, and the metrics of the same name."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from theory import metrics
from theory.errors import InputError
from theory.losses import CentroidUniformity, Uniformity

ENGINES = pytest.mark.parametrize("engine", ["dense", "streaming"])


def unit_views(seed, count, rows, columns):
    generator = torch.Generator().manual_seed(seed)
    draw = torch.randn(count, rows, columns, generator=generator, dtype=torch.float64)
    return tuple(torch.nn.functional.normalize(draw, dim=-1))


def double_loop(view, t):
    total, rows = 0.0, view.tolist()
    for i, a in enumerate(rows):
        for j, b in enumerate(rows):
            if i != j:
                total += math.exp(-t * math.dist(a, b) ** 2)
    return math.log(total / (len(rows) * (len(rows) - 1)))


@ENGINES
@given(
    seed=st.integers(0, 999), rows=st.integers(2, 8), count=st.integers(2, 4), t=st.floats(0.1, 9)
)
def test_double_loop(engine, seed, rows, count, t):
    views = unit_views(seed, count, rows, 3)
    found = Uniformity(t=t, engine=engine)(*views, logit_scale=1.0)["loss"].item()
    expected = sum(double_loop(view, t) for view in views) / count
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


@ENGINES
def test_exact_cases(engine):
    e = torch.eye(3, dtype=torch.float64)
    loss = Uniformity(engine=engine)
    assert loss(e, -e, logit_scale=1.0)["loss"].item() == pytest.approx(-4.0, abs=1e-14)
    collapsed = e[:1].expand(3, 3)
    assert loss(collapsed, e, logit_scale=1.0)["loss"].item() == pytest.approx(-2.0, abs=1e-14)


def test_metrics_of_the_same_name():
    x, y = unit_views(1, 2, 50, 4)
    found = metrics.evaluate(x, y, names=["uniformity"])
    mean = (found["uniformity_x"] + found["uniformity_y"]) / 2
    assert Uniformity()(x, y, logit_scale=1.0)["loss"].item() == pytest.approx(mean, rel=1e-9)


def test_aligned_views_are_their_own_centroids():
    (x,) = unit_views(2, 1, 20, 4)
    one = Uniformity()(x, x, logit_scale=1.0)["loss"]
    other = CentroidUniformity()(x, x, logit_scale=1.0)["loss"]
    torch.testing.assert_close(one, other - math.log(19))


@pytest.mark.parametrize("t", [0.0, -1.0, math.inf])
def test_bad_sharpness(t):
    for loss in (Uniformity, CentroidUniformity):
        with pytest.raises(InputError, match=f"t is {t:g}"):
            loss(t=t)
