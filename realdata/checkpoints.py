"""Checkpoints: weights and optimiser state as safetensors, never pickle, never half written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors
import torch
from safetensors.torch import save_file

from gaplab.records import RecordError, atomic_path
from realdata.towers import Towers

__all__ = [
    "fingerprint",
    "load_state",
    "load_towers",
    "load_weights",
    "save_state",
    "save_weights",
]

_MODEL, _OPTIMISER = "model.", "optimiser."


def fingerprint(config: Mapping[str, Any]) -> str:
    """A short name of a configuration: equal for equal ones."""
    text = json.dumps(config, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def save_weights(model: torch.nn.Module, path: Path, made: Mapping[str, Any]) -> Path:
    """Write the parameters of `model`, by their own names, with a note of how they were made."""
    tensors = {name: value.detach().contiguous() for name, value in model.state_dict().items()}
    return _save(tensors, path, {"made": json.dumps(made)})


def load_weights(model: torch.nn.Module, path: Path) -> dict[str, Any]:
    """Load what `save_weights` wrote into `model`; the note of how they were made.

    Raises
    ------
    RecordError
        If the file is absent, damaged, or of another model.
    """
    tensors, metadata = _read(path)
    _into(model, tensors, path)
    made: dict[str, Any] = json.loads(metadata.get("made", "{}"))
    return made


def load_towers(path: Path) -> Towers:
    """The trained towers of a checkpoint that `gaplab train` wrote.

    Raises
    ------
    RecordError
        If the file is absent, damaged, or does not say which model it holds.
    """
    _, metadata = _read(path)
    made = json.loads(metadata.get("made", "{}"))
    if "model_config" not in made:
        raise RecordError(f"{path} does not name its model; give a checkpoint of gaplab train.")
    bias = 0.0 if made.get("loss") == "sigmoid" else None
    towers = Towers(
        made["model_config"],
        seed=0,
        modalities=made.get("modalities", ("image", "text")),
        bias=bias,
        pixel_range=made["pixels"],
    )
    load_weights(towers.clip, path)
    return towers


def save_state(
    model: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    path: Path,
    *,
    config: Mapping[str, Any],
    progress: Mapping[str, Any],
) -> Path:
    """Write all that a run needs to go on, in one file: a kill leaves the last or this one.

    Parameters
    ----------
    model, optimiser
        Whose tensors are written.
    path : Path
        The file.
    config : mapping
        Configuration of the run, kept as a fingerprint.
    progress : mapping
        How far the run is, and what it recorded (JSON types, nan allowed).
    """
    tensors = {_MODEL + name: value.detach() for name, value in model.state_dict().items()}
    for name, parameter in model.named_parameters():
        for key, value in optimiser.state.get(parameter, {}).items():
            tensors[f"{_OPTIMISER}{name}:{key}"] = torch.as_tensor(value)
    metadata = {"fingerprint": fingerprint(config), "progress": json.dumps(dict(progress))}
    return _save(tensors, path, metadata)


def load_state(
    model: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    path: Path,
    *,
    config: Mapping[str, Any],
) -> dict[str, Any]:
    """Load what `save_state` wrote into `model` and `optimiser`; its `progress`.

    Raises
    ------
    RecordError
        If the file is damaged, or of a run with another configuration.
    """
    tensors, metadata = _read(path)
    if metadata.get("fingerprint") != fingerprint(config):
        raise RecordError(
            f"{path} belongs to a run with another configuration, or of another version; resume it "
            "with its own, delete it to begin this seed again, or train into a new folder."
        )
    weights = {k.removeprefix(_MODEL): v for k, v in tensors.items() if k.startswith(_MODEL)}
    _into(model, weights, path)
    parameters = dict(model.named_parameters())
    for key, value in tensors.items():
        if key.startswith(_OPTIMISER):
            name, _, what = key.removeprefix(_OPTIMISER).rpartition(":")
            optimiser.state[parameters[name]][what] = value.clone()
    progress: dict[str, Any] = json.loads(metadata["progress"])
    return progress


def _save(tensors: dict[str, torch.Tensor], path: Path, metadata: dict[str, str]) -> Path:
    with atomic_path(path) as part:
        save_file(tensors, part, metadata=metadata)
    return path


def _read(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    if not path.is_file():
        raise RecordError(f"{path} does not exist; name a checkpoint that training wrote.")
    try:
        with safetensors.safe_open(path, framework="pt") as opened:
            tensors = {key: opened.get_tensor(key) for key in opened.keys()}  # noqa: SIM118
            return tensors, opened.metadata() or {}
    except (OSError, safetensors.SafetensorError) as error:
        raise RecordError(
            f"{path} is damaged ({error}); delete it, and that run starts again from its seed."
        ) from None


def _into(model: torch.nn.Module, tensors: dict[str, torch.Tensor], path: Path) -> None:
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        reason = str(error).split("\n")[1].strip() if "\n" in str(error) else str(error)
        raise RecordError(
            f"{path} does not fit this model ({reason}); name the configuration it was made with."
        ) from None
