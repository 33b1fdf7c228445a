"""One seed of a training run: build, train, record, save, judge."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import xarray as xr
from threadpoolctl import threadpool_limits

from gaplab.jobs import Report
from gaplab.records import (
    Recorder,
    save_trajectory,
    write_json,
)
from realdata import datasets
from realdata.checkpoints import load_state, save_state, save_weights
from realdata.config import TrainConfig
from realdata.distributed import barrier, is_first, local_part, share
from realdata.embedding import embed
from realdata.evaluation import judge
from realdata.observation import Observer
from realdata.schedules import batches, learning_rate, recorded_steps, steps_per_epoch
from realdata.steps import Stepper
from realdata.tensorboard import write_events
from realdata.towers import Towers
from theory import losses
from theory.errors import InputError

__all__ = ["SeedFiles", "SeedRun"]


class SeedFiles:
    """Where one seed of a run keeps its files.

    Attributes
    ----------
    weights, state : Path
        Final weights; weights and optimiser of a run under way.
    trajectory, result : Path
        Recorded steps; the judgement, written last: a seed with a result is done.
    events : Path
        Folder for TensorBoard.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        kept = folder / "checkpoints"
        self.weights = kept / f"seed-{seed}.safetensors"
        self.state = kept / f"seed-{seed}.state.safetensors"
        self.trajectory = kept / f"seed-{seed}.nc"
        self.result = kept / f"seed-{seed}.json"
        self.events = folder / "tensorboard" / f"seed-{seed}"
        self._embeddings = folder / "embeddings"
        self._seed = seed

    def embeddings(self, split: str) -> Path:
        """File of the embeddings of one part of the split."""
        return self._embeddings / f"seed-{self._seed}-{split}.safetensors"


