"""Every optimiser in every constraint: one and the same motion, as the steps become small."""

import math

import numpy as np
import pytest
import torch

from sim import SimulationConfig, constraints, simulate
from sim.constraints.base import carry, normalize, turning
from sim.particles import Particles

TIME = 0.25
PLAIN = {"eps": 1e8}
"""Adam whose ε swamps the second moment: steps along the first, divided by ε."""
OPTIONS = {"relu": {"hidden": ()}}  # without the kinks of its own test
VARIANTS = [
    *((name, OPTIONS.get(name, {})) for name in constraints.names()),
    ("cap", {"angle": 2.5}),  # no particle comes to the edge
    ("cap", {"centres": "held"}),
    ("subspace", {"centres": "orthogonal"}),
    ("subspace_cone", {"centres": "orthogonal"}),
]
SMOOTH = [case for case in VARIANTS if case != ("cap", {}) and case[1].get("centres") != "held"]


def moved(name, options, steps, optimiser="rsgd", **own):
    """Views after the time, of two runs."""
    size = TIME / steps
    found = simulate({
        "h": 4, "n": 8, "seeds": (0, 1), "constraint": name, "constraint_options": options,
        "temperature": 0.5, "metrics": ["centroid_gap"], "log_points": 2, "keep_views": True,
        "optimiser": optimiser, "optimiser_options": own, "steps": steps,
        # Adam's unit is N ∇loss, and L = 2·loss
        "step_size": 2 * size * PLAIN["eps"] if optimiser == "adam" else size,
    })  # fmt: skip
    return np.stack([found["view_x"], found["view_y"]])


def apart(one, two):
    return np.abs(one - two).max()


@pytest.fixture(scope="module", params=VARIANTS, ids=lambda case: "-".join(map(str, case)))
def case(request):
    """A constraint, and where the flow takes the particles."""
    return (*request.param, moved(*request.param, 1, "flow", tolerance=1e-7))


def test_descent_tends_to_the_flow(case):
    """Of first order, so that halving its step halves the distance, and extrapolation ends it."""
    *where, flow = case
    long, short = (moved(*where, steps) for steps in (32, 64))
    assert apart(long, moved(*where, 1)) > 1e-3  # they move
    assert apart(long, flow) / apart(short, flow) == pytest.approx(2, rel=0.12)
    # what is left is of second order: its share of the first is that of a step in the time
    assert apart(2 * short - long, flow) < 0.05 * apart(long, flow)


def test_adam_without_memory_is_descent(case):
    *where, _ = case
    adam = moved(*where, 8, "adam", betas=(0.0, 0.0), **PLAIN)
    # ε is 1e8 times what it swamps
    np.testing.assert_allclose(adam, moved(*where, 8), atol=1e-6)


def test_adam_with_momentum_tends_to_the_flow(case):
    """The first moment lags by ten steps: of first order, with a larger constant than descent."""
    *where, flow = case
    errors = [apart(moved(*where, n, "adam", **PLAIN), flow) for n in (64, 128)]
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.2)


def test_the_flow_of_networks_is_as_good_as_its_tolerance():
    """Kinks of ReLU spoil the order of every scheme, not the control of its error."""
    where = ("relu", {"hidden": (16,)})
    short, shorter = (moved(*where, steps) for steps in (128, 256))
    assert apart(short, moved(*where, 1)) > 5e-3
    limit = 2 * shorter - short
    for tolerance in (1e-4, 1e-5):
        error = moved(*where, 1, "flow", tolerance=tolerance) - limit
        # some steps, and what extrapolation leaves at kinks
        assert np.sqrt(np.square(error).sum(-1).mean()) < tolerance
    adam = moved(*where, 8, "adam", betas=(0.0, 0.0), **PLAIN)
    np.testing.assert_allclose(adam, moved(*where, 8), atol=1e-6)


def flow_errors(parameters, monkeypatch, time, counts, **where):
    """Errors of fixed steps of the flow, against the last of `counts`."""
    monkeypatch.setattr("sim.optimisers.flow.LONGEST", math.inf)
    config = SimulationConfig.of({**where, "optimiser": "flow", "optimiser_options": LOOSE})
    ends = []
    for count in counts:
        particles, flow = Particles(config, config.seeds), config.descent()
        if parameters is not None:
            particles.parameters = parameters
            particles.settle(0)
        flow.begin(particles)
        for _ in range(count):
            flow._next[:] = time / count
            flow._span[:] = time
            flow.advance(particles, 0, 1)
        ends.append(torch.stack(particles.views))
    return [float((end - ends[-1]).norm()) for end in ends[:-1]]


LOOSE = {"tolerance": 1e9}
"""No step is refused."""


@pytest.mark.parametrize(("name", "options"), SMOOTH)
def test_the_flow_is_of_fifth_order(name, options, monkeypatch):
    """Half the step, 2⁵ less of an error (seen: 24 … 80)."""
    where = {"h": 4, "n": 8, "constraint": name, "constraint_options": options}
    errors = flow_errors(None, monkeypatch, 0.4, (4, 8, 24), **where)
    assert errors[0] / errors[1] > 20


def test_particles_slide_along_the_edge_of_a_cap_at_full_order(monkeypatch):
    """All at the edge of caps that turn."""
    where = {
        "h": 4, "n": 8, "seeds": (1,), "constraint": "cap", "constraint_options": {"angle": 0.6},
        "start": "cones", "start_options": {"kappa": 20.0, "gap": 1.2, "paired": False},
    }  # fmt: skip
    config = SimulationConfig.of({**where, "steps": 60})
    particles, descent = Particles(config, config.seeds), config.descent()
    for step in range(config.steps):
        descent.advance(particles, step, config.steps)
    assert particles.room.measure(particles.parameters)["at_edge"] == 1
    errors = flow_errors(particles.parameters, monkeypatch, 0.4, (4, 8, 24), **where)
    assert errors[0] / errors[1] > 20


def test_the_turning_of_the_least_rotation(rng):
    """Oracle: the central difference."""
    points, start, end, speed = (
        torch.as_tensor(rng.standard_normal((1, rows, 4))) for rows in (5, 1, 1, 1)
    )
    start, end = normalize(start), normalize(end)
    speed -= (speed * end).sum(-1, keepdim=True) * end
    step = 1e-5
    ahead, behind = (carry(points, start, normalize(end + s * step * speed)) for s in (1, -1))
    found = turning(points, start, end, speed)
    torch.testing.assert_close(found, (ahead - behind) / (2 * step), rtol=0, atol=1e-8)
