"""The tiled Gaussian potential against the dense one."""

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from theory.losses import CentroidUniformity, gaussian_sums
from theory.losses.log_potential import (
    dense_log_potential,
    log_potential_and_gradient,
    streaming_log_potential,
)

PARITY = 1e-12  # float64, relative to the largest entry of what is compared


def cloud(seed, rows, columns, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(rows, columns, generator=generator, dtype=dtype)


def value_and_gradient(function, points, t):
    leaf = points.detach().clone().requires_grad_()
    value = function(leaf, t)
    return value.detach(), torch.autograd.grad(value, leaf)[0]


@given(
    seed=st.integers(0, 999),
    rows=st.integers(2, 13),
    columns=st.integers(1, 6),
    t=st.floats(0.1, 20),
    spread=st.sampled_from([0.0, 1e-3, 1.0, 30.0]),
)
@example(seed=0, rows=2, columns=1, t=2.0, spread=1.0)
@example(seed=0, rows=5, columns=2, t=20.0, spread=30.0)  # every exponential underflows
def test_dense_parity(seed, rows, columns, t, spread):
    points = 1.0 + spread * cloud(seed, rows, columns)
    value, gradient = value_and_gradient(dense_log_potential, points, t)
    for size in (2, 5, 512):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gaussian_sums, "tile_size", lambda device, size=size: size)
            found, slope = value_and_gradient(streaming_log_potential, points, t)
        # An exponent E is rounded by E·2^-53, so exponentials are by as much.
        tolerance = PARITY * max(1.0, t * spread**2 / 10)
        assert found.item() == pytest.approx(value.item(), rel=PARITY, abs=tolerance)
        torch.testing.assert_close(
            slope, gradient, rtol=tolerance, atol=tolerance * max(1.0, gradient.abs().max().item())
        )


def test_dense_parity_at_the_real_tile_size():
    points = torch.nn.functional.normalize(cloud(1, 1100, 8), dim=-1)
    value, gradient = value_and_gradient(dense_log_potential, points, 2.0)
    found, slope = value_and_gradient(streaming_log_potential, points, 2.0)
    assert found.item() == pytest.approx(value.item(), rel=PARITY)
    torch.testing.assert_close(slope, gradient, rtol=PARITY, atol=PARITY)


def test_float32_is_no_further_from_float64_than_pdist():
    points = torch.nn.functional.normalize(cloud(2, 600, 64, torch.float32), dim=-1)

    def peer(points, t):
        return torch.pdist(points).square().mul(-t).exp().sum().mul(2).log()

    exact = value_and_gradient(dense_log_potential, points.double(), 2.0)
    ours = value_and_gradient(streaming_log_potential, points, 2.0)
    theirs = value_and_gradient(peer, points, 2.0)
    for got, other, want in zip(ours, theirs, exact, strict=True):
        grain = 2**-22 * want.abs().max().item()  # a rounding or two of the result
        distance = (got.double() - want).abs().max()
        assert distance <= (other.double() - want).abs().max() + grain


@pytest.mark.parametrize("side", [2, 512])
def test_gradcheck(side, monkeypatch):
    monkeypatch.setattr(gaussian_sums, "tile_size", lambda device: side)
    points = cloud(3, 5, 3).requires_grad_()
    assert torch.autograd.gradcheck(lambda p: streaming_log_potential(p, 2.0), points)


def test_second_derivative_names_the_remedy():
    x, y = (cloud(seed, 4, 3).requires_grad_() for seed in (4, 5))
    value = CentroidUniformity(engine="streaming")(x, y, logit_scale=1.0)["loss"]
    (gradient,) = torch.autograd.grad(value, x, create_graph=True)
    with pytest.raises(RuntimeError, match="engine='dense'"):
        gradient.sum().backward()


def test_runs_do_not_interact():
    runs = torch.stack([cloud(seed, 6, 3) * 10.0**seed for seed in range(3)])
    found, slope = value_and_gradient(lambda p, t: streaming_log_potential(p, t).sum(), runs, 2.0)
    values, slopes = log_potential_and_gradient(runs, 2.0)
    torch.testing.assert_close(found, values.sum())
    torch.testing.assert_close(slope, slopes)
    for run, value, gradient in zip(runs, values, slopes, strict=True):
        expected = value_and_gradient(dense_log_potential, run, 2.0)
        torch.testing.assert_close((value, gradient), expected, rtol=1e-10, atol=1e-10)
