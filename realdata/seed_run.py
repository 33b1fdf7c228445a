"""One seed of a training run: build, train, record, save, judge."""

from __future__ import annotations

import contextlib
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
    Embeddings,
    Recorder,
    save_trajectory,
    write_json,
)
from realdata import datasets
from realdata.checkpoints import load_state, save_state, save_weights
from realdata.config import TrainConfig
from realdata.evaluation import judge
from realdata.observation import Observer
from realdata.schedules import batches, learning_rate, recorded_steps, steps_per_epoch
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
    """

    def __init__(self, folder: Path, seed: int) -> None:
        kept = folder / "checkpoints"
        self.weights = kept / f"seed-{seed}.safetensors"
        self.state = kept / f"seed-{seed}.state.safetensors"
        self.trajectory = kept / f"seed-{seed}.nc"
        self.result = kept / f"seed-{seed}.json"
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
        self.data = datasets.create(config.dataset)
        self.loss = losses.create(config.loss, **config.loss_options)
        self.towers = Towers(
            config.model,
            seed,
            temperature=config.temperature or config.initial_temperature,
            learn_temperature=config.temperature is None,
        )
        self.optimiser = _adamw(self.towers.clip, config)
        self.inputs = self.towers.inputs(self.data.images, self.data.captions)
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
        if self.files.result.is_file():
            report(self.steps, f"{self.config.loss}, seed {self.seed}: done before")
            return
        with _threads(self.config.threads):
            clock = _Clock()
            self._train(report, clock)
            self._finish(clock)

    def _train(self, report: Report, clock: _Clock) -> None:
        config = self.config
        first = self._restore(clock)
        pixels, tokens = self._inputs("train")
        observer = Observer(self.towers, self.data, self.inputs)
        recorded = recorded_steps(self.steps, config.records)
        index = torch.empty(0, dtype=torch.int64)
        for epoch in range(first, config.epochs):
            rows = batches(self.n_train, config.batch_size, self.seed, epoch)
            for step, batch in enumerate(rows, start=epoch * self.per_epoch):
                self.loss.set_epoch(step / self.per_epoch, config.epochs)
                index = torch.from_numpy(batch)
                views = self.towers.views(pixels[index], tokens[index])
                self._check(step, views)
                rate = learning_rate(step, self.steps, config.lr, config.warmup)
                if step in recorded:
                    self._record(step, rate, observer, views)
                self._step(views, rate)
            report((epoch + 1) * self.per_epoch, self._message(epoch + 1))
            if epoch + 1 < config.epochs and (epoch + 1) % config.checkpoint_every == 0:
                self._save(epoch + 1, clock)
        with torch.no_grad():
            self._record(self.steps, 0.0, observer, self.towers.views(pixels[index], tokens[index]))

    def _check(self, step: int, views: tuple[torch.Tensor, ...]) -> None:
        if not all(bool(torch.isfinite(view).all()) for view in views):
            raise InputError(
                f"training with {self.config.loss}, seed {self.seed}, diverged before step {step}: "
                f"an embedding is not finite; lower lr={self.config.lr:g} or raise warmup."
            )

    def _step(self, views: tuple[torch.Tensor, ...], rate: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        total = self.loss(*views, logit_scale=self.towers.logit_scale)["loss"]
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        self.optimiser.step()
        self.towers.clamp()

    def _record(
        self, step: int, rate: float, observer: Observer, views: tuple[torch.Tensor, ...]
    ) -> None:
        scale = self.towers.logit_scale.detach()
        with torch.no_grad():
            total = self.loss(*views, logit_scale=scale)["loss"]
        group_level = len(self.recorder.steps) % 3 == 0 or step == self.steps
        self.recorder.log(
            step,
            {
                "time": float(step),
                "epoch": step / self.per_epoch,
                "learning_rate": rate,
                "logit_scale": float(scale),
                **observer.terms(views),
                "loss": float(total),
                **observer.measure(group_level=group_level),
            },
        )

    def _restore(self, clock: _Clock) -> int:
        """Load the last checkpoint, if there is one; the epoch to go on with."""
        if not self.files.state.is_file():
            return 0
        state = load_state(
            self.towers.clip, self.optimiser, self.files.state, config=self._described()
        )
        self.recorder = Recorder.resume(xr.Dataset.from_dict(state["records"]))
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
                "records": self.recorder.dataset().to_dict(),
            },
        )

    def _finish(self, clock: _Clock) -> None:
        save_trajectory(self.recorder.dataset(), self.files.trajectory)
        made = self._described()
        save_weights(self.towers.clip, self.files.weights, made)
        scale = float(self.towers.logit_scale.detach())
        for split in ("train", "test"):
            pairs = self.data.part(split)
            image, text = self.towers.embed(*self._inputs(split))
            embeddings = Embeddings(
                {"image": image, "text": text},
                labels=pairs.labels,
                captions=pairs.captions,
                made={**made, "split": split, "logit_scale": scale},
            )
            embeddings.save(self.files.embeddings(split))
        judged = judge(embeddings, logit_scale=scale)
        seconds, cpu_seconds = clock.read()
        spent = {"seconds": round(seconds, 3), "cpu_seconds": round(cpu_seconds, 3)}
        write_json({"seed": self.seed, **spent, **judged}, self.files.result)
        self.files.state.unlink(missing_ok=True)

    def _inputs(self, split: str) -> tuple[torch.Tensor, torch.Tensor]:
        rows = torch.from_numpy(self.data.split[split])
        pixels, tokens = self.inputs
        return pixels[rows], tokens[rows]

    def _described(self) -> dict[str, Any]:
        """The configuration with what it implies: what a simulation needs to match this run."""
        return {
            **self.config.to_dict(),
            "seed": self.seed,
            "model_config": self.towers.config,
            "embed_dim": self.towers.embed_dim,
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


def _adamw(clip: torch.nn.Module, config: TrainConfig) -> torch.optim.AdamW:
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
        fused=True,
    )
