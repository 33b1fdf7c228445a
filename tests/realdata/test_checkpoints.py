"""Checkpoints survive kills, and refuse what is not theirs."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from gaplab.records import RecordError
from realdata.checkpoints import (
    fingerprint,
    load_state,
    load_towers,
    load_weights,
    save_state,
    save_weights,
)

CONFIG = {"lr": 0.1, "seeds": [0]}


def model(width: int = 3) -> torch.nn.Module:
    made = torch.nn.Sequential(torch.nn.Linear(4, width), torch.nn.Linear(width, 1))
    for k, parameter in enumerate(made.parameters()):
        torch.nn.init.constant_(parameter, 0.1 * (k + 1))
    return made


def adam(trained: torch.nn.Module) -> torch.optim.AdamW:
    return torch.optim.AdamW(trained.parameters(), lr=0.1)


def step(trained: torch.nn.Module, optimiser: torch.optim.Optimizer) -> None:
    optimiser.zero_grad()
    trained(torch.linspace(-1.0, 1.0, 8).reshape(2, 4)).square().sum().backward()
    optimiser.step()


def save(trained: Any, optimiser: Any, path: Path) -> None:
    save_state(trained, optimiser, path, config=CONFIG, progress={"epoch": 2, "seconds": 1.5})


def test_a_loaded_state_goes_on_exactly(tmp_path: Path) -> None:
    first = model()
    optimiser = adam(first)
    step(first, optimiser)
    save(first, optimiser, tmp_path / "s.safetensors")
    other = model()
    continued = adam(other)
    found = load_state(other, continued, tmp_path / "s.safetensors", config=CONFIG)
    assert found == {"epoch": 2, "seconds": 1.5}
    for _ in range(3):
        step(first, optimiser)
        step(other, continued)
    for a, b in zip(first.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_kill_in_the_middle_of_a_save_leaves_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s.safetensors"
    trained = model()
    optimiser = adam(trained)
    step(trained, optimiser)
    save(trained, optimiser, path)
    before = path.read_bytes()

    def killed(tensors: Any, part: Path, metadata: Any) -> None:
        part.write_bytes(before[:100])
        raise KeyboardInterrupt

    monkeypatch.setattr("realdata.checkpoints.save_file", killed)
    with pytest.raises(KeyboardInterrupt):
        save(trained, optimiser, path)
    assert path.read_bytes() == before
    assert load_state(model(), adam(model()), path, config=CONFIG)["epoch"] == 2
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("keep", [0, 50, 200])
def test_a_truncated_checkpoint_is_named(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "w.safetensors"
    save_weights(model(), path, {})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(RecordError, match=r"w\.safetensors is damaged"):
        load_weights(model(), path)


def test_weights_of_another_model_are_refused(tmp_path: Path) -> None:
    path = save_weights(model(3), tmp_path / "w.safetensors", {"seed": 1})
    with pytest.raises(RecordError, match=r"does not fit this model .*size mismatch"):
        load_weights(model(5), path)
    assert load_weights(model(3), path) == {"seed": 1}


def test_a_state_of_another_configuration_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.safetensors"
    trained = model()
    save(trained, adam(trained), path)
    with pytest.raises(RecordError, match="another configuration"):
        load_state(trained, adam(trained), path, config={**CONFIG, "lr": 0.2})


def test_an_absent_or_unnamed_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="does not exist"):
        load_weights(model(), tmp_path / "absent.safetensors")
    path = save_weights(model(), tmp_path / "w.safetensors", {})
    with pytest.raises(RecordError, match="does not name its model"):
        load_towers(path)


def test_fingerprints_follow_content_not_order() -> None:
    assert fingerprint({"a": 1, "b": 2}) == fingerprint(json.loads('{"b": 2, "a": 1}'))
    assert fingerprint({"a": 1}) != fingerprint({"a": 2})
