import math

import pytest
import torch

from sim.constraints import Cap
from sim.constraints.base import normalize
from theory import losses
from theory.errors import InputError

ROUNDING = 1e-12


def clouds(h=4, n=30, runs=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(runs, n, h, generator=generator, dtype=torch.float64) for _ in "xy")


def openings(room, parameters):
    for p in parameters:
        axis = p[..., -1:, :]
        yield torch.acos((p[..., :-1, :] @ axis.mT).clamp(-1, 1))


@pytest.mark.parametrize("angle", [0.05, 0.7, 2.0])
def test_no_particle_ever_leaves_its_cap(angle):
    room = Cap(4, angle=angle)
    parameters = room.place(clouds())
    loss = losses.create("infonce")
    values = []
    for _ in range(40):
        for opening in openings(room, parameters):
            assert opening.max() < angle + 1e-7  # acos has half of the digits
        terms, gradients, _ = loss.value_and_gradient(*room.views(parameters), logit_scale=2.0)
        values.append(terms["loss"])
        moves = (-0.6 * t for t in room.gradient(parameters, gradients))
        parameters = room.retract(parameters, tuple(moves))
    assert (torch.stack(values).diff(dim=0) <= ROUNDING).all()
    assert (room.measure(parameters)["at_edge"] > 0).all()


def test_the_axis_carries_the_cloud():
    """Moving the axis alone is a rotation: every inner product stays."""
    room = Cap(3, angle=0.8)
    p = room.place(clouds(h=3))[0]
    move = torch.zeros_like(p)
    pull = torch.randn(2, 1, 3, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    axis = p[..., -1:, :]
    move[..., -1:, :] = 0.3 * (pull - (pull * axis).sum(-1, keepdim=True) * axis)
    moved = room.retract((p,), (move,))[0]
    assert (moved[..., -1:, :] - axis).abs().max() > 0.1
    torch.testing.assert_close(moved @ moved.mT, p @ p.mT, rtol=0, atol=ROUNDING)


def test_a_held_axis_stays():
    room = Cap(4, angle=0.5, centres="held")
    parameters = room.place(clouds())
    tangents = room.gradient(parameters, clouds(seed=1))
    moved = room.retract(parameters, tuple(-3 * t for t in tangents))
    for before, after in zip(parameters, moved, strict=True):
        torch.testing.assert_close(before[..., -1, :], after[..., -1, :], rtol=0, atol=ROUNDING)


def test_at_the_edge_only_the_outward_part_is_taken_away():
    """One particle at the edge: pushed out it stays, pushed in or along it moves."""
    room = Cap(3, angle=0.5, centres="held")
    axis = torch.tensor([[1.0, 0, 0]], dtype=torch.float64)
    point = torch.tensor([[math.cos(0.5), math.sin(0.5), 0]], dtype=torch.float64)
    p = torch.cat([point, axis])[None]
    inwards = torch.tensor([[math.sin(0.5), -math.cos(0.5), 0]], dtype=torch.float64)
    along = torch.tensor([[0, 0, 1.0]], dtype=torch.float64)
    slope = room.gradient((p,), ((inwards + along)[None],))[0][0, 0]  # descent: out and along
    torch.testing.assert_close(slope, along[0], rtol=0, atol=ROUNDING)
    slope = room.gradient((p,), ((along - inwards)[None],))[0][0, 0]
    torch.testing.assert_close(slope, (along - inwards)[0], rtol=0, atol=ROUNDING)


def test_placing_twice_is_placing_once():
    room = Cap(4, angle=0.7)
    once = room.place(clouds())
    again = room.place(room.views(once))
    for a, b in zip(room.views(once), room.views(again), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12)


def test_an_open_cap_is_no_constraint():
    room = Cap(4, angle=math.pi)
    for view, given in zip(room.views(room.place(clouds())), clouds(), strict=True):
        torch.testing.assert_close(view, normalize(given), rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"angle": 0.0}, r"angle is 0; give a finite number in \(0"),
        ({"angle": 4.0}, "angle is 4"),
        ({"centres": "tied"}, "centres is 'tied'; choose 'free' or 'held'"),
    ],
)
def test_impossible_caps(options, message):
    with pytest.raises(InputError, match=message):
        Cap(3, **options)
