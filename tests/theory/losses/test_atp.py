"""Align True Pairs: exact cases and the bound on the gap."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from theory.losses import AlignTruePairs


def views(seed, count):
    generator = torch.Generator().manual_seed(seed)
    draw = torch.randn(count, 6, 4, generator=generator, dtype=torch.float64)
    return tuple(torch.nn.functional.normalize(draw, dim=-1))


def test_exact_cases():
    x = torch.eye(2, dtype=torch.float64)
    loss = AlignTruePairs()
    for y, expected in [(x, 0.0), (-x, 4.0), (x.flip(0), 2.0)]:
        assert loss(x, y, logit_scale=1.0)["atp"].item() == expected
    collapsed = x[:1].expand(3, 2)
    assert loss(collapsed, collapsed, logit_scale=1.0)["loss"].item() == 0.0


@given(seed=st.integers(0, 999))
def test_cosine_of_true_pairs_and_the_squared_gap(seed):
    x, y = views(seed, 2)
    value = AlignTruePairs()(x, y, logit_scale=1.0)["loss"].item()
    assert value == pytest.approx(2 * (1 - (x * y).sum(1).mean().item()), abs=1e-14)
    assert (x.mean(0) - y.mean(0)).square().sum().item() <= value + 1e-14


def test_mean_over_the_other_views():
    anchor, first, second = views(5, 3)
    expected = sum(
        sum(((a - b) ** 2).sum() for a, b in zip(anchor, other, strict=True)) / 6
        for other in (first, second)
    )
    found = AlignTruePairs()(anchor, first, second, logit_scale=1.0)["loss"]
    torch.testing.assert_close(found, expected / 2)
