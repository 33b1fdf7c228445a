"""InfoNCE against a double loop, open_clip and exact cases."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from theory.losses import InfoNCE

ENGINES = pytest.mark.parametrize("engine", ["dense", "streaming"])


def pair(seed, rows, columns, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    draw = torch.randn(2, rows, columns, generator=generator, dtype=torch.float64)
    return tuple(torch.nn.functional.normalize(draw, dim=-1).to(dtype))


def double_loop(x, y, scale):
    total = 0.0
    for i in range(len(x)):
        own = scale * x[i] @ y[i]
        forth = sum(math.exp(scale * x[i] @ y[j] - own) for j in range(len(x)))
        back = sum(math.exp(scale * x[j] @ y[i] - own) for j in range(len(x)))
        total += math.log(forth) + math.log(back)
    return total / (2 * len(x))


@ENGINES
@given(
    seed=st.integers(0, 999),
    rows=st.integers(1, 9),
    columns=st.integers(1, 6),
    scale=st.floats(0, 100),
)
def test_double_loop(engine, seed, rows, columns, scale):
    x, y = pair(seed, rows, columns)
    found = InfoNCE(engine=engine)(x, y, logit_scale=scale)["loss"].item()
    assert found == pytest.approx(double_loop(x.numpy(), y.numpy(), scale), rel=1e-12, abs=1e-12)


@ENGINES
def test_exact_cases(engine):
    loss = InfoNCE(engine=engine)
    e = torch.eye(2, dtype=torch.float64)
    line = torch.stack((e[0], -e[0]))
    for x, y, scale, expected in [
        (e[:1], -e[:1], 50.0, 0.0),  # one pair has nothing to confuse it with
        (e, e, 0.0, math.log(2)),
        (e[:1].expand(5, 2), e[1:].expand(5, 2), 30.0, math.log(5)),  # identical rows
        (e, e, 3.0, math.log1p(math.exp(-3))),  # orthogonal pairs
        (line, line, 2.0, math.log1p(math.exp(-4))),
        (e, e.flip(0), 3.0, 3 + math.log1p(math.exp(-3))),  # every pair crossed
    ]:
        assert loss(x, y, logit_scale=scale)["loss"].item() == pytest.approx(expected, abs=1e-15)


@ENGINES
def test_open_clip_computes_the_same(engine):
    open_clip = pytest.importorskip("open_clip", reason="the peer comes with the extra 'real'")
    x, y = pair(1, 40, 16)
    for scale in (1.0, 14.0, 100.0):
        leaves = [v.clone().requires_grad_() for v in (x, y, torch.tensor(scale).double())]
        peers = [v.detach().clone().requires_grad_() for v in leaves]
        ours = InfoNCE(engine=engine)(*leaves[:2], logit_scale=leaves[2])["loss"]
        theirs = open_clip.ClipLoss()(*peers)
        ours.backward()
        theirs.backward()
        torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)
        for a, b in zip(leaves, peers, strict=True):
            torch.testing.assert_close(a.grad, b.grad, rtol=1e-12, atol=1e-12)


@ENGINES
def test_gradient_is_the_formula_of_the_softmax(engine):
    """One direction has ``(β/N)(Σ_j p_ij y_j − y_i)``; the loss is half of both [G.7]."""
    x, y = (v.numpy() for v in pair(2, 6, 4))
    scale = 9.0
    logits = scale * x @ y.T
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    q = np.exp(logits) / np.exp(logits).sum(0, keepdims=True)
    expected = scale / (2 * len(x)) * ((p + q) @ y - 2 * y)
    leaf = torch.tensor(x, requires_grad=True)
    InfoNCE(engine=engine)(leaf, torch.tensor(y), logit_scale=scale)["loss"].backward()
    np.testing.assert_allclose(leaf.grad.numpy(), expected, rtol=1e-12, atol=1e-14)


@ENGINES
def test_common_translation_of_one_gallery(engine):
    """Shifting y changes each x-row's logits by one constant, so only y → x feels it [G.7]."""
    x, y = pair(3, 5, 3)
    shift = torch.tensor([0.4, -0.2, 0.1], dtype=torch.float64)
    scale = 6.0

    def direction(x, y):
        logits = scale * x @ y.T
        return (logits.logsumexp(1) - logits.diagonal()).mean()

    torch.testing.assert_close(direction(x, y + shift), direction(x, y))
    change = direction(y + shift, x) - direction(y, x)
    assert abs(change) > 1e-3
    loss = InfoNCE(engine=engine)
    difference = (
        loss(x, y + shift, logit_scale=scale)["loss"] - loss(x, y, logit_scale=scale)["loss"]
    )
    torch.testing.assert_close(difference, change / 2)


def test_engine_is_chosen_by_size_and_named():
    small, large = pair(4, 8, 2), pair(4, 1100, 2)
    assert InfoNCE()(*small, logit_scale=1.0).engine == "dense"
    assert InfoNCE()(*large, logit_scale=1.0).engine == "streaming"
    assert InfoNCE(engine="dense")(*large, logit_scale=1.0).engine == "dense"
    assert InfoNCE(engine="streaming")(*small, logit_scale=1.0).engine == "streaming"
