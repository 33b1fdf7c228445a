"""Every registered optimiser, on cases whose end and whose motion are known."""

import math

import numpy as np
import pytest
import torch

from sim import SimulationConfig, constraints, optimisers, simulate
from sim.optimisers.flow import ERROR, NODES, STAGES
from sim.particles import Particles
from theory.errors import InputError

BETA = 1.5
LOWEST = math.log1p(math.exp(-2 * BETA))  # LS.1 at N = 2
FEW = ["centroid_gap"]


def small(**fields):
    return {"h": 3, "n": 8, "steps": 20, "metrics": FEW, **fields}


def pair(optimiser, **fields):
    """Two pairs on the circle, whose optimum is the simplex."""
    return simulate(
        {"h": 2, "n": 2, "temperature": 1 / BETA, "seeds": (0, 1), "start": "uniform",
         "step_size": 0.1, "steps": 300, "metrics": ["l2i"], "optimiser": optimiser, **fields}
    )  # fmt: skip


@pytest.mark.parametrize("optimiser", optimisers.names())
def test_all_reach_the_same_optimum(optimiser):
    slow = {"adam": {"step_size": 0.03, "steps": 400}, "flow": {"steps": 240}}
    found = pair(optimiser, **slow.get(optimiser, {}))
    np.testing.assert_allclose(found["loss"][:, -1], LOWEST, atol=1e-5)
    np.testing.assert_allclose(found["l2i"][:, -1], 0, atol=2e-3)


@pytest.mark.parametrize("optimiser", optimisers.names())
@pytest.mark.parametrize("constraint", constraints.names())
def test_all_descend_inside_every_constraint(optimiser, constraint):
    config = SimulationConfig.of(
        small(h=4, constraint=constraint, optimiser=optimiser, steps=12, seeds=(0, 1))
    )
    particles, descent = Particles(config, config.seeds), config.descent()
    descent.begin(particles)
    first, step = particles.slopes.loss.clone(), 0
    for _ in range(200):
        step = descent.advance(particles, step, 12)
        if step == 12:
            break
    assert step == 12
    assert (particles.slopes.loss < first).all()
    for view in particles.views:
        torch.testing.assert_close(view.norm(dim=-1), torch.ones(2, 8).double())
    placed = particles.room.views(particles.room.retract(
        particles.parameters, tuple(map(torch.zeros_like, particles.slopes.tangents))
    ))  # fmt: skip
    for again, view in zip(placed, particles.views, strict=True):
        torch.testing.assert_close(again, view, atol=1e-9, rtol=0)


@pytest.mark.parametrize("optimiser", optimisers.names())
def test_temperature_is_fixed_scheduled_or_learned(optimiser):
    fields = small(steps=30, optimiser=optimiser, log_points=40, start="uniform")
    assert set(simulate(fields)["logit_scale"].values.ravel()) == {2.0}
    schedule = np.linspace(2.0, 4.0, 31)
    found = simulate({**fields, "schedule": schedule.tolist()})
    np.testing.assert_allclose(found["logit_scale"][0], schedule[found["step"].values])
    learned = {**fields, "learned_temperature": True, "max_logit_scale": 2.02, "steps": 150}
    scale = simulate(learned)["logit_scale"].values[0]
    assert scale[0] == 2.0
    assert scale[-1] == pytest.approx(2.02, rel=1e-12)


@pytest.mark.parametrize("constraint", ["free", "cone", "subspace"])
def test_explicit_steps_tend_to_the_flow(constraint):
    """Euler's error is of first order: halving its step halves the distance to the flow."""
    base = small(h=3, constraint=constraint, seeds=(1,), log_points=2)
    time = 0.25
    flow = simulate({**base, "optimiser": "flow", "steps": 1, "step_size": time})
    apart = []
    for steps in (64, 128, 256):
        euler = simulate({**base, "steps": steps, "step_size": time / steps})
        apart.append(abs(float(euler["loss"][0, -1] - flow["loss"][0, -1])))
    ratios = np.divide(apart[:-1], apart[1:])
    np.testing.assert_allclose(ratios, 2, rtol=0.12)


@pytest.mark.parametrize("constraint", ["free", "cone"])
def test_the_flow_is_of_fifth_order(constraint, monkeypatch):
    """Fixed steps of the pair, each half the last: the error falls by 2⁵ (seen: 24 … 36)."""
    config = SimulationConfig.of(
        small(constraint=constraint, optimiser="flow", optimiser_options={"tolerance": 1e3})
    )
    end = []
    for count in (4, 8, 16, 64):
        particles, flow = Particles(config, (1,)), config.descent()
        flow.begin(particles)
        size = 0.4 / count
        for _ in range(count):
            flow._next[:] = size
            flow._span[:] = 0.4
            monkeypatch.setattr("sim.optimisers.flow.LONGEST", math.inf)
            flow.advance(particles, 0, 1)
        end.append(particles.views[0])
    errors = [float((x - end[-1]).norm()) for x in end[:-1]]
    assert errors[0] / errors[1] > 20
    assert errors[1] / errors[2] > 20


def test_the_tableau_is_consistent():
    for row, node in zip(STAGES, NODES, strict=True):
        assert math.isclose(sum(row), node, rel_tol=1e-14)
    assert abs(sum(ERROR)) < 1e-16


