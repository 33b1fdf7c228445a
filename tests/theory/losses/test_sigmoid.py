"""The sigmoid loss against a double loop, open_clip and exact cases."""

import math

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from theory.errors import InputError, InputTypeError
from theory.losses import Sigmoid, streaming_sigmoid
from theory.losses.sigmoid import dense_sigmoid
from theory.losses.streaming_sigmoid import sigmoid_slopes
from theory.losses.tiles import single_pass

ENGINES = pytest.mark.parametrize("engine", ["dense", "streaming"])
PARITY = 1e-12  # float64, relative to the largest entry of what is compared


def by_tiles(*sources):
    return single_pass(sigmoid_slopes, *sources)


def pair(seed, rows, columns, noise=None, dtype=torch.float64):
    """Unit rows; y is x with `noise`, or independent of it."""
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.randn(2, rows, columns, generator=generator, dtype=torch.float64)
    x = torch.nn.functional.normalize(x, dim=-1)
    y = torch.nn.functional.normalize(y if noise is None else x + noise * y, dim=-1)
    return x.to(dtype), y.to(dtype)


def value_and_gradients(function, *sources):
    leaves = [torch.as_tensor(v).detach().clone().requires_grad_() for v in sources]
    value = function(*leaves)
    return [value.detach(), *torch.autograd.grad(value, leaves)]


def double_loop(x, y, scale, bias):
    total = 0.0
    for i in range(len(x)):
        for j in range(len(x)):
            z = (-1 if i == j else 1) * (scale * x[i] @ y[j] + bias)
            total += max(z, 0.0) + math.log1p(math.exp(-abs(z)))
    return total / len(x)


@ENGINES
@given(
    seed=st.integers(0, 999),
    rows=st.integers(1, 9),
    columns=st.integers(1, 6),
    scale=st.floats(0, 100),
    bias=st.floats(-60, 20),
)
def test_double_loop(engine, seed, rows, columns, scale, bias):
    x, y = pair(seed, rows, columns)
    found = Sigmoid(engine=engine, bias=bias)(x, y, logit_scale=scale)["loss"].item()
    assert found == pytest.approx(double_loop(x.numpy(), y.numpy(), scale, bias), rel=PARITY)


@ENGINES
def test_exact_cases(engine):
    e = torch.eye(2, dtype=torch.float64)
    for x, y, scale, bias, expected in [
        (e[:1], e[:1], 3.0, -1.0, math.log1p(math.exp(-2))),  # one pair: one decision
        (e[:1], -e[:1], 3.0, -1.0, math.log1p(math.exp(4))),
        (e, e, 0.0, 0.0, 2 * math.log(2)),
        (e, e, 3.0, -2.0, math.log1p(math.exp(-1)) + math.log1p(math.exp(-2))),
        (e[:1].expand(5, 2), e[1:].expand(5, 2), 9.0, 0.0, 5 * math.log(2)),  # identical rows
    ]:
        found = Sigmoid(engine=engine, bias=bias)(x, y, logit_scale=scale)["loss"].item()
        assert found == pytest.approx(expected, abs=1e-15)


@ENGINES
@pytest.mark.parametrize("scale", [1.0, 10.0, 100.0])
def test_open_clip_computes_the_same(engine, scale):
    open_clip = pytest.importorskip("open_clip", reason="the peer comes with the extra 'real'")
    sources = (*pair(1, 40, 16), torch.tensor(scale).double(), torch.tensor(-10.0).double())
    expected = value_and_gradients(open_clip.loss.SigLipLoss(), *sources)

    def ours(x, y, scale, bias):
        return Sigmoid(engine=engine)(x, y, logit_scale=scale, logit_bias=bias)["loss"]

    for got, want in zip(value_and_gradients(ours, *sources), expected, strict=True):
        torch.testing.assert_close(got, want, rtol=PARITY, atol=PARITY)


@given(
    seed=st.integers(0, 999),
    rows=st.integers(1, 13),
    columns=st.integers(1, 6),
    scale=st.floats(0, 2000),
    bias=st.floats(-100, 100),
    noise=st.sampled_from([None, 0.0, 0.05]),
)
@example(seed=0, rows=1, columns=1, scale=0.0, bias=0.0, noise=None)
@example(seed=0, rows=6, columns=2, scale=2000.0, bias=-10.0, noise=None)
def test_dense_parity(seed, rows, columns, scale, bias, noise):
    sources = (
        *pair(seed, rows, columns, noise),
        *torch.tensor([scale, bias], dtype=torch.float64),
    )
    expected = value_and_gradients(dense_sigmoid, *sources)
    for size in (2, 5, 512):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(streaming_sigmoid, "tile_size", lambda device, size=size: size)
            found = value_and_gradients(by_tiles, *sources)
        # A logit is rounded by β·2^-53, a gradient is β times a sum of N probabilities.
        rounding = 2**-51 * rows * scale * max(scale, 1.0)
        for got, want in zip(found, expected, strict=True):
            torch.testing.assert_close(got, want, rtol=PARITY, atol=PARITY + rounding)


