"""Settings that cannot be used are refused before anything is trained."""

from typing import Any

import pytest

from realdata import TrainConfig
from theory.errors import InputError


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"dataset": "digit"}, "dataset 'digit' does not exist; there are: digits"),
        ({"loss": "clip"}, "loss 'clip' does not exist; there are: .*infonce"),
        ({"model": "ViT-Z"}, "model 'ViT-Z' does not exist; there are: digits-small"),
        ({"loss_options": {"weight": 2}}, "no option 'weight'"),
        ({"epochs": 0}, "epochs=0 is too small: train for at least one epoch"),
        ({"epochs": 1.5}, "epochs=1.5 is not a whole number"),
        ({"epochs": True}, "epochs=True is not a whole number"),
        ({"batch_size": 1}, "batch_size=1 is too small: .* at least 2 pairs"),
        ({"lr": 0.0}, "lr=0.0 is out of range"),
        ({"lr": float("nan")}, "lr=nan is out of range"),
        ({"lr": "fast"}, "lr='fast' is not a number"),
        ({"temperature": -0.1}, "temperature=-0.1 is out of range"),
        ({"warmup": 1.5}, "warmup=1.5 is out of range"),
        ({"betas": [0.9]}, "betas=.* has 1 values"),
        ({"seeds": []}, "is empty or repeats"),
        ({"seeds": [1, 1]}, "is empty or repeats"),
        ({"seeds": 0}, "is empty or repeats"),
        ({"seeds": [-1]}, "seeds count from 0"),
        ({"seeds": "0.5"}, "not a whole number"),
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