def test_the_rate_of_the_flow_does_not_depend_on_the_record():
    """A gap of 1e-4 … 1e-8 decays at one rate, whatever time a step spans."""
    start, end = 2.2, 3.8

    def gap(time, steps, optimiser):
        found = simulate(
            {"h": 3, "n": 32, "steps": steps, "step_size": time / steps, "optimiser": optimiser,
             "log_points": 2, "metrics": FEW, "start_options": {"kappa": 1.5}}
        )  # fmt: skip
        return float(found["centroid_gap"][0, -1])

    rates = []
    for steps in (8, 40):
        first, last = (gap(time, steps, "flow") for time in (start, end))
        assert 1e-4 > first > last > 1e-8
        rates.append(math.log(first / last) / (end - start))
    size = 0.01  # the explicit scheme multiplies by 1 − λ·size
    first, last = (gap(time, round(time / size), "rsgd") for time in (start, end))
    exact = (1 - (last / first) ** (size / (end - start))) / size
    np.testing.assert_allclose(rates, exact, rtol=5e-3)


def test_tolerance_bounds_the_error():
    base = small(optimiser="flow", steps=1, step_size=1.0, log_points=2, seeds=(2,))
    loose, tight, exact = (
        float(simulate({**base, "optimiser_options": {"tolerance": t}})["loss"][0, -1])
        for t in (1e-3, 1e-6, 1e-10)
    )
    assert abs(tight - exact) < 1e-5
    assert abs(tight - exact) <= abs(loose - exact)


def test_runs_of_a_flow_do_not_see_each_other():
    both = simulate(small(seeds=(3, 4), optimiser="flow"))
    alone = simulate(small(seeds=(4,), optimiser="flow"))
    np.testing.assert_allclose(both["loss"][1], alone["loss"][0], atol=1e-12)


def test_adam_moves_every_particle_a_step_at_first():
    """m̂/√v̂ of one gradient has length 1."""
    config = SimulationConfig.of(small(optimiser="adam", step_size=0.02))
    particles, adam = Particles(config, (0,)), config.descent()
    before = particles.views
    adam.begin(particles)
    adam.advance(particles, 0, 1)
    for old, new in zip(before, particles.views, strict=True):
        moved = torch.acos((old * new).sum(-1))
        np.testing.assert_allclose(moved, math.atan(0.02), rtol=1e-4)


def test_adam_is_the_textbook_on_the_circle():
    """Oracle: scalar Adam on the angles; projecting a moment after a turn δ leaves 1 − δ²/2."""
    config = SimulationConfig.of(
        small(h=2, n=3, optimiser="adam", step_size=1e-4, seeds=(5,), temperature=1.0)
    )
    particles, adam = Particles(config, (5,)), config.descent()
    theta = [torch.atan2(v[0, :, 1], v[0, :, 0]) for v in particles.views]
    m, v = [torch.zeros(3).double()] * 2, [torch.zeros(3).double()] * 2
    adam.begin(particles)
    for t in range(1, 6):
        angles = [a.clone().requires_grad_() for a in theta]
        x, y = (torch.stack([a.cos(), a.sin()], -1) for a in angles)
        logits, label = x @ y.T, torch.arange(3)
        entropy = torch.nn.functional.cross_entropy
        loss = (entropy(logits, label) + entropy(logits.T, label)) / 2
        gradients = torch.autograd.grad(3 * loss, angles)
        m = [0.9 * a + 0.1 * g for a, g in zip(m, gradients, strict=True)]
        v = [0.999 * a + 0.001 * g**2 for a, g in zip(v, gradients, strict=True)]
        moves = [
            (a / (1 - 0.9**t)) / ((b / (1 - 0.999**t)).sqrt() + 1e-8)
            for a, b in zip(m, v, strict=True)
        ]
        # the retraction of a move d along the tangent is a turn by atan(d)
        theta = [a - torch.atan(1e-4 * d) for a, d in zip(theta, moves, strict=True)]
        adam.advance(particles, t - 1, t)
    for a, view in zip(theta, particles.views, strict=True):
        torch.testing.assert_close(torch.stack([a.cos(), a.sin()], -1), view[0])


@pytest.mark.parametrize(
    ("optimiser", "options", "message"),
    [
        ("rsdg", {}, "Did you mean 'rsgd'"),
        ("flow", {"tolerance": 0}, "tolerance is 0"),
        ("flow", {"order": 5}, "has no option 'order'"),
        ("adam", {"betas": (1.0, 0.9)}, "betas is 1"),
        ("adam", {"eps": -1.0}, "eps is -1"),
    ],
)
def test_bad_optimisers_are_named(optimiser, options, message):
    with pytest.raises(InputError, match=message):
        SimulationConfig.of({"optimiser": optimiser, "optimiser_options": options})


@pytest.mark.parametrize("noise", [{"batch": 4}, {"pair_noise": 0.1, "fresh_noise": True}])
def test_the_flow_follows_no_noise(noise):
    with pytest.raises(InputError, match=r"'flow', which cannot follow.*choose adam or rsgd"):
        SimulationConfig.of({"optimiser": "flow", **noise})
