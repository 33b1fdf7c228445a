"""Everything that makes a simulation, in one checked record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np
import torch

from sim import constraints, optimisers, starts
from sim.optimisers import OPTIMISERS, Optimiser
from theory import losses
from theory.errors import InputError, InputTypeError
from theory.losses import Loss
from theory.validation import check_integer, check_number

__all__ = ["SimulationConfig"]

Schedule = Sequence[float] | Callable[[int], float]

DTYPES = {"float64": torch.float64, "float32": torch.float32}


@dataclass(frozen=True)
class SimulationConfig:
    """What to simulate; every field has a default that runs.

    Parameters
    ----------
    h : int
        Embedding dimension.
    n : int
        Pairs N, at least 2.
    seeds : sequence of int
        One run each; a run depends on its own seed alone.
    modalities : int
        Views.
    constraint, constraint_options
        Name in `sim.constraints` and its options.
    start, start_options
        Name in `sim.starts` and its options.
    loss, loss_options
        Name in `theory.losses` and its options.
    temperature : float
        τ = 1/β at the first step.
    schedule : sequence of float or callable, optional
        Logit scale β at every step (``steps + 1`` of them), or a function of the step; it
        replaces `temperature`.
    learned_temperature : bool
        Let log β follow its own gradient flow, at `temperature_rate`.
    temperature_rate : float
        Speed of log β relative to the particles.
    max_logit_scale : float
        Clamp of a learned β.
    optimiser, optimiser_options
        Name in `sim.optimisers` and its options: explicit steps by default, or the flow itself.
    batch : int, optional
        Pairs that the loss sees at a step, drawn without replacement until an epoch has seen all
        (in ⌈N/B⌉ batches of nearly equal size); all pairs if omitted. Negatives are those of the
        batch.
    mismatched : float
        Share of the pairs that the loss sees with another's partner, the same one throughout: a
        random cycle through them, for every view but the first.
    pair_noise : float
        The loss sees every view but the first displaced by Gaussian noise of this expected
        length (about the angle in radians, in any dimension) and scaled back to the sphere, so
        that aligning what it sees holds the true pairs apart.
    fresh_noise : bool
        Draw that noise anew at every step, as augmentations do; else once per pair.
    duplicates : int
        Successive pairs that share one caption: in every view but the first they are one and
        the same particle, which the loss takes for a negative of the others.
    steps : int
        Gradient steps; what is logged before and after makes ``steps + 1`` states.
    step_size : float, optional
        Flow time of one step (of Adam: radians, 0.01 by default). By default
        ``0.25 / (4β + 8)``: 4β is the fastest rate of the linearised InfoNCE flow (N.2) and 8
        that of ATP, so that the explicit step stays a factor of 8 inside its stability limit;
        B/N of that with mini-batches.
    log_points : int
        Most states that are logged, on a logarithmic grid of steps.
    keep_views : bool
        Keep the views of the last state in the trajectory, as ``view_x``, ``view_y`` (or
        ``view_0`` …) with dimensions run, pair and axis.
    held_out : int
        Items that the start draws after the N pairs and no loss ever sees. The trajectory keeps
        their last views as ``held_out_x``, ``held_out_y`` … with dimensions run, item and axis.
        Only encoders (the constraint ``relu``) know where such items are.
    metrics : sequence of str, optional
        Names for `theory.metrics.snapshot`; its cheap default set if omitted.
    dtype : {"float64", "float32"}

    Raises
    ------
    InputError
        If a field is unknown or its value cannot be used.

    Examples
    --------
    >>> SimulationConfig.of({"h": 3, "n": 16}).temperature
    0.5
    """

    h: int = 3
    n: int = 256
    seeds: Sequence[int] = (0,)
    modalities: int = 2
    constraint: str = "free"
    constraint_options: Mapping[str, Any] = field(default_factory=dict)
    start: str = "antipodal"
    start_options: Mapping[str, Any] = field(default_factory=dict)
    loss: str = "infonce"
    loss_options: Mapping[str, Any] = field(default_factory=dict)
    temperature: float = 0.5
    schedule: Schedule | None = None
    learned_temperature: bool = False
    temperature_rate: float = 1.0
    max_logit_scale: float = 100.0
    optimiser: str = "rsgd"
    optimiser_options: Mapping[str, Any] = field(default_factory=dict)
    batch: int | None = None
    mismatched: float = 0.0
    pair_noise: float = 0.0
    fresh_noise: bool = False
    duplicates: int = 1
    steps: int = 200
    step_size: float | None = None
    log_points: int = 30
    keep_views: bool = False
    held_out: int = 0
    metrics: Sequence[str] | None = None
    dtype: str = "float64"

    def __post_init__(self) -> None:
        # The temperature first: steps and their size are often made of it.
        for name in ("temperature", "temperature_rate", "max_logit_scale"):
            check_number(name, getattr(self, name), 0, open_low=True)
        for name, least in {"h": 2, "n": 2, "modalities": 2, "steps": 0, "log_points": 2}.items():
            check_integer(name, getattr(self, name), least)
        if self.step_size is not None:
            check_number("step_size", self.step_size, 0, open_low=True)
        if self.dtype not in DTYPES:
            raise InputError(f"dtype is {self.dtype!r}; choose one of {', '.join(DTYPES)}.")
        if not list(self.seeds):
            raise InputError("seeds is empty; give at least one seed.")
        for seed in self.seeds:
            check_integer("seeds", seed, 0)
        self._check_schedule()
        self._check_conditions()
        check_integer("held_out", self.held_out, 0)
        if self.held_out and not self.room().encodes:
            encoders = [name for name, kind in constraints.CONSTRAINTS.items() if kind.encodes]
            raise InputError(
                f"held_out is {self.held_out}, but the particles of constraint "
                f"{self.constraint!r} have no encoder for other items; "
                f"choose {' or '.join(encoders)}."
            )
        self.room()
        self.beginning()
        self.objective()

    def _check_schedule(self) -> None:
        if self.schedule is None:
            return
        if self.learned_temperature:
            raise InputError("schedule is given and learned_temperature is True; choose one.")
        wanted = self.steps + 1
        if not callable(self.schedule) and len(self.schedule) != wanted:
            raise InputError(
                f"schedule has {len(self.schedule)} entries; give steps + 1 = {wanted}."
            )

    def _check_conditions(self) -> None:
        check_integer("duplicates", self.duplicates, 1)
        check_number("pair_noise", self.pair_noise, 0)
        check_number("mismatched", self.mismatched, 0, 1)
        if self.mismatched > 0 and round(self.mismatched * self.n) < 2:
            raise InputError(
                f"mismatched is {self.mismatched:g}, fewer than two of n = {self.n} pairs; "
                f"give at least {2 / self.n:g}."
            )
        if self.batch is not None:
            check_integer("batch", self.batch, 2)
        follows_noise = self.descent().follows_noise
        noisy = self.batch is not None or (self.fresh_noise and self.pair_noise > 0)
        if noisy and not follows_noise:
            followers = [name for name, kind in OPTIMISERS.items() if kind.follows_noise]
            raise InputError(
                f"optimiser is {self.optimiser!r}, which cannot follow a loss that every step "
                f"draws anew (batch, fresh_noise); choose {' or '.join(followers)}."
            )

    @classmethod
    def of(cls, config: SimulationConfig | Mapping[str, Any]) -> SimulationConfig:
        """Make a configuration of a mapping of its fields; one that is made passes through."""
        if isinstance(config, cls):
            return config
        if not isinstance(config, Mapping):
            raise InputTypeError(f"config must be a SimulationConfig or a mapping, not {config!r}.")
        known = [f.name for f in fields(cls)]
        for key in config:
            if key not in known:
                raise InputError(f"config has no field {key!r}; its fields: {', '.join(known)}.")
        return cls(**config)

    def room(self) -> constraints.Constraint:
        """The constraint."""
        room: constraints.Constraint = constraints.create(
            self.constraint, h=self.h, modalities=self.modalities, **self.constraint_options
        )
        return room

    def beginning(self) -> starts.Start:
        """The start."""
        start: starts.Start = starts.create(self.start, **self.start_options)
        return start

    def objective(self) -> Loss:
        """The loss."""
        loss: Loss = losses.create(self.loss, **self.loss_options)
        return loss

    def descent(self) -> Optimiser:
        """The optimiser, without memory."""
        optimiser: Optimiser = optimisers.create(self.optimiser, **self.optimiser_options)
        return optimiser

    def scales(self) -> list[float]:
        """β at every step of a schedule, else the first alone."""
        if self.schedule is None:
            return [self.logit_scale(0)]
        return [self.logit_scale(step) for step in range(self.steps + 1)]

    def logit_scale(self, step: int) -> float:
        """β at a step, where it is not learned.

        Raises
        ------
        InputError
            If the schedule gives anything but a positive finite number.
        """
        if self.schedule is None:
            return 1 / self.temperature
        schedule = self.schedule
        value = schedule(step) if callable(schedule) else schedule[step]
        return check_number(f"schedule at step {step}", value, 0, open_low=True)

    def to_dict(self) -> dict[str, Any]:
        """Fields as JSON types; a callable schedule becomes its values."""
        record = asdict(self)
        if self.schedule is not None:
            record["schedule"] = self.scales()
        record["seeds"] = [int(seed) for seed in self.seeds]
        return record

    def log_steps(self) -> list[int]:
        """Steps to log: 0, then a logarithmic grid up to the last."""
        if self.steps == 0 or self.log_points == 2:
            return sorted({0, self.steps})
        grid = np.geomspace(1, self.steps, self.log_points - 1)
        return sorted({0, *np.round(grid).astype(int).tolist()})
