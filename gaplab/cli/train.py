"""``gaplab train``: train a CLIP model, or go on with a training that was interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from gaplab.cli.console import console, degrees, number, stage, table
from gaplab.cli.options import Jobs, Out, Seed, Settings, parse_settings, seed_list

__all__ = ["print_evaluation", "train"]


def train(
    dataset: Annotated[str | None, typer.Option(help="Data set, e.g. digits.")] = None,
    loss: Annotated[
        str | None, typer.Option(help="Registered loss, e.g. infonce, gap_closing.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="open_clip configuration.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training pairs.")] = None,
    seeds: Annotated[int | None, typer.Option(help="How many seeds, counted from --seed.")] = None,
    seed: Seed = 0,
    settings: Settings = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with this interrupted run; takes no other setting.")
    ] = None,
    jobs: Jobs = 1,
    out: Out = None,
) -> None:
    """Train CLIP towers with a registered loss and judge them on held-out pairs."""
    from gaplab.records import RecordError, RunFolder, read_json
    from realdata import TrainConfig, distributed, require_open_clip
    from realdata import resume as go_on
    from realdata import train as begin

    require_open_clip()
    distributed.started()
    first = distributed.is_first()
    console.quiet = not first
    given = {"dataset": dataset, "loss": loss, "model": model, "epochs": epochs}
    chosen: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    chosen |= parse_settings(settings)
    if seeds is not None:
        chosen["seeds"] = seed_list(seed, seeds)
    if resume is not None:
        if chosen or out is not None:
            raise RecordError(
                f"--resume {resume} keeps that run's own settings and folder; "
                f"leave out {', '.join([*chosen, *(['out'] if out else [])])}."
            )
        run = RunFolder.open(resume)
        with stage(f"resume {resume}") as progress:
            go_on(run, jobs=jobs, progress=progress)
    else:
        config = TrainConfig.from_mapping(chosen)
        made = RunFolder.create(out, "train", config.to_dict()).path if first else None
        run = RunFolder.open(distributed.share(made))
        with stage(f"train {config.dataset} with {config.loss}") as progress:
            begin(config, run, jobs=jobs, progress=progress)
    if not first:
        return
    print_evaluation([read_json(run.file("evaluation.json"))])
    console.print(f"run folder: {run.path}")


_SHOWN = (
    ("centroid_gap", "gap", number),
    ("gap_angle", "Δθ", degrees),
    ("true_pair_cosine", "pair cos", number),
    ("r1_xy", "R@1 i→t", number),
    ("r1_yx", "R@1 t→i", number),
    ("v_measure", "V", number),
    ("knn", "kNN", number),
    ("infonce", "InfoNCE", number),
)


def print_evaluation(evaluations: list[dict[str, Any]]) -> None:
    """Print the judgement on the test pairs: a row a loss and seed, then chance and floor."""
    first = evaluations[0]
    rows = [
        (f"{e['loss']} seed {s['seed']}", *(show(s.get(key)) for key, _, show in _SHOWN))
        for e in evaluations
        for s in e["seeds"]
    ]
    chance = {**first["chance"], "infonce": first["floor"]}
    rows.append(("chance / floor", *(show(chance.get(key)) for key, _, show in _SHOWN)))
    table(
        f"{first['dataset']}, {first['n_test']} test pairs "
        f"({first['n_distinct_captions']} distinct captions; equal ones count as correct)",
        ("", *(title for _, title, _ in _SHOWN)),
        rows,
    )
