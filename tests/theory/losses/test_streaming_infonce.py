"""The tiled InfoNCE against the dense one, in every regime of the logits."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from theory.losses import InfoNCE, infonce_value_and_gradient, streaming_infonce, tiles
from theory.losses.infonce import dense_infonce

PARITY = 1e-12  # float64, relative to the largest entry of what is compared


@pytest.fixture(params=[2, 5, 512])
def side(request, monkeypatch):
    """Tiles so small that a few rows make many, and the real ones."""
    monkeypatch.setattr(streaming_infonce, "tile_size", lambda device: request.param)
    return request.param


def pair(seed, rows, columns, noise=None, dtype=torch.float64):
    """Unit rows; y is x with `noise`, or independent of it."""
    generator = torch.Generator().manual_seed(seed)
    x, y = torch.randn(2, rows, columns, generator=generator, dtype=torch.float64)
    x = torch.nn.functional.normalize(x, dim=-1)
    y = torch.nn.functional.normalize(y if noise is None else x + noise * y, dim=-1)
    return x.to(dtype), y.to(dtype)


def value_and_gradients(function, x, y, scale):
    leaves = [v.detach().clone().requires_grad_() for v in (x, y, torch.as_tensor(scale).to(x))]
    value = function(*leaves)
    return [value.detach(), *torch.autograd.grad(value, leaves)]


def error(found, expected):
    size = expected.abs().max().item()
    return (found.double() - expected.double()).abs().max().item() / max(size, 1e-3)


@given(
    seed=st.integers(0, 999),
    rows=st.integers(1, 13),
    columns=st.integers(1, 6),
    scale=st.floats(0, 2000),
    noise=st.sampled_from([None, 0.0, 0.05]),
)
@example(seed=0, rows=1, columns=1, scale=0.0, noise=None)
@example(seed=0, rows=6, columns=2, scale=1500.0, noise=None)  # running maxima
@example(seed=0, rows=6, columns=2, scale=700.0, noise=0.05)  # constant shift
def test_dense_parity(seed, rows, columns, scale, noise):
    x, y = pair(seed, rows, columns, noise)
    expected = value_and_gradients(dense_infonce, x, y, scale)
    for size in (2, 5, 512):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(streaming_infonce, "tile_size", lambda device, size=size: size)
            found = value_and_gradients(streaming_infonce.streaming_infonce, x, y, scale)
        # A logit is rounded by β·2^-53, a gradient is β times a probability.
        rounding = 2**-51 * scale * max(scale, 1.0)
        for got, want in zip(found, expected, strict=True):
            torch.testing.assert_close(got, want, rtol=PARITY, atol=PARITY + rounding)


@pytest.mark.parametrize("scale", [14.0, 100.0, 1000.0])
def test_dense_parity_at_the_real_tile_size(scale):
    x, y = pair(0, 1100, 8)
    expected = value_and_gradients(dense_infonce, x, y, scale)
    found = value_and_gradients(streaming_infonce.streaming_infonce, x, y, scale)
    for got, want in zip(found, expected, strict=True):
        assert error(got, want) <= PARITY


def test_unnormalised_rows_far_out_of_range(side):
    x, y = pair(1, 7, 3)
    lengths = torch.logspace(-3, 4, 7, dtype=torch.float64)[:, None]
    expected = value_and_gradients(dense_infonce, x * lengths, y * lengths.flip(0), 50.0)
    found = value_and_gradients(
        streaming_infonce.streaming_infonce, x * lengths, y * lengths.flip(0), 50.0
    )
    for got, want in zip(found, expected, strict=True):
        torch.testing.assert_close(got, want, rtol=1e-10, atol=1e-10)


def cases():
    """Batches that lose float32 accuracy: solved, hopeless, identical, plain."""
    for noise, scale in [(0.02, 100.0), (0.2, 100.0), (None, 100.0), (None, 14.0), (0.02, 14.0)]:
        yield pytest.param(pair(2, 600, 64, noise, torch.float32), scale, id=f"{noise}-{scale}")
    x, y = pair(3, 1, 64, dtype=torch.float32)
    yield pytest.param((x.expand(600, 64), y.expand(600, 64)), 100.0, id="identical")


@pytest.mark.parametrize(("views", "scale"), list(cases()))
def test_float32_is_no_further_from_float64_than_open_clip(views, scale):
    open_clip = pytest.importorskip("open_clip", reason="the peer comes with the extra 'real'")
    exact = value_and_gradients(dense_infonce, *(v.double() for v in views), scale)
    ours = value_and_gradients(streaming_infonce.streaming_infonce, *views, scale)
    theirs = value_and_gradients(open_clip.ClipLoss(), *views, scale)
    # One rounding of the result is granted beside the peer's own error; the gradient in the
    # logit scale is a difference of mean cosines, so its rounding is that of a number near 1.
    sizes = [*(want.abs().max().item() for want in exact[:3]), 1.0]
    for got, peer, want, size in zip(ours, theirs, exact, sizes, strict=True):
        grain = 2**-23 * size + 1e-9
        distance = (got.double() - want).abs().max().item()
        assert distance <= (peer.double() - want).abs().max().item() + grain


def test_solved_batch_keeps_relative_accuracy():
    """The loss is far below the rounding of the logits, and still right to 1e-4."""
    x, _ = pair(4, 5, 400, dtype=torch.float32)
    value, gradient, *_ = value_and_gradients(streaming_infonce.streaming_infonce, x, x, 60.0)
    logits = 60.0 * x.double() @ x.double().T
    off = (logits - logits.diagonal()[:, None]).exp().fill_diagonal_(0)
    expected = torch.log1p(off.sum(1)).mean()
    assert 0 < expected < 1e-20
    assert value.item() == pytest.approx(expected.item(), rel=1e-4)
    assert gradient.abs().max() > 0


def test_gradcheck(side):
    x, y = (v.requires_grad_() for v in pair(5, 6, 3))
    scale = torch.tensor(8.0, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(streaming_infonce.streaming_infonce, (x, y, scale))


def test_second_derivative_names_the_remedy():
    x, y = (v.requires_grad_() for v in pair(6, 4, 3))
    loss = InfoNCE(engine="streaming")(x, y, logit_scale=2.0)["loss"]
    (gradient,) = torch.autograd.grad(loss, x, create_graph=True)
    with pytest.raises(RuntimeError, match="engine='dense'"):
        gradient.square().sum().backward()
    dense = InfoNCE(engine="dense")(x, y, logit_scale=2.0)["loss"]
    (gradient,) = torch.autograd.grad(dense, x, create_graph=True)
    gradient.square().sum().backward()
    assert torch.isfinite(x.grad).all()


def test_gradient_can_be_taken_twice_from_one_graph(side):
    x, y = (v.requires_grad_() for v in pair(7, 6, 3))
    value = streaming_infonce.streaming_infonce(x, y, torch.tensor(8.0).double())
    first = torch.autograd.grad(3 * value, (x, y), retain_graph=True)
    second = torch.autograd.grad(3 * value, (x, y))
    for a, b in zip(first, second, strict=True):
        assert torch.equal(a, b)


def test_frozen_gallery_and_no_gradient_at_all():
    x, y = pair(8, 6, 3)
    leaf = x.clone().requires_grad_()
    scale = torch.tensor(4.0, dtype=torch.float64)
    streaming_infonce.streaming_infonce(leaf, y, scale).backward()
    expected = value_and_gradients(dense_infonce, x, y, 4.0)
    torch.testing.assert_close(leaf.grad, expected[1])
    torch.testing.assert_close(streaming_infonce.streaming_infonce(x, y, scale), expected[0])


@given(seed=st.integers(0, 999), runs=st.integers(1, 5), rows=st.integers(1, 7))
def test_runs_do_not_interact(seed, runs, rows):
    generator = torch.Generator().manual_seed(seed)
    draw = torch.randn(2, runs, rows, 3, generator=generator, dtype=torch.float64)
    x, y = torch.nn.functional.normalize(draw, dim=-1)
    scales = torch.logspace(-1, 3, runs, dtype=torch.float64)
    with pytest.MonkeyPatch.context() as patch:  # several groups of runs in one call
        patch.setattr(tiles, "tile_size", lambda device: 5)
        found = infonce_value_and_gradient(x, y, scales)
    for run in range(runs):
        expected = value_and_gradients(dense_infonce, x[run], y[run], scales[run])
        for got, want in zip(found, expected, strict=True):
            torch.testing.assert_close(got[run], want, rtol=1e-11, atol=1e-11)
    together = value_and_gradients(
        lambda x, y, s: streaming_infonce.streaming_infonce(x, y, s).sum(), x, y, scales
    )
    for got, want in zip(found[1:], together[1:], strict=True):
        torch.testing.assert_close(got, want, rtol=1e-11, atol=1e-11)


def test_what_was_returned_survives_the_next_call():
    """Tiles are kept between calls; what a call returns must not live in them."""
    first, second = (torch.stack(pair(seed, 6, 3))[:, None] for seed in (9, 10))
    scale = torch.tensor([8.0], dtype=torch.float64)
    found = infonce_value_and_gradient(*first, scale)
    before = [part.clone() for part in found]
    infonce_value_and_gradient(*second, scale)
    assert all(torch.equal(a, b) for a, b in zip(found, before, strict=True))


def test_threads_do_not_share_their_tiles():
    views = [torch.stack(pair(seed, 40, 3))[:, None] for seed in range(4)]
    scale = torch.tensor([8.0], dtype=torch.float64)
    expected = [infonce_value_and_gradient(*view, scale) for view in views]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda view: infonce_value_and_gradient(*view, scale), views * 5)
    for got, want in zip(found, expected * 5, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(got, want, strict=True))
