"""Configurations of one shape advance together, to the numbers that each has alone."""

import numpy as np
import pytest

from sim import SimulationConfig, simulate, simulate_all
from sim.batch import batches
from theory.errors import InputError

BATCHING = 1e-9
BASE = {"h": 4, "n": 12, "steps": 25, "log_points": 6, "metrics": ["centroid_gap", "gap_angle"]}


def test_temperatures_concentrations_and_angles_share_a_batch():
    configs = [
        {**BASE, "constraint": "subspace", "constraint_options": {"angles": [phi]},
         "temperature": tau, "start": "cones", "start_options": {"kappa": kappa},
         "seeds": (0, 1), "step_size": size}
        for phi, tau, kappa, size in (
            (0.5, 0.2, 5.0, None), (1.0, 0.5, 20.0, 0.01), (1.0, 0.7, 20.0, 0.02))
    ]  # fmt: skip
    assert len(batches([SimulationConfig.of(c) for c in configs])) == 1
    together = simulate_all(configs)
    for config, found in zip(configs, together, strict=True):
        alone = simulate(config)
        assert list(found["run"].values) == ["seed 0", "seed 1"]
        for name in alone.data_vars:
            np.testing.assert_allclose(found[name], alone[name], atol=BATCHING, err_msg=str(name))


@pytest.mark.parametrize("optimiser", ["rsgd", "flow", "adam"])
def test_schedules_and_learned_temperatures_share_a_batch(optimiser):
    base = {**BASE, "optimiser": optimiser}
    schedules = [np.linspace(2, end, 26).tolist() for end in (3.0, 6.0)]
    configs = [{**base, "schedule": schedule} for schedule in schedules]
    configs += [
        {**base, "learned_temperature": True, "temperature": tau, "temperature_rate": rate}
        for tau, rate in ((0.5, 1.0), (0.3, 2.0))
    ]
    assert len(batches([SimulationConfig.of(c) for c in configs])) == 2
    for config, found in zip(configs, simulate_all(configs), strict=True):
        alone = simulate(config)
        for name in ("loss", "logit_scale", "time", "centroid_gap"):
            np.testing.assert_allclose(found[name], alone[name], atol=BATCHING, err_msg=name)


def test_unlike_shapes_are_apart():
    base = SimulationConfig.of(BASE)
    others = [
        {**BASE, **change}
        for change in ({"n": 13}, {"h": 5}, {"steps": 24}, {"loss": "atp"}, {"batch": 4},
                       {"constraint": "cone"}, {"optimiser": "adam"}, {"mismatched": 0.5})
    ]  # fmt: skip
    assert len(batches([base, *map(SimulationConfig.of, others)])) == 9
    dims = [{"dims": (2, 2), "angles": [0.5]}, {"dims": (3, 3), "angles": [0.5]}]
    configs = [
        SimulationConfig.of({**BASE, "constraint": "subspace", "constraint_options": o})
        for o in dims
    ]
    assert len(batches(configs)) == 2


def test_results_come_in_the_order_asked_for():
    configs = [{**BASE, "n": n, "temperature": t} for n, t in ((8, 0.5), (9, 0.4), (8, 0.3))]
    found = simulate_all(configs)
    assert [round(1 / float(f["logit_scale"][0, 0]), 6) for f in found] == [0.5, 0.4, 0.3]


def test_progress_counts_all_batches():
    seen = []
    configs = [{**BASE, "n": n, "steps": s} for n, s in ((8, 3), (9, 5))]
    simulate_all(configs, progress=lambda *args: seen.append(args[:2]))
    done = [d for d, _ in seen]
    assert done == sorted(done)
    assert seen[-1] == (8, 8)


def test_nothing_to_simulate():
    with pytest.raises(InputError, match="configs is empty"):
        simulate_all([])
