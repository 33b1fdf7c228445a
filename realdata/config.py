"""What a training run is made of: one frozen, checked record."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from realdata import datasets
from realdata.towers import model_names
from theory import losses
from theory.errors import InputError
from theory.validation import check_choice, check_integer, check_number

__all__ = ["TrainConfig"]

_LEAST = {"epochs": 1, "batch_size": 2, "records": 2, "checkpoint_every": 1, "threads": 1}
"""Smallest values: a contrastive loss needs two pairs, a record its first and last step."""


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
        datasets.DATASETS[self.dataset]
        losses.create(self.loss, **self.loss_options)
        if not self.model.endswith(".json"):
            check_choice("model", self.model, model_names())
        for name, least in _LEAST.items():
            check_integer(name, getattr(self, name), least)
        for name in ("lr", "initial_temperature", "temperature"):
            value = getattr(self, name)
            if value is not None:
                check_number(name, value, 0.0, open_low=True)
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
