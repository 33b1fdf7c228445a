"""Settings that cannot be used are refused before anything is trained."""

from typing import Any

import pytest

from realdata import TrainConfig
from theory.errors import InputError


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"dataset": "digit"}, "unknown data set 'digit'; registered: .*Did you mean 'digits'"),
        ({"loss": "clip"}, "unknown loss 'clip'; registered: .*infonce"),
        ({"model": "ViT-Z"}, "model 'ViT-Z' does not exist; .*digits-small"),
        ({"loss_options": {"weight": 2}}, "no option 'weight'"),
        ({"epochs": 0}, "epochs is 0; give an integer of at least 1"),
        ({"epochs": 1.5}, r"epochs must be an integer, not float \(1.5\)"),
        ({"epochs": True}, r"epochs must be an integer, not bool \(True\)"),
        ({"batch_size": 1}, "batch_size is 1; give an integer of at least 2"),
        ({"lr": 0.0}, "lr is 0; give a finite number in"),
        ({"lr": float("nan")}, "lr is nan; give a finite number"),
        ({"lr": "fast"}, r"lr must be a real number, not str \('fast'\)"),
        ({"temperature": -0.1}, "temperature is -0.1; give a finite number"),
        ({"warmup": 1.5}, r"warmup is 1.5; give a finite number in \[0, 1\]"),
        ({"betas": [0.9]}, "betas is .*; give two numbers"),
        ({"seeds": []}, r"seeds is \[\]; give at least one, each once"),
        ({"seeds": [1, 1]}, r"seeds is \[1, 1\]; give at least one, each once"),
        ({"seeds": 0}, r"seeds is \[\]; give at least one"),
        ({"seeds": [-1]}, "seeds is -1; give an integer of at least 0"),
        ({"seeds": "0.5"}, "seeds must be an integer, not str"),
        ({"seeds": 1.5}, "not a list of numbers"),
        ({"epoch": 3}, "unknown setting 'epoch'; the settings: .*epochs"),
    ],
)
def test_bad_values_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        TrainConfig.from_mapping(values)


def test_plain_values_travel_there_and_back() -> None:
    config = TrainConfig(loss="infonce", seeds=(3, 1), temperature=0.1, betas=(0.8, 0.9))
    assert TrainConfig.from_mapping(config.to_dict()) == config


def test_a_number_of_seeds_counts_from_zero() -> None:
    assert TrainConfig.from_mapping({"seeds": 3}).seeds == (0, 1, 2)


def test_differences_name_both_values() -> None:
    assert TrainConfig(epochs=3).differences(TrainConfig(epochs=4)) == ["epochs (3, not 4)"]
    assert TrainConfig().differences(TrainConfig()) == []
