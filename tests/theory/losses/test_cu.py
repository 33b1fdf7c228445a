"""Centroid Uniformity in both conventions."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from theory.losses import CentroidUniformity

ENGINES = pytest.mark.parametrize("engine", ["dense", "streaming"])


def views(seed, count, rows):
    generator = torch.Generator().manual_seed(seed)
    draw = torch.randn(count, rows, 4, generator=generator, dtype=torch.float64)
    return tuple(torch.nn.functional.normalize(draw, dim=-1))


@ENGINES
@given(seed=st.integers(0, 999), count=st.integers(2, 4), rows=st.integers(2, 8))
def test_double_loop(engine, seed, count, rows):
    given_views = views(seed, count, rows)
    mean = sum(given_views) / count
    unit = mean / mean.norm(dim=1, keepdim=True)

    def potential(points):
        return sum(
            math.exp(-2 * ((points[i] - points[j]) ** 2).sum().item())
            for i in range(rows)
            for j in range(rows)
            if i != j
        )

    expected = {
        "paper": math.log(potential(mean) / rows),
        "published": math.log(potential(unit) / (rows * (rows - 1))),
    }
    for form, value in expected.items():
        loss = CentroidUniformity(form=form, engine=engine)
        found = loss(*given_views, logit_scale=1.0)["cu"].item()
        assert found == pytest.approx(value, rel=1e-12, abs=1e-12)


@ENGINES
def test_two_samples_and_collapse(engine):
    x = torch.tensor([[1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
    paper = CentroidUniformity(engine=engine)
    published = CentroidUniformity(engine=engine, form="published")
    # N = 2: one pair, counted twice over N = 2 or once over one.
    assert paper(x, x, logit_scale=1.0)["loss"].item() == pytest.approx(-8, abs=1e-14)
    assert published(x, x, logit_scale=1.0)["loss"].item() == pytest.approx(-8, abs=1e-14)
    collapsed = x[:1].expand(5, 2)
    assert paper(collapsed, collapsed, logit_scale=1.0)["loss"].item() == pytest.approx(math.log(4))
    assert published(collapsed, collapsed, logit_scale=1.0)["loss"].item() == pytest.approx(0)


def test_conventions_differ_by_a_constant_where_pairs_are_aligned():
    x, *_ = views(1, 1, 9)
    paper, published = (
        CentroidUniformity(form=form)(x, x, logit_scale=1.0)["loss"].item()
        for form in ("paper", "published")
    )
    assert paper - published == pytest.approx(math.log(8), abs=1e-13)


@ENGINES
def test_antipodal_views_have_no_centroid_direction_but_a_finite_loss(engine):
    x, y = views(2, 2, 4)
    y = torch.cat((-x[:1], y[1:])).requires_grad_()
    loss = CentroidUniformity(form="published", engine=engine)
    value = loss(x, y, logit_scale=1.0)["loss"]
    value.backward()
    assert torch.isfinite(value)
    assert torch.isfinite(y.grad).all()


@ENGINES
def test_rows_far_apart_do_not_underflow(engine):
    x = 40.0 * torch.eye(3)
    found = CentroidUniformity(engine=engine)(x, x, logit_scale=1.0)["loss"].item()
    assert found == pytest.approx(math.log(2) - 2 * 2 * 40.0**2, rel=1e-6)
