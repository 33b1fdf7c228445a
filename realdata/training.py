"""Training runs: every seed of one or more configurations, in parallel, resumable."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gaplab.jobs import Progress, Report, run_tasks
from gaplab.records import (
    Embeddings,
    RecordError,
    RunFolder,
    concat_runs,
    load_trajectory,
    read_json,
    save_trajectory,
    write_json,
)
from realdata import datasets
from realdata.config import TrainConfig
from realdata.distributed import is_first, share, started
from realdata.evaluation import evaluation_record
from realdata.expectations import expectations
from realdata.schedules import steps_per_epoch
from realdata.seed_run import SeedFiles, SeedRun
from theory.errors import InputError

__all__ = ["resume", "train", "train_all"]


def train(
    config: TrainConfig, run: RunFolder, *, jobs: int = 1, progress: Progress | None = None
) -> RunFolder:
    """Train every seed of `config` and judge it on the test pairs.

    Parameters
    ----------
    config : TrainConfig
        What to train.
    run : RunFolder
        Where everything goes: ``trajectory.nc``, ``evaluation.json``, ``theory.json`` (see
        `expectations`), ``embeddings/`` (train and test pairs of every seed) and
        ``checkpoints/``.
    jobs : int
        Seeds trained at the same time; the numbers do not depend on it.
    progress : callable, optional
        Told (done, total, message), in steps.

    Returns
    -------
    RunFolder
        `run`, finished.

    Raises
    ------
    InputError, RecordError
        If `config` or a checkpoint in `run` cannot be used.
    """
    return train_all([(config, run)], jobs=jobs, progress=progress)[0]


def resume(
    run: RunFolder,
    config: TrainConfig | None = None,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> RunFolder:
    """Go on with an interrupted run, to the very numbers it would have reached.

    Parameters
    ----------
    run : RunFolder
        A run of `train`.
    config : TrainConfig, optional
        If given, it must be the run's own.
    jobs, progress
        As in `train`.

    Raises
    ------
    RecordError
        If `run` is not a training run, or was made with another configuration.
    """
    if run.manifest.get("kind") != "train":
        raise RecordError(
            f"{run.path} is a run of {run.manifest.get('kind')!r}; name one of gaplab train."
        )
    own = TrainConfig.from_mapping(run.manifest["config"])
    if config is not None and (differences := own.differences(config)):
        raise RecordError(
            f"{run.path} was trained with another {', '.join(differences)}; "
            "resume it without that setting, or train into a new folder."
        )
    return train(own, run, jobs=jobs, progress=progress)


def train_all(
    runs: Sequence[tuple[TrainConfig, RunFolder]],
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[RunFolder]:
    """Train several configurations together, so that their seeds share the processes.

    Parameters
    ----------
    runs : sequence of (TrainConfig, RunFolder)
        What to train, and where; see `train`.
    jobs, progress
        As in `train`.

    Notes
    -----
    Under torchrun every process calls this with the same arguments; the first one alone writes.
    """
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise InputError(f"jobs={jobs!r} is not a number of processes; give 1 or more.")
    if started() and jobs > 1:
        raise InputError(f"jobs={jobs} under torchrun, whose processes share each run; give 1.")
    totals = _total_steps([config for config, _ in runs])
    tasks = [
        (config.to_dict(), seed, str(run.path), steps)
        for (config, run), steps in zip(runs, totals, strict=True)
        for seed in config.seeds
    ]
    sizes = [steps for *_, steps in tasks]
    if not is_first():
        run_tasks(_train_seed, tasks, sizes)
        return [run for _, run in runs]
    try:
        with contextlib.ExitStack() as stages:
            for _, run in runs:
                stages.enter_context(run.stage("train"))
            run_tasks(_train_seed, tasks, sizes, jobs=jobs, progress=progress)
            for config, run in runs:
                _gather(config, run)
    except BaseException:
        for _, run in runs:
            run.finish("failed")
        raise
    for _, run in runs:
        run.finish()
    return [run for _, run in runs]


def _total_steps(configs: Sequence[TrainConfig]) -> list[int]:
    """Steps of one seed of every configuration; each data set is made once."""
    sizes: dict[str, int] = {}
    found = []
    for config in configs:
        key = repr((config.dataset, config.dataset_options))
        if key not in sizes:
            data = datasets.create(config.dataset, **config.dataset_options)
            sizes[key] = len(data.split["train"])
        found.append(config.epochs * steps_per_epoch(sizes[key], config.batch_size))
    return found


def _train_seed(
    config: Mapping[str, Any], seed: int, folder: str, steps: int, report: Report
) -> None:
    if share(SeedFiles(Path(folder), seed).result.is_file()):
        report(steps, f"{config['loss']}, seed {seed}: done before")
    else:
        SeedRun(TrainConfig.from_mapping(config), seed, Path(folder)).run(report)


def _gather(config: TrainConfig, run: RunFolder) -> None:
    """Join what the seeds left in ``checkpoints/`` into the run's own files."""
    parts = [SeedFiles(run.path, seed) for seed in config.seeds]
    save_trajectory(
        concat_runs(load_trajectory(part.trajectory) for part in parts), run.file("trajectory.nc")
    )
    record = evaluation_record(
        dataset=config.dataset,
        loss=config.loss,
        model=config.model,
        embeddings=Embeddings.load(parts[0].embeddings("test")),
        seeds=[read_json(part.result) for part in parts],
    )
    write_json(record, run.file("evaluation.json"))
    write_json(_theory(parts, config.seeds), run.file("theory.json"))


def _theory(parts: Sequence[SeedFiles], seeds: Sequence[int]) -> list[dict[str, Any]]:
    """What the theory expects of the test embeddings of every seed."""
    rows = []
    for part, seed in zip(parts, seeds, strict=True):
        embeddings = Embeddings.load(part.embeddings("test"))
        temperature = 1.0 / float(embeddings.made["logit_scale"])
        rows += [{"seed": seed, **row} for row in expectations(embeddings, temperature)]
    return rows
