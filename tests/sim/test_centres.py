import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sim.centres import CentrePair, minimise_by_seed, minimise_centres
from sim.constraints import Subspace
from theory.errors import InputError
from theory.limits import center_loss, subspace_center_loss

ARRIVED = 1e-5
"""Radians; a slope of 1e-7 β over the smallest curvature met here."""


def own(room):
    return [basis[:, room.n_shared :] for basis in room.bases]


def best(pair, seed=0, starts=12):
    found = minimise_centres(pair, starts, np.random.default_rng(seed))
    return found.angle[found.best], found.loss[found.best]


@given(w=st.floats(-1, 1), h=st.integers(2, 9))
def test_whole_space_is_the_cone_loss(w, h):
    x, y = torch.zeros(2, 1, h, dtype=torch.float64)
    x[0, 0], y[0, 0], y[0, 1] = 1.0, w, math.sqrt(1 - w * w)
    pair = CentrePair(np.eye(h), np.eye(h), (3.0, 7.0), 0.4, (h, h))
    expected = center_loss(w, 3.0, h, 0.4) + center_loss(w, 7.0, h, 0.4)
    assert math.isclose(pair(x, y).item(), expected, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("kappa", [0.5, 5.0, 50.0])
def test_cones_meet(kappa):
    """Y.T2 at w = 1 from random starts."""
    angle, loss = best(CentrePair(np.eye(4), np.eye(4), (kappa, 2 * kappa), 0.5, (4, 4)))
    assert angle < ARRIVED
    lowest = center_loss(1.0, kappa, 4, 0.5) + center_loss(1.0, 2 * kappa, 4, 0.5)
    assert math.isclose(loss, lowest, rel_tol=1e-9)


def test_both_readings_of_hyperplanes():
    """Y.T3: over all centres the gap is 0; held ⊥ C it is φ, and the loss is higher."""
    phi = math.pi / 3
    room = Subspace(4, angles=[phi])
    free_angle, free_loss = best(CentrePair(*room.bases, (5.0, 5.0), 0.5, (3, 3)))
    held_angle, held_loss = best(CentrePair(*own(room), (5.0, 5.0), 0.5, (3, 3)))
    assert free_angle < ARRIVED
    assert math.isclose(held_angle, phi, abs_tol=ARRIVED)
    assert math.isclose(free_loss / 2, -0.336428, abs_tol=5e-7)
    assert math.isclose(held_loss / 2, -0.182278, abs_tol=5e-6)
    assert math.isclose(held_loss / 2, subspace_center_loss(0.5, 0.5, 5.0, 4, 0.5), rel_tol=1e-9)


@pytest.mark.parametrize(
    ("dims", "angles"), [((2, 3), (0.5, 0.9)), ((1, 1), (0.7,)), ((2, 4), (0.0, 0.8))]
)
def test_subspaces_keep_their_smallest_angle(dims, angles):
    room = Subspace(8, dims=dims, angles=angles)
    pair = CentrePair(*room.bases, (5.0, 20.0), 0.5, dims)
    angle, _ = best(pair)
    assert math.isclose(angle, min(angles), abs_tol=ARRIVED)


def test_slope_against_central_differences():
    room = Subspace(5, angles=[0.8])
    pair = CentrePair(*room.bases, (2.0, 9.0), 0.3, (4, 4))
    generator = torch.Generator().manual_seed(8)
    start = torch.randn(2, 6, 4, generator=generator, dtype=torch.float64).requires_grad_()

    def on_sphere(centres):  # differences leave the sphere, where t may exceed 1
        return pair(*torch.nn.functional.normalize(centres, dim=-1))

    assert torch.autograd.gradcheck(on_sphere, (start,))


def test_centres_stay_in_their_subspaces_and_seeds_repeat():
    room = Subspace(6, dims=(2, 3), angles=[0.4, 0.6])
    pair = CentrePair(*room.bases, (3.0, 3.0), 0.5, (2, 3))
    found, again = (minimise_centres(pair, 5, np.random.default_rng(4), steps=30) for _ in "ab")
    np.testing.assert_allclose(np.linalg.norm(found.x, axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(found.y @ room.bases[1] @ room.bases[1].T, found.y, atol=1e-12)
    np.testing.assert_array_equal(found.angle, again.angle)


def test_seeds_together_are_seeds_alone():
    """Up to the stop, which waits for the slowest: both have arrived."""
    pair = CentrePair(np.eye(3), np.eye(3), (8.0, 2.0), 0.5, (3, 3))
    together = minimise_by_seed(pair, 4, (5, 6))
    alone = minimise_centres(pair, 4, np.random.default_rng(6))
    np.testing.assert_allclose(together[1].loss, alone.loss, rtol=1e-12)
    np.testing.assert_allclose(together[1].angle, alone.angle, atol=ARRIVED)


def test_bad_input():
    with pytest.raises(InputError, match="starts is 0"):
        minimise_centres(
            CentrePair(np.eye(2), np.eye(2), (1.0, 1.0), 0.5, (2, 2)), 0, np.random.default_rng(0)
        )
    with pytest.raises(InputError, match="tau is 0"):
        minimise_centres(
            CentrePair(np.eye(2), np.eye(2), (1.0, 1.0), 0.0, (2, 2)), 1, np.random.default_rng(0)
        )
