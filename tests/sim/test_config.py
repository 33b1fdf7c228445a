import json

import pytest

from sim import SimulationConfig, simulate
from theory.errors import InputError


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("h", 1, "h is 1; give an integer of at least 2"),
        ("n", 1, "n is 1; give an integer of at least 2"),
        ("modalities", 1, "modalities is 1"),
        ("steps", -1, "steps is -1"),
        ("temperature", 0.0, "temperature is 0"),
        ("temperature", -0.5, "temperature is -0.5"),
        ("temperature", float("nan"), "temperature is nan"),
        ("step_size", 0.0, "step_size is 0"),
        ("dtype", "float16", "dtype is 'float16'; choose one of float64, float32"),
        ("seeds", (), "seeds is empty"),
        ("seeds", (0, -1), "seeds is -1"),
        ("constraint", "fre", "Did you mean 'free'"),
        ("constraint_options", {"angle": 1.0}, "has no option 'angle'"),
        ("start", "nowhere", "unknown start 'nowhere'"),
        ("start_options", {"kappa": -2.0}, "kappa is -2"),
        ("loss", "infonse", "Did you mean 'infonce'"),
        ("loss_options", {"margin": 1}, "has no option 'margin'"),
        ("schedule", [1.0, 2.0], "schedule has 2 entries; give steps [+] 1 = 201"),
    ],
)
def test_bad_values_are_named(field, value, message):
    with pytest.raises(InputError, match=message):
        SimulationConfig.of({field: value})


def test_unknown_field_lists_the_fields():
    with pytest.raises(InputError, match=r"no field 'tau'; its fields: h, n, seeds"):
        SimulationConfig.of({"tau": 0.1})


@pytest.mark.parametrize(("field", "value"), [("h", 3.0), ("n", True), ("temperature", "warm")])
def test_wrong_types(field, value):
    with pytest.raises(TypeError, match=field):
        SimulationConfig.of({field: value})


def test_config_of_something_else():
    with pytest.raises(TypeError, match="config must be"):
        SimulationConfig.of(3)


def test_schedule_and_learning_exclude_each_other():
    with pytest.raises(InputError, match="choose one"):
        SimulationConfig(schedule=lambda step: 2.0, learned_temperature=True)


def test_schedule_must_stay_positive():
    with pytest.raises(InputError, match="schedule at step 2 is -1"):
        simulate({"n": 4, "steps": 3, "schedule": lambda step: 3.0 if step < 2 else -1.0})


def test_a_callable_schedule_becomes_its_values():
    config = SimulationConfig(steps=2, schedule=lambda step: 1.0 + step)
    record = config.to_dict()
    assert record["schedule"] == [1.0, 2.0, 3.0]
    assert SimulationConfig.of(json.loads(json.dumps(record))).to_dict() == json.loads(
        json.dumps(record)
    )


@pytest.mark.parametrize(
    ("steps", "points", "expected"),
    [(0, 5, [0]), (1, 2, [0, 1]), (7, 2, [0, 7]), (8, 5, [0, 1, 2, 4, 8])],
)
def test_log_grid(steps, points, expected):
    assert SimulationConfig(steps=steps, log_points=points).log_steps() == expected


def test_log_grid_is_no_longer_than_asked():
    steps = SimulationConfig(steps=10_000, log_points=30).log_steps()
    assert len(steps) <= 30
    assert steps == sorted(set(steps))
    assert (steps[0], steps[-1]) == (0, 10_000)
