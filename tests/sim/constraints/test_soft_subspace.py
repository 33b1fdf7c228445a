import math

import pytest
import torch

from sim.constraints import SoftSubspace, Subspace
from theory.errors import InputError

ROUNDING = 1e-12


def clouds(h=6, n=200, runs=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(runs, n, h, generator=generator, dtype=torch.float64) for _ in "xy")


@pytest.mark.parametrize("noise", [0.05, 0.5])
def test_energy_outside_the_subspace(noise):
    """E |n|²/(1 + |n|²) is near noise²/(1 + noise²): exactly so if all |n_i| were equal."""
    room = SoftSubspace(6, dims=(3, 3), angles=[0.4, 0.9], noise=noise)
    for view, basis in zip(room.views(room.place(clouds())), room.bases, strict=True):
        basis = torch.as_tensor(basis)
        off = (view - view @ basis @ basis.T).square().sum(-1)
        relative = (off / (1 - off)).mean(-1)
        torch.testing.assert_close(relative, torch.full((2,), noise**2, dtype=torch.float64))


def test_the_noise_stays_while_the_rest_moves():
    room = SoftSubspace(6, angles=[0.7], noise=0.3)
    parameters = room.place(clouds())
    tangents = room.gradient(parameters, clouds(seed=1))
    moved = room.retract(parameters, tuple(-0.1 * t for t in tangents))
    d = room.bases[0].shape[1]
    for before, after in zip(parameters, moved, strict=True):
        torch.testing.assert_close(before[..., d:], after[..., d:], rtol=0, atol=0)
        assert (before[..., :d] - after[..., :d]).abs().max() > 1e-3


def test_without_noise_it_is_the_hard_subspace():
    soft, hard = SoftSubspace(5, angles=[0.7], noise=0.0), Subspace(5, angles=[0.7])
    parameters, expected = soft.place(clouds(5)), hard.place(clouds(5))
    for a, b in zip(soft.views(parameters), hard.views(expected), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=ROUNDING)
    for a, b in zip(
        soft.gradient(parameters, clouds(5, seed=1)),
        hard.gradient(expected, clouds(5, seed=1)),
        strict=True,
    ):
        torch.testing.assert_close(a[..., : b.shape[-1]], b, rtol=1e-10, atol=ROUNDING)
    for name, value in hard.measure(expected).items():
        torch.testing.assert_close(soft.measure(parameters)[name], value)


def test_a_start_inside_the_subspace_has_no_noise_to_scale():
    room = SoftSubspace(4, angles=[0.5], noise=0.3)
    views = Subspace(4, angles=[0.5])
    inside = views.views(views.place(clouds(4)))
    for before, after in zip(inside, room.views(room.place(inside)), strict=True):
        torch.testing.assert_close(before, after, rtol=0, atol=ROUNDING)


def test_negative_noise():
    with pytest.raises(InputError, match=r"noise is -1; give a finite number in \[0"):
        SoftSubspace(4, noise=-1)
    assert math.isclose(SoftSubspace(4).noise, 0.1)
