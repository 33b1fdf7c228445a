import math

import numpy as np
import pytest
import torch

from sim.constraints import Cone
from sim.starts import Cones
from theory import losses
from theory.errors import InputError


def cones(kappa, gap, h=3, n=40):
    room = Cone(h)
    drawn = Cones(kappa=kappa, gap=gap).sample(n, room, np.random.default_rng(0))
    return tuple(torch.as_tensor(view)[None] for view in drawn)


@pytest.mark.parametrize("moves", ["rotation", "centre"])
def test_the_cloud_keeps_its_shape(moves):
    room = Cone(3, moves=moves)
    parameters = room.place(cones(20.0, 1.0))
    before = [view @ view.mT for view in parameters]
    gradients = tuple(torch.randn_like(view) for view in parameters)
    for _ in range(20):
        tangents = room.gradient(parameters, gradients)
        parameters = room.retract(parameters, tuple(-0.01 * t for t in tangents))
    for gram, view in zip(before, parameters, strict=True):
        torch.testing.assert_close(view @ view.mT, gram, rtol=0, atol=1e-13)


def test_centre_moves_do_not_roll():
    room = Cone(4, moves="centre")
    parameters = room.place(cones(10.0, 1.0, h=4))
    gradients = tuple(torch.randn_like(view) for view in parameters)
    for view, torque in zip(parameters, room.gradient(parameters, gradients), strict=True):
        centre = view.mean(1)[0] / view.mean(1)[0].norm()
        across = torch.linalg.svd(centre[None])[2][1:]
        torch.testing.assert_close(
            across @ torque[0] @ across.T,
            torch.zeros(3, 3, dtype=torch.float64),
            atol=1e-12,
            rtol=0,
        )


def test_one_particle_each_is_the_free_flow():
    """A cloud of one point has no shape: its torque is the tangent gradient."""
    room = Cone(3)
    x = torch.tensor([[[1.0, 0, 0]]], dtype=torch.float64)
    g = torch.tensor([[[5.0, 2.0, -1.0]]], dtype=torch.float64)
    torque = room.gradient((x, x), (g, g))[0]
    moved = (torque @ x.mT).mT
    torch.testing.assert_close(moved, torch.tensor([[[0.0, 2.0, -1.0]]], dtype=torch.float64))


def test_on_the_circle_the_torque_is_the_derivative_in_the_angle():
    """h = 2: rotation has one parameter, so autograd in the angle is an oracle."""
    room = Cone(2)
    x, y = cones(5.0, 2.0, h=2)
    loss = losses.create("infonce")
    angle = torch.zeros((), dtype=torch.float64, requires_grad=True)
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()]).reshape(2, 2)
    loss(x[0] @ turn.mT, y[0], logit_scale=2.0)["loss"].backward()
    _, gradients, _ = loss.value_and_gradient(x, y, logit_scale=2.0)
    torque = room.gradient((x, y), gradients)[0]
    assert math.isclose(x.shape[1] * torque[0, 1, 0].item(), angle.grad.item(), rel_tol=1e-10)


def test_unknown_motion():
    with pytest.raises(InputError, match="moves is 'roll'"):
        Cone(3, moves="roll")
