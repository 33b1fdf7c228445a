"""What the experiments compare with, against oracles of its own."""

import math

import numpy as np
import pytest

from sim import experiments, simulate
from sim.experiments.grid import grid, many, mode_rate, views_of
from sim.experiments.learned_temperature import gap_and_scale
from sim.experiments.offset import lift
from sim.experiments.residual import expected_recall, pairs_with
from sim.experiments.restoration import Restoration
from sim.experiments.transition import between, sign_change
from theory.curvature import escape_rate
from theory.dynamics import collapse_temperature
from theory.finite import own_share, rate_bias, simplex_infonce
from theory.losses import InfoNCE
from theory.sphere import sample_uniform


def rows(result, quantity):
    return [row for row in result.table if row["quantity"] == quantity]


def test_an_orthogonal_gap_leaves_retrieval_and_adds_the_scatter():
    result = experiments.create("offset").run(seeds=(0, 1), gap=(0.0, 1.5), n=120)
    for row in rows(result, "R@1"):
        if "orthogonal" in row["setting"]:
            assert row["measured"] == row["predicted"]
    for row in rows(result, "scatter within classes"):
        assert math.isclose(row["measured"], row["predicted"], rel_tol=1e-12)
    lost = rows(result, "V-measure")[-2]
    assert "gap 1.5, orthogonal" in lost["setting"]
    assert lost["measured"] < lost["predicted"] - 0.2


def test_lifted_rows_are_unit_and_twice_the_height_apart(rng):
    x, y = lift((sample_uniform(9, 3, rng),) * 2, 0.4)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), 1)
    np.testing.assert_allclose(np.linalg.norm(x - y, axis=1), 0.8)


def test_recall_is_the_same_at_every_gap():
    """Y.D1: the constant parts add the same number to every score."""
    result = experiments.create("residual").run(seeds=(0, 1), residual=(0.5,))
    measured = {row["measured"] for row in rows(result, "R@1")}
    assert len(rows(result, "R@1")) == 3
    assert len(measured) == 1


@pytest.mark.parametrize(("alpha", "n", "s"), [(0.5, 5, 3), (1.0, 20, 2), (0.3, 100, 8)])
def test_expected_recall_by_monte_carlo(alpha, n, s, rng):
    others = sample_uniform(200_000, s, rng)[:, 0] < math.cos(alpha)
    one = others.mean()
    error = math.sqrt(one * (1 - one) / len(others))
    predicted = expected_recall(alpha, n, s) ** (1 / (n - 1))
    assert abs(one - predicted) < 5 * error + 1e-12


def test_pairs_have_their_gap_and_residual(rng):
    x, y = pairs_with(0.9, 0.4, 2000, 6, rng)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), 1)
    share = 1 - 0.9**2 / 2
    cosine = (x[:, :6] * y[:, :6]).sum(1) / share
    np.testing.assert_allclose(np.arccos(cosine), 0.4, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(x[0, 6:] - y[0, 6:]), 0.9)


def test_learned_flow_keeps_its_invariant_and_agrees_with_the_simulator():
    """Oracle: gap · β^(1/rate) along the equations, and the full loss in small steps."""
    time = np.linspace(0, 3, 7)
    for rate in (0.5, 2.0):
        gap, beta = gap_and_scale(time, 0.9, 2.0, 5, rate)
        np.testing.assert_allclose(gap * beta ** (1 / rate), gap[0] * 2 ** (1 / rate), rtol=1e-6)
    found = simulate({
        "h": 6, "n": 5, "temperature": 0.5, "start": "lifted", "steps": 600, "step_size": 0.005,
        "start_options": {"tilt": 0.9, "points": "simplex"}, "learned_temperature": True,
        "metrics": ("centroid_gap",), "log_points": 2,
    })  # fmt: skip
    gap, beta = gap_and_scale(time, 0.9, 2.0, 5, 1.0)
    # explicit steps of 0.005 leave their first order
    assert math.isclose(found["centroid_gap"].values[0, -1], gap[-1], rel_tol=5e-3)
    assert math.isclose(found["logit_scale"].values[0, -1], beta[-1], rel_tol=5e-3)


