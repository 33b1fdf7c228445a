"""What a training run is made of: one frozen, checked record."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from realdata import datasets
from realdata.towers import model_names
from theory import losses
from theory.errors import InputError

__all__ = ["TrainConfig"]


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides the numbers of a training run.

    Parameters
    ----------
    dataset : str
        Name in `realdata.datasets`.
    loss : str
        Name in `theory.losses`.
    loss_options : mapping
        Options of the loss.
    model : str
        An open_clip configuration shipped in ``realdata/models``, or the path of a JSON file.
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
    loss: str = "gap_closing"
    loss_options: Mapping[str, Any] = field(default_factory=dict)
    model: str = "digits-small"
    epochs: int = 12
    batch_size: int = 64
    lr: float = 1e-3
    weight_decay: float = 0.1
    betas: tuple[float, float] = (0.9, 0.98)
    warmup: float = 0.1
    seeds: tuple[int, ...] = (0, 1, 2)
    temperature: float | None = None
    initial_temperature: float = 0.07
    records: int = 30
    checkpoint_every: int = 5
    threads: int = 1

    def __post_init__(self) -> None:
        _known("dataset", self.dataset, datasets.names())
        _known("loss", self.loss, losses.names())
        losses.create(self.loss, **self.loss_options)
        if not self.model.endswith(".json"):
            _known("model", self.model, model_names())
        for name, least, why in (
            ("epochs", 1, "train for at least one epoch"),
            ("batch_size", 2, "a contrastive loss needs at least 2 pairs to compare"),
            ("records", 2, "record at least the first and the last step"),
            ("checkpoint_every", 1, "save at least after every epoch"),
            ("threads", 1, "use at least one thread"),
        ):
            _integer(name, getattr(self, name), least, why)
        for name in ("lr", "initial_temperature", "temperature"):
            value = getattr(self, name)
            if value is not None:
                _number(name, value, 0.0, math.inf, open_low=True)
        _number("weight_decay", self.weight_decay, 0.0, math.inf)
        _number("warmup", self.warmup, 0.0, 1.0)
        if len(self.betas) != 2:
            raise InputError(f"betas={self.betas} has {len(self.betas)} values; give two.")
        for beta in self.betas:
            _number("betas", beta, 0.0, 1.0)
        if not self.seeds or len(set(self.seeds)) != len(self.seeds):
            raise InputError(f"seeds={list(self.seeds)} is empty or repeats; give distinct seeds.")
        for seed in self.seeds:
            _integer("seeds", seed, 0, "seeds count from 0")

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
        for name in ("seeds", "betas"):
            if name in given:
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


def _known(family: str, name: str, names: list[str]) -> None:
    if name not in names:
        raise InputError(f"{family} {name!r} does not exist; there are: {', '.join(names)}.")


def _integer(name: str, value: Any, least: int, why: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{name}={value!r} is not a whole number; give one from {least} on.")
    if value < least:
        raise InputError(f"{name}={value} is too small: {why}; give {least} or more.")


def _number(name: str, value: Any, low: float, high: float, open_low: bool = False) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{name}={value!r} is not a number; give one from {low:g} to {high:g}.")
    if not low <= value <= high or (open_low and value == low) or not math.isfinite(value):
        above = "above" if open_low else "from"
        raise InputError(f"{name}={value!r} is out of range; give one {above} {low:g} to {high:g}.")
