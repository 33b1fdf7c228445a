"""Claims about pairs, rotations and transitions against the functions that users call."""

import math

import numpy as np
import pytest

from sim.experiments.circle import collapse_angle
from theory import dynamics, subspaces
from theory.claims.base import get
from theory.claims.l_1 import layer_cosine
from theory.claims.l_2 import toy_loss
from theory.claims.n_3 import escape
from theory.claims.n_6 import coordinates


def test_the_formula_of_the_hyperplane_rotation_is_the_direct_rotation(rng):
    claim = get("Y.C3")()
    points = claim.domain.sample(rng, 10, {"h": 5})
    u, v = points["frame"][..., 0], points["frame"][..., 1]
    turns = claim.rotation(u, v, points["phi"])
    for turn, a, b, phi in zip(turns, u, v, points["phi"], strict=True):
        other = math.cos(phi) * a + math.sin(phi) * b
        expected = subspaces.hyperplane_rotation(a, other)
        assert np.abs(turn - expected).max() < 1e-12


def test_shared_projection_bound_is_reached():
    """Half of the weight at each end of [1 − ε, 1], in the right proportion, is the worst."""
    epsilon = 0.3
    m = 1 - epsilon
    a = np.sqrt([m / (1 + m), 1 / (1 + m), 0])
    c = np.array([1.0, m, 1.0])
    cosine = (a * a * c).sum() / np.sqrt((a * a * c * c).sum())
    assert cosine == pytest.approx(2 * math.sqrt(m) / (1 + m), abs=1e-15)
    assert get("Y.C4")().at(epsilon=epsilon, a=a, r1=0.0, r2=1.0, r3=0.0) == pytest.approx(
        0, abs=1e-14
    )


@pytest.mark.parametrize("tau", [0.05, 0.5, 2.0])
def test_collapse_on_the_circle_turns_stable_at_the_angle_of_the_simulator(tau):
    claim, angle = get("N.6")(), collapse_angle(tau)
    a = np.array([[1.0, -1.0]]) / math.sqrt(2)

    def curvature(theta):
        at = {"theta": np.array([theta]), "tau": np.array([tau]), "part": np.array([0.5])}
        # cov > 0 for acute angles: the direction in which the bound is reached
        assert coordinates(**at, a=a, b=a)["product"] > 0
        return claim.curvature(**at, a=a, b=a)[0]

    assert curvature(angle - 1e-4) < 0 < curvature(angle + 1e-4)
    assert curvature(angle) == pytest.approx(0, abs=1e-10 / tau**2)


@pytest.mark.parametrize(("s", "tau"), [(1, 0.3), (2, 0.5), (3, 0.2)])
def test_escape_turns_favourable_at_the_collapse_temperature(s, tau):
    square, product = escape(s, tau)
    phi = math.acos(2 * square / abs(product))
    assert dynamics.collapse_temperature(s + 2, phi) == pytest.approx(tau, rel=1e-6)


def test_layer_cosine_agrees_with_a_wide_layer(rng):
    theta, width = 1.1, 200_000
    w = rng.standard_normal((width, 2))
    first, second = (np.maximum(w @ np.array([math.cos(t), math.sin(t)]), 0) for t in (0.0, theta))
    cosine = first @ second / (np.linalg.norm(first) * np.linalg.norm(second))
    # Five standard errors of a mean of products of order one.
    assert cosine == pytest.approx(layer_cosine(theta), abs=5 / math.sqrt(width))


@pytest.mark.parametrize("swapped", [False, True])
def test_toy_loss_is_the_registered_loss(swapped):
    import torch

    from theory import losses

    delta, tau = 0.7, 0.2
    w = 2 * np.pi * np.arange(6) / 6
    x = np.stack(
        [np.full(6, math.cos(1)), math.sin(1) * np.cos(w), math.sin(1) * np.sin(w)], axis=-1
    )
    c, s = math.cos(delta), math.sin(delta)
    y = x @ np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]]).T
    if swapped:
        y[[0, 1]] = y[[1, 0]]
    terms = losses.create("infonce")(torch.from_numpy(x), torch.from_numpy(y), logit_scale=1 / tau)
    assert toy_loss(delta, tau, swapped) == pytest.approx(float(terms["loss"]), rel=1e-12)


def test_a_pair_with_both_signs_may_lose_by_being_mirrored():
    """Without a_i ≥ 0 the remark on Y.T4 is false: one pair's mirror image falls onto another."""
    z = np.array([[math.sqrt(1 - 0.406**2), -0.406], [0.6, 0.8]])
    claim = get("Y.T4|free")()
    at = {"phi": np.array([1.4]), "tau": np.array([0.02])}
    one_sided = claim.margin(w=np.array([0.0]), z=z[None], **at)
    assert one_sided[0] > 0
    mixed = np.concatenate([z, z * [1, -1]])
    scores = z @ (z * [1, math.cos(1.4)]).T / 0.02
    both = mixed @ (mixed * [1, math.cos(1.4)]).T / 0.02
    before = 2 * np.mean(np.log(np.exp(scores).mean(axis=1)))
    after = 2 * np.mean(np.log(np.exp(both).mean(axis=1)))
    assert after - before == pytest.approx(3.94, abs=0.01)