def test_escape_rate_is_the_slope_of_the_loss():
    """Oracle: ȧ = −N ∂L/∂a for alternating heights over an even circle (s = 2)."""
    import torch

    n, beta, phi, size = 64, 3.0, 0.8, 1e-4
    turns = 2 * np.pi * np.arange(n) / n
    heights = size * (-1.0) ** np.arange(n)
    flat = math.sqrt(1 - size**2)
    inside = flat * np.column_stack([np.cos(turns), np.sin(turns)])
    own = np.zeros((2, n, 2))
    own[0, :, 0] = heights
    own[1] = heights[:, None] * [math.cos(phi), math.sin(phi)]
    views = [torch.tensor(np.hstack([inside, part])) for part in own]
    (gradient, _) = InfoNCE().value_and_gradient(*(v[None] for v in views), logit_scale=beta)[1]
    slope = gradient[0].numpy()
    slope -= (slope * views[0].numpy()).sum(1, keepdims=True) * views[0].numpy()
    speed = -2 * n * slope[:, 2] / heights  # L = 2·loss
    np.testing.assert_allclose(2 * speed, escape_rate(2, phi, 1 / beta), rtol=1e-4)


def test_the_phase_diagram_changes_sign_at_the_transition():
    for share in (0.9, 1.1):
        tau = share * collapse_temperature(7, 0.9)
        assert (escape_rate(5, 0.9, tau) > 0) == (share < 1)
    assert 0 < between(8, (40.0, 60.0)) < 1
    assert math.isnan(sign_change([1.0, 2.0], np.array([1.0, 0.5])))


def test_criterion_for_n_is_the_weight_of_a_pair_in_its_own_softmax(rng):
    n, h, tau = 2000, 6, 0.4
    x = sample_uniform(n, h, rng)
    logits = x @ x.T / tau
    own = (np.exp(1 / tau) / np.exp(logits).sum(1)).mean()
    assert math.isclose(own, own_share(n, h, tau), rel_tol=0.02)


def test_the_bias_of_the_rate_has_the_predicted_size_and_shrinks():
    """Its order of magnitude: .5 and .5 times the prediction was seen."""
    result = experiments.create("finite_n").run(seeds=(0, 1), tau=0.2, n=(256, 512))
    found = rows(result, "bias of the decay rate")
    assert [row["setting"] for row in found] == ["h=8, τ=0.2, N=256", "h=8, τ=0.2, N=512"]
    for row, n in zip(found, (256, 512), strict=True):
        assert row["predicted"] == 100 * rate_bias(n, 8, 0.2)
        assert 0.3 < row["measured"] / row["predicted"] < 2
    few, many = (row["measured"] for row in found)
    assert few < 1.5 * many < 0


def test_simplex_infonce_is_the_loss_of_the_simplex():
    import torch

    from sim.starts import simplex

    for n in (2, 5):
        x = torch.as_tensor(simplex(n))
        loss = 2 * InfoNCE()(x, x, logit_scale=2.0)["loss"].item()
        assert math.isclose(loss, simplex_infonce(n, 2.0), rel_tol=1e-12)


def test_grid_and_rates():
    assert many("infonce") == ("infonce",)
    assert grid({"a": (1, 2), "b": (3, 4)}, "a", "b") == [(1, 3), (1, 4), (2, 3), (2, 4)]
    found = simulate({"h": 3, "n": 6, "steps": 9, "step_size": 0.1, "log_points": 12,
                      "metrics": ("centroid_gap",), "keep_views": True})  # fmt: skip
    steps = found["step"].values
    np.testing.assert_allclose(mode_rate((1 - 0.3 * 0.1) ** steps[None], found), 0.3, rtol=1e-9)
    ((x, y),) = views_of(found)
    assert math.isclose(np.linalg.norm((x - y).mean(0)), found["centroid_gap"].values[0, -1])


def test_rolling_hid_the_pairs_of_the_restoration():
    """The pairs that the simulation aligns were not aligned at first."""
    result = Restoration().run(seeds=(0,), noise=(0.0,), n=64, time=20.0)
    residual = result.trajectory["shared_residual"].values[0]
    assert residual[0] > 0.3
    assert residual[-1] < 1e-6
