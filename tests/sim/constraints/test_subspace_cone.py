import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sim.constraints import Cone, SubspaceCone

ROUNDING = 1e-12


def clouds(h, n=12, runs=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(runs, n, h, generator=generator, dtype=torch.float64) for _ in "xy")


@pytest.mark.parametrize("centres", ["free", "orthogonal"])
@pytest.mark.parametrize(("dims", "angles"), [(None, [0.9]), ((4, 3), [0.4, 0.9])])
def test_clouds_keep_shape_and_subspace(centres, dims, angles):
    room = SubspaceCone(6, dims=dims, angles=angles, centres=centres)
    parameters = room.place(clouds(6))
    before = [view @ view.mT for view in room.views(parameters)]
    for step in range(10):
        tangents = room.gradient(parameters, clouds(6, seed=step))
        parameters = room.retract(parameters, tuple(-0.02 * t for t in tangents))
    shared = torch.as_tensor(room.shared_basis)
    for gram, view, basis in zip(before, room.views(parameters), room.bases, strict=True):
        basis = torch.as_tensor(basis)
        torch.testing.assert_close(view @ basis @ basis.T, view, rtol=0, atol=ROUNDING)
        torch.testing.assert_close(view @ view.mT, gram, rtol=0, atol=ROUNDING)
        if centres == "orthogonal":
            assert (view.mean(1) @ shared).abs().max() < ROUNDING


@given(seed=st.integers(0, 50))
def test_under_a6_the_centre_does_not_move_towards_c(seed):
    room = SubspaceCone(7, dims=(5, 5), angles=[0.3, 0.6], centres="orthogonal")
    parameters = room.place(clouds(7, seed=seed))
    for u, torque in zip(parameters, room.gradient(parameters, clouds(7, seed=9)), strict=True):
        moved = torque @ u.mean(-2)[..., None]
        assert moved[:, : room.n_shared].abs().max() < ROUNDING
        torch.testing.assert_close(torque, -torque.mT)


def test_in_hyperplanes_under_a6_only_rolls_are_left():
    """One specific direction: the centre is it or its opposite, and stays."""
    room = SubspaceCone(5, angles=[0.8], centres="orthogonal")
    parameters = room.place(clouds(5))
    tangents = room.gradient(parameters, clouds(5, seed=3))
    moved = room.retract(parameters, tangents)
    for before, after in zip(parameters, moved, strict=True):
        torch.testing.assert_close(before.mean(1), after.mean(1), rtol=0, atol=ROUNDING)
        assert (before - after).abs().max() > 1e-3


def test_no_angle_is_a_cone_of_the_common_subspace():
    """Both subspaces equal: the torque is that of the free cone in its coordinates."""
    room = SubspaceCone(5, dims=(4, 4), angles=[])
    parameters, gradients = room.place(clouds(5)), clouds(5, seed=2)
    np.testing.assert_allclose(room.bases[0], room.bases[1], atol=1e-14)
    basis = torch.as_tensor(room.bases[0])
    expected = Cone(4).gradient(parameters, tuple(g @ basis for g in gradients))
    for a, b in zip(room.gradient(parameters, gradients), expected, strict=True):
        torch.testing.assert_close(a, b)