class SeedRun:
    """One seed of a training run.

    Parameters
    ----------
    config : TrainConfig
        What to train.
    seed : int
        Decides initial weights and batches, whatever the loss.
    folder : Path
        Folder of the run.
    """

    def __init__(self, config: TrainConfig, seed: int, folder: Path) -> None:
        self.config, self.seed = config, seed
        self.files = SeedFiles(folder, seed)
        self.data = datasets.create(config.dataset, **config.dataset_options)
        self.loss = losses.create(config.loss, **config.loss_options)
        start = config.fixed_temperature(0, 1)
        self.towers = Towers(
            config.model,
            seed,
            modalities=self.data.modalities,
            temperature=start or config.initial_temperature,
            learn_temperature=start is None,
            bias=getattr(self.loss, "bias", None),
            pretrained=config.pretrained,
        )
        self.device = _device(config.device)
        self.towers.clip.to(self.device)
        data = self.data
        self.inputs = self.towers.freeze(
            config.freeze, self.towers.inputs(data.images, data.captions, data.further)
        )
        self.stepper = Stepper(
            self.towers,
            self.loss,
            precision=config.precision,
            accumulate=config.accumulate,
            swapping=config.swapping,
            swapping_share=config.swapping_share,
            seed=seed,
        )
        self.optimiser = _adamw(self.towers.clip, config, self.device)
        self.n_train = len(self.data.split["train"])
        self.per_epoch = steps_per_epoch(self.n_train, config.batch_size)
        self.steps = config.epochs * self.per_epoch
        self.recorder = Recorder(f"seed {seed}", source="training", config=self._described())

    def run(self, report: Report) -> None:
        """Train from the last checkpoint (or the start) to the end, and judge.

        Parameters
        ----------
        report : callable
            Told the steps done and a message, after every epoch.
        """
        with _threads(self.config.threads):
            clock = _Clock()
            self._train(report, clock)
            if is_first():
                self._finish(clock)
        barrier()

    def _train(self, report: Report, clock: _Clock) -> None:
        config = self.config
        first = self._restore(clock)
        inputs = self._inputs("train")
        observer = Observer(self.towers, self.data, self.inputs)
        recorded = recorded_steps(self.steps, config.records)
        rows = np.empty(0, dtype=np.int64)
        for epoch in range(first, config.epochs):
            batch = batches(self.n_train, config.batch_size, self.seed, epoch)
            for step, rows in enumerate(batch, start=epoch * self.per_epoch):
                self.loss.set_epoch(step / self.per_epoch, config.epochs)
                self._set_temperature(step)
                views, total = self._differentiate(inputs, rows, step)
                rate = learning_rate(step, self.steps, config.lr, config.warmup)
                if step in recorded and is_first():
                    self._record(step, rate, observer, views, total)
                for group in self.optimiser.param_groups:
                    group["lr"] = rate
                self.stepper.apply(self.optimiser)
            report((epoch + 1) * self.per_epoch, self._message(epoch + 1))
            if epoch + 1 < config.epochs and (epoch + 1) % config.checkpoint_every == 0:
                if is_first():
                    self._save(epoch + 1, clock)
                barrier()
        self._set_temperature(self.steps)
        views, total = self.stepper.look(self._rows(inputs, rows), len(rows))
        if is_first():
            self._record(self.steps, 0.0, observer, views, total)

    def _differentiate(
        self, inputs: tuple[torch.Tensor, ...], rows: np.ndarray, step: int
    ) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
        try:
            return self.stepper.forward(self._rows(inputs, rows), step, len(rows))
        except FloatingPointError:
            raise InputError(
                f"training with {self.config.loss}, seed {self.seed}, diverged before step {step}: "
                f"an embedding is not finite; lower lr={self.config.lr:g} or raise warmup."
            ) from None

    def _rows(self, inputs: tuple[torch.Tensor, ...], rows: np.ndarray) -> tuple[torch.Tensor, ...]:
        """Own part of a batch, on the device."""
        index = torch.from_numpy(local_part(rows))
        return tuple(value[index].to(self.device) for value in inputs)

    def _set_temperature(self, step: int) -> None:
        fixed = self.config.fixed_temperature(step, self.steps)
        if fixed is not None:
            with torch.no_grad():
                self.towers.clip.logit_scale.fill_(-math.log(fixed))

    def _record(
        self,
        step: int,
        rate: float,
        observer: Observer,
        views: tuple[torch.Tensor, ...],
        total: torch.Tensor,
    ) -> None:
        group_level = len(self.recorder.steps) % 3 == 0 or step == self.steps
        self.recorder.log(
            step,
            {
                "time": float(step),
                "epoch": step / self.per_epoch,
                "learning_rate": rate,
                "logit_scale": float(self.towers.logit_scale.detach()),
                **observer.terms(views),
                "loss": float(total),
                **observer.measure(group_level=group_level),
            },
        )

    def _restore(self, clock: _Clock) -> int:
        """Load the last checkpoint, if there is one; the epoch to go on with."""
        if not share(self.files.state.is_file()):
            return 0
        state = load_state(
            self.towers.clip, self.optimiser, self.files.state, config=self._described()
        )
        self.recorder = Recorder.resume(xr.Dataset.from_dict(state["records"]))
        self.stepper.scaler.load_state_dict(state["scaler"])
        clock.add(state["seconds"], state["cpu_seconds"])
        return int(state["epoch"])

    def _save(self, epoch: int, clock: _Clock) -> None:
        seconds, cpu_seconds = clock.read()
        save_state(
            self.towers.clip,
            self.optimiser,
            self.files.state,
            config=self._described(),
            progress={
                "epoch": epoch,
                "seconds": seconds,
                "cpu_seconds": cpu_seconds,
                "scaler": self.stepper.scaler.state_dict(),
                "records": self.recorder.dataset().to_dict(),
            },
        )

    def _finish(self, clock: _Clock) -> None:
        trajectory = self.recorder.dataset()
        save_trajectory(trajectory, self.files.trajectory)
        if self.config.tensorboard:
            write_events(trajectory, self.files.events)
        made = self._described()
        save_weights(self.towers.clip, self.files.weights, made)
        scale = float(self.towers.logit_scale.detach())
        for split in ("train", "test"):
            embeddings = embed(self.towers, self.data, split, inputs=self._inputs(split), made=made)
            embeddings.save(self.files.embeddings(split))
        judged = judge(embeddings, logit_scale=scale)
        seconds, cpu_seconds = clock.read()
        spent = {"seconds": round(seconds, 3), "cpu_seconds": round(cpu_seconds, 3)}
        write_json({"seed": self.seed, **spent, **judged}, self.files.result)
        self.files.state.unlink(missing_ok=True)

    def _inputs(self, split: str) -> tuple[torch.Tensor, ...]:
        rows = torch.from_numpy(self.data.split[split])
        return tuple(value[rows] for value in self.inputs)

    def _described(self) -> dict[str, Any]:
        """The configuration with what it implies: what a simulation needs to match this run."""
        return {
            **self.config.to_dict(),
            "seed": self.seed,
            "model_config": self.towers.config,
            "embed_dim": self.towers.embed_dim,
            "modalities": list(self.data.modalities),
            "pixels": self.towers.pixel_range,
            "n_train": self.n_train,
            "steps": self.steps,
            "steps_per_epoch": self.per_epoch,
            "schedule": "linear warm-up, then cosine to 0",
            "optimiser": "AdamW",
        }

    def _message(self, epoch: int) -> str:
        return f"{self.config.loss}, seed {self.seed}: epoch {epoch} of {self.config.epochs}"


class _Clock:
    """Wall-clock and processor seconds since it was made, plus those of earlier sessions."""

    def __init__(self) -> None:
        self._start = np.array([time.perf_counter(), time.process_time()])

    def add(self, seconds: float, cpu_seconds: float) -> None:
        self._start -= (seconds, cpu_seconds)

    def read(self) -> tuple[float, float]:
        wall, cpu = np.array([time.perf_counter(), time.process_time()]) - self._start
        return float(wall), float(cpu)


@contextlib.contextmanager
def _threads(number: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        with threadpool_limits(number):  # NumPy's and scikit-learn's
            yield
    finally:
        torch.set_num_threads(before)


def _device(name: str) -> torch.device:
    if name != "auto":
        return torch.device(name)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _adamw(clip: torch.nn.Module, config: TrainConfig, device: torch.device) -> torch.optim.AdamW:
    """AdamW that decays matrices only: no gains, biases or temperature (as open_clip does)."""
    trained = [p for p in clip.parameters() if p.requires_grad]
    return torch.optim.AdamW(
        [
            {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
            {"params": [p for p in trained if p.ndim >= 2], "weight_decay": config.weight_decay},
        ],
        lr=config.lr,
        betas=config.betas,
        eps=1e-6,
        fused=device.type in ("cpu", "cuda"),
    )
