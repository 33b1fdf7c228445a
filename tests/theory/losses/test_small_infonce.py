"""Many small batches at once, against autograd on each of them in float64."""

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from theory.losses import infonce_value_and_gradient, tiles
from theory.losses.infonce import dense_infonce
from theory.losses.small_infonce import small_infonce

PARITY = 1e-12  # float64, sums of at most hundreds of terms
FLOAT32 = 2e-6  # a dozen roundings of the largest entry


def batches(seed, runs, rows, columns, noise=None, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.randn(2, runs, rows, columns, generator=generator, dtype=torch.float64)
    x = torch.nn.functional.normalize(x, dim=-1)
    y = torch.nn.functional.normalize(y if noise is None else x + noise * y, dim=-1)
    return x.to(dtype), y.to(dtype)


def expected(x, y, scales):
    """Value and gradients of every run by autograd in float64."""
    leaves = [v.detach().double().requires_grad_() for v in (x, y, scales)]
    values = dense_infonce(*leaves)
    return [values.detach(), *torch.autograd.grad(values.sum(), leaves)]


@given(
    seed=st.integers(0, 999),
    runs=st.integers(1, 5),
    rows=st.integers(1, 9),
    scale=st.floats(0, 500),
    noise=st.sampled_from([None, 0.0, 0.05]),
)
@example(seed=0, runs=1, rows=1, scale=0.0, noise=None)
@example(seed=0, runs=3, rows=6, scale=500.0, noise=None)
def test_every_run_is_that_of_autograd(seed, runs, rows, scale, noise):
    x, y = batches(seed, runs, rows, 3, noise)
    scales = scale * torch.linspace(0.5, 1, runs, dtype=torch.float64)
    rounding = 2**-51 * scale * max(scale, 1.0)  # of a logit, times what a gradient makes of it
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiles, "tile_size", lambda device: 12)  # some runs, then the others
        found = infonce_value_and_gradient(x, y, scales)
    for got, want in zip(found, expected(x, y, scales), strict=True):
        torch.testing.assert_close(got, want, rtol=PARITY, atol=PARITY + rounding)


@pytest.mark.parametrize(
    ("noise", "scale"), [(None, 14.0), (0.02, 39.0), (0.02, 14.0), (0.3, 30.0)]
)
def test_float32_keeps_its_digits(noise, scale):
    x, y = batches(1, 3, 200, 16, noise, torch.float32)
    scales = torch.full((3,), scale)
    found = infonce_value_and_gradient(x, y, scales)
    wanted = expected(x, y, scales)
    # The gradient in the scale is a difference of mean cosines, each near 1.
    sizes = [*(want.abs().max().item() for want in wanted[:3]), 1.0]
    for got, want, size in zip(found, wanted, sizes, strict=True):
        assert got.dtype == torch.float32
        assert (got.double() - want).abs().max() <= FLOAT32 * scale**0.5 * size


def test_a_solved_batch_keeps_relative_accuracy():
    x, _ = batches(2, 2, 5, 400, dtype=torch.float32)
    value, *_ = infonce_value_and_gradient(x, x, torch.full((2,), 39.0))
    logits = 39.0 * x.double() @ x.double().mT
    off = (logits - logits.diagonal(dim1=-2, dim2=-1)[..., None]).exp()
    off.diagonal(dim1=-2, dim2=-1).zero_()
    want = torch.log1p(off.sum(-1)).mean(-1)
    assert (want < 1e-12).all()
    torch.testing.assert_close(value.double(), want, rtol=1e-4, atol=0)


@pytest.mark.parametrize(
    ("length", "scale", "small"),
    [(1.0, 42.0, True), (1.0, 44.0, False), (2.0, 39.0, False), (30.0, 0.01, True)],
)
def test_what_leaves_the_range_of_exponentials_is_left_to_running_sums(length, scale, small):
    x, y = (length * view for view in batches(3, 2, 8, 4, 0.01, torch.float32))
    scales = torch.full((2,), scale)
    assert (small_infonce(x, y, scales) is not None) is small
    for got, want in zip(
        infonce_value_and_gradient(x, y, scales), expected(x, y, scales), strict=True
    ):
        assert got.isfinite().all()
        size = scale * max(length, 1.0) ** 2  # of a logit, whose rounding is a gradient's error
        torch.testing.assert_close(got.double(), want, rtol=1e-4, atol=1e-6 * size)


@pytest.mark.parametrize(
    ("dtype", "scale"), [(torch.float32, 43.0), (torch.float32, 44.0), (torch.float64, 353.0)]
)
@pytest.mark.parametrize("rows", [2, 500])
def test_pairs_that_are_opposite_while_strangers_coincide(dtype, scale, rows):
    """The largest quotients that there are: e^{2β} a stranger."""
    signs = torch.ones(rows, dtype=dtype)
    signs[1::2] = -1
    x = torch.stack((signs, torch.zeros_like(signs)), dim=-1)[None]
    found = infonce_value_and_gradient(x, -x, torch.full((1,), scale, dtype=dtype))
    wanted = expected(x, -x, torch.full((1,), scale, dtype=torch.float64))
    for got, want in zip(found, wanted, strict=True):
        torch.testing.assert_close(got.double(), want, rtol=1e-5, atol=1e-5)


def test_one_pair_and_nan():
    x, y = batches(4, 3, 1, 4)
    value, *gradients = infonce_value_and_gradient(x, y, torch.full((3,), 5.0).double())
    assert value.tolist() == [0.0] * 3
    assert all(not gradient.any() for gradient in gradients)
    x, y = batches(5, 2, 4, 3)
    x[1, 2] = torch.nan
    value, *_ = infonce_value_and_gradient(x, y, torch.full((2,), 5.0).double())
    assert value[1].isnan()