def test_dense_parity_at_the_real_tile_size():
    sources = (*pair(0, 1100, 8), *torch.tensor([20.0, -10.0], dtype=torch.float64))
    expected = value_and_gradients(dense_sigmoid, *sources)
    for got, want in zip(value_and_gradients(by_tiles, *sources), expected, strict=True):
        torch.testing.assert_close(got, want, rtol=PARITY, atol=PARITY * want.abs().max().item())


@pytest.mark.parametrize(
    ("noise", "scale", "bias"),
    [(0.02, 100.0, -50.0), (0.2, 100.0, -10.0), (None, 100.0, -10.0), (None, 10.0, -10.0)],
)
def test_float32_is_no_further_from_float64_than_open_clip(noise, scale, bias):
    open_clip = pytest.importorskip("open_clip", reason="the peer comes with the extra 'real'")
    sources = (*pair(2, 600, 64, noise, torch.float32), torch.tensor(scale), torch.tensor(bias))
    exact = value_and_gradients(dense_sigmoid, *(source.double() for source in sources))
    ours = value_and_gradients(by_tiles, *sources)
    theirs = value_and_gradients(open_clip.loss.SigLipLoss(), *sources)
    # One rounding of the result is granted beside the peer's own error.
    for got, peer, want in zip(ours, theirs, exact, strict=True):
        grain = 2**-23 * want.abs().max().item() + 1e-9
        distance = (got.double() - want).abs().max().item()
        assert distance <= (peer.double() - want).abs().max().item() + grain


@ENGINES
def test_solved_batch_keeps_relative_accuracy(engine):
    """Where the loss is far below the rounding of a logit, log(1 + e^z) is still e^z."""
    x = torch.eye(4, dtype=torch.float64)
    found = Sigmoid(bias=-50.0, engine=engine)(x, x, logit_scale=100.0)["loss"].item()
    assert found == pytest.approx(4 * math.exp(-50), rel=1e-12)


@pytest.mark.parametrize("side", [2, 512])
def test_gradcheck(side, monkeypatch):
    monkeypatch.setattr(streaming_sigmoid, "tile_size", lambda device: side)
    numbers = torch.tensor([8.0, -3.0], dtype=torch.float64)
    sources = [v.clone().requires_grad_() for v in (*pair(5, 5, 3), *numbers)]
    assert torch.autograd.gradcheck(by_tiles, sources)


def test_second_derivative_names_the_remedy():
    x, y = (v.requires_grad_() for v in pair(6, 4, 3))
    value = Sigmoid(engine="streaming")(x, y, logit_scale=2.0)["loss"]
    (gradient,) = torch.autograd.grad(value, x, create_graph=True)
    with pytest.raises(RuntimeError, match="engine='dense'"):
        gradient.square().sum().backward()
    value = Sigmoid(engine="dense")(x, y, logit_scale=2.0)["loss"]
    (gradient,) = torch.autograd.grad(value, x, create_graph=True)
    gradient.square().sum().backward()
    assert torch.isfinite(x.grad).all()


@ENGINES
def test_bias_is_trained_as_an_option_or_as_an_argument(engine):
    x, y = pair(7, 6, 3)
    option, argument = (torch.tensor(-4.0, requires_grad=True) for _ in range(2))
    one = Sigmoid(bias=option, engine=engine)(x, y, logit_scale=5.0)["loss"]
    loss = Sigmoid(engine=engine)
    two = loss(x, y, logit_scale=5.0, logit_bias=argument)["loss"]
    one.backward()
    two.backward()
    assert one.item() == two.item()
    assert option.grad.item() == pytest.approx(argument.grad.item())
    assert option.grad.item() != 0
    assert loss.bias == -10.0
    runs = Sigmoid(bias=option).value_and_gradient(x[None], y[None], logit_scale=5.0)
    assert not runs[0]["loss"].requires_grad
    assert runs[0]["loss"].item() == pytest.approx(one.item())


def test_bad_bias():
    with pytest.raises(InputError, match="bias is nan"):
        Sigmoid(bias=math.nan)
    with pytest.raises(InputError, match=r"bias has shape \(2,\)"):
        Sigmoid(bias=torch.zeros(2))
    with pytest.raises(InputTypeError, match="bias must be a real number"):
        Sigmoid(bias="small")
    x, y = pair(8, 4, 3)
    with pytest.raises(InputError, match="bias is inf"):
        Sigmoid()(x, y, logit_scale=1.0, logit_bias=math.inf)
