"""What a training run is made of: one frozen, checked record."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from realdata import datasets
from realdata.steps import SWAPPING
from realdata.towers import model_config, model_names
from theory import losses
from theory.errors import InputError
from theory.validation import check_choice, check_integer, check_number

__all__ = ["TrainConfig"]

_LEAST = {
    "epochs": 1,
    "batch_size": 2,
    "records": 2,
    "checkpoint_every": 1,
    "threads": 1,
    "accumulate": 1,
}
"""Smallest values: a contrastive loss needs two pairs, a record its first and last step."""


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides the numbers of a training run.

    Parameters
    ----------
    dataset : str
        Name in `realdata.datasets`.
    dataset_options : mapping
        Options of the data set.
    loss : str
        Name in `theory.losses`.
    loss_options : mapping
        Options of the loss.
    model : str
        An open_clip configuration shipped in ``realdata/models``, the path of a JSON file, or
        a name of open_clip.
    pretrained : str, optional
        A tag of open_clip or a file of weights, to start from; see `Towers`.
    freeze : sequence of str
        Modalities whose towers stay as they are; their items are embedded once.
    epochs : int
        Passes over the training pairs; nothing is selected on the way.
    batch_size : int
        Pairs in a batch, at most: every epoch is cut into batches of nearly equal size, so that
        no pair is dropped and no batch is tiny.
    lr, weight_decay, betas
        Of AdamW; gains, biases and the temperature are not decayed.
    warmup : float
        Share of the steps over which the learning rate rises; then it follows a cosine to 0.
    seeds : sequence of int
        One run each; a seed decides the initial weights and the batches, whatever the loss,
        so that runs with different losses are paired by seed.
    temperature : float, optional
        Fixed τ; by default it is learned from `initial_temperature`, 1/τ ≤ 100.
    initial_temperature : float
        Where a learned τ starts.
    temperature_schedule : pair of float, optional
        τ goes from the first to the second value, evenly over the steps [Yaras2024].
    swapping : {"hard", "soft"}, optional
        Mix modalities at some steps, see `swap_modalities`.
    swapping_share : float, optional
        Share of the steps at which they are mixed; by default the published one, which in a
        short training may be no step at all.
    precision : {"fp32", "bf16", "fp16"}
        Arithmetic of the towers; losses are always computed in float32 at least.
    accumulate : int
        Pieces in which a batch is embedded, to save memory; the gradient is the whole batch's.
    device : str
        ``auto`` takes a GPU if there is one; or a device of torch.
    tensorboard : bool
        Also write everything that is recorded for TensorBoard, into ``tensorboard/``.
    records : int
        How many steps the trajectory holds at most, dense in the first steps.
    checkpoint_every : int
        Epochs between checkpoints.
    threads : int
        Threads of one run; sums are rounded differently with another number.

    Raises
    ------
    InputError
        If a value cannot be used.

    Examples
    --------
    >>> TrainConfig(loss="infonce", seeds=(0, 1)).epochs
    12
    """

    dataset: str = "digits"
    dataset_options: Mapping[str, Any] = field(default_factory=dict)
    loss: str = "gap_closing"
    loss_options: Mapping[str, Any] = field(default_factory=dict)
    model: str = "digits-small"
    pretrained: str | None = None
    freeze: tuple[str, ...] = ()
    epochs: int = 12
    batch_size: int = 64
    lr: float = 1e-3
    weight_decay: float = 0.1
    betas: tuple[float, float] = (0.9, 0.98)
    warmup: float = 0.1
    seeds: tuple[int, ...] = (0, 1, 2)
    temperature: float | None = None
    initial_temperature: float = 0.07
    temperature_schedule: tuple[float, float] | None = None
    swapping: str | None = None
    swapping_share: float | None = None
    precision: str = "fp32"
    accumulate: int = 1
    device: str = "auto"
    tensorboard: bool = False
    records: int = 30
    checkpoint_every: int = 5
    threads: int = 1

    def __post_init__(self) -> None:
        datasets.DATASETS[self.dataset]
        losses.create(self.loss, **self.loss_options)
        if not self.model.endswith(".json") and self.model not in model_names():
            model_config(self.model)
        for name, least in _LEAST.items():
            check_integer(name, getattr(self, name), least)
        for name in ("lr", "initial_temperature", "temperature"):
            value = getattr(self, name)
            if value is not None:
                check_number(name, value, 0.0, open_low=True)
        self._check_temperature()
        check_choice("precision", self.precision, ("fp32", "bf16", "fp16"))
        if self.swapping is not None:
            check_choice("swapping", self.swapping, tuple(SWAPPING))
        if self.swapping_share is not None:
            check_number("swapping_share", self.swapping_share, 0.0, 1.0, open_low=True)
            if self.swapping is None:
                raise InputError(
                    f"swapping_share is {self.swapping_share:g}, but nothing is swapped; "
                    "set swapping to hard or soft."
                )
        for value in self.freeze:
            if not isinstance(value, str):
                raise InputError(f"freeze is {self.freeze!r}; give names of modalities.")
        _check_device(self.device)
        check_number("weight_decay", self.weight_decay, 0.0)
        check_number("warmup", self.warmup, 0.0, 1.0)
        if len(self.betas) != 2:
            raise InputError(f"betas is {self.betas}; give two numbers.")
        for beta in self.betas:
            check_number("betas", beta, 0.0, 1.0)
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise InputError(f"seeds is {list(self.seeds)}; give at least one, each once.")
        for seed in self.seeds:
            check_integer("seeds", seed, 0)

    def _check_temperature(self) -> None:
        if self.temperature_schedule is None:
            return
        if self.temperature is not None:
            raise InputError("temperature and temperature_schedule are both given; give one.")
        if len(self.temperature_schedule) != 2:
            raise InputError(
                f"temperature_schedule is {list(self.temperature_schedule)}; "
                "give its first and its last value."
            )
        for value in self.temperature_schedule:
            check_number("temperature_schedule", value, 0.0, open_low=True)

    def fixed_temperature(self, step: int, steps: int) -> float | None:
        """τ at a step where it is not learned; None where it is."""
        if self.temperature_schedule is None:
            return self.temperature
        first, last = self.temperature_schedule
        return first + (last - first) * step / max(steps, 1)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> TrainConfig:
        """Make one from plain values, e.g. of a manifest or the command line.

        Parameters
        ----------
        values : mapping
            Fields of this class; ``seeds`` may be a number of seeds, counted from 0.

        Raises
        ------
        InputError
            If a field is unknown or a value cannot be used.

        Examples
        --------
        >>> TrainConfig.from_mapping({"seeds": 2, "epochs": 3}).seeds
        (0, 1)
        """
        known = [f.name for f in dataclasses.fields(cls)]
        for name in values:
            if name not in known:
                raise InputError(f"unknown setting {name!r}; the settings: {', '.join(known)}.")
        given = dict(values)
        seeds = given.get("seeds")
        if isinstance(seeds, int) and not isinstance(seeds, bool):
            given["seeds"] = tuple(range(seeds))
        for name in ("seeds", "betas", "freeze", "temperature_schedule"):
            if given.get(name) is not None:
                try:
                    given[name] = tuple(given[name])
                except TypeError:
                    raise InputError(f"{name}={given[name]!r} is not a list of numbers.") from None
        return cls(**given)

    def to_dict(self) -> dict[str, Any]:
        """The fields in JSON's types; `from_mapping` takes them back."""
        found = dataclasses.asdict(self)
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in found.items()
        }

    def differences(self, other: TrainConfig) -> list[str]:
        """Fields in which `other` differs, each with both values."""
        mine, theirs = self.to_dict(), other.to_dict()
        return [f"{n} ({mine[n]!r}, not {theirs[n]!r})" for n in mine if mine[n] != theirs[n]]


def _check_device(device: str) -> None:
    try:
        kind = torch.device("cpu" if device == "auto" else device).type
    except RuntimeError:
        raise InputError(
            f"device {device!r} is unknown to torch; give cpu, cuda or auto."
        ) from None
    if kind == "cuda" and not torch.cuda.is_available():
        raise InputError(f"device {device!r} is not on this machine; give cpu or auto.")
