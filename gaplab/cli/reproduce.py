"""``gaplab reproduce``: the main job, end to end, from claims to the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gaplab.cli.compare import (
    compare_trajectories,
    print_comparison,
    print_rates,
    save_comparison,
)
from gaplab.cli.console import ProgressCallback, console, number, stage, table
from gaplab.cli.options import Out, Seed, Settings, parse_settings, seed_list
from gaplab.cli.rates import decay_rates
from gaplab.cli.simulate import print_predictions, run_experiments
from gaplab.cli.train import print_evaluation, print_table, project_pretrained, table_config
from gaplab.cli.verify import print_ledger, run_verify
from gaplab.cli.verify import save as save_ledger
from theory.errors import InputError

if TYPE_CHECKING:
    from gaplab.records import RunFolder
    from realdata import TrainConfig

__all__ = ["reproduce"]

Profile = Literal["quick", "full"]

EXPERIMENTS = ("free", "cone", "subspace", "circle", "offset", "residual")
LOSSES = ("infonce", "gap_closing")
SEEDS = {"quick": 3, "full": 10}
REFERENCE = "infonce"
"""Plain CLIP: what the other losses, the repairs and the simulation are compared with."""


def reproduce(
    profile: Annotated[
        Profile,
        typer.Option(help="quick: minutes; full: hours, with more seeds and benchmark tables."),
    ] = "quick",
    seed: Seed = 0,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs",
            "-j",
            min=1,
            help="Processes (default: all cores); the numbers do not depend on it.",
        ),
    ] = None,
    settings: Settings = None,
    out: Out = None,
) -> None:
    """Simulate, verify, train, repair, compare, draw and report, into a new run folder."""
    from gaplab.records import RunFolder, machine

    cores = jobs or int(machine()["cores"])
    seeds = seed_list(seed, SEEDS[profile])
    trainings = _trainings(seeds, parse_settings(settings))
    config = {
        "profile": profile,
        "seeds": seeds,
        "losses": LOSSES,
        "experiments": EXPERIMENTS,
    }
    with RunFolder.create(out, "reproduce", config) as run:
        console.print(f"gaplab reproduce --profile {profile}, {cores} processes → {run.path}")
        _simulate(run, profile, seeds, cores)
        code = _verify(run, profile, seed, cores)
        _train(run, trainings, cores)
        _repair(run, seeds)
        if profile == "full":
            _train_tables(run, seed, cores)
        _compare(run, seeds)
        _draw(run)
    # The report tells how the run ended, so it is written once that is known.
    report = _report(run)
    seconds = run.manifest["seconds"]
    rows = [(name, number(value, 1)) for name, value in seconds.items()]
    table("Seconds", ("stage", "s"), [*rows, ("total", number(sum(seconds.values()), 1))])
    console.print(f"[bold]report:[/] {report}", soft_wrap=True)
    raise typer.Exit(code)


@contextmanager
def _stage(run: RunFolder, name: str) -> Iterator[ProgressCallback]:
    with run.stage(name), stage(name) as progress:
        yield progress


def _part(run: RunFolder, kind: str, config: dict[str, Any], *parts: str) -> RunFolder:
    from gaplab.records import RunFolder

    return RunFolder.create(run.path.joinpath(*parts), kind, config)


def _verify(run: RunFolder, profile: Profile, seed: int, jobs: int) -> int:
    from figures.results import load_predictions

    simulated = load_predictions(run.path)
    with _stage(run, "verify") as progress:
        ledger = run_verify(None, profile, seed, jobs, progress, simulations=simulated)
        save_ledger(ledger, run.path)
    print_ledger(ledger)
    return ledger.exit_code


def _simulate(run: RunFolder, profile: Profile, seeds: Sequence[int], jobs: int) -> None:
    with _stage(run, "simulate") as progress, ExitStack() as open_parts:
        parts: list[tuple[RunFolder, str, dict[str, Any]]] = []
        for name in EXPERIMENTS:
            config = {"experiment": name, "size": profile, "seeds": seeds}
            part = open_parts.enter_context(_part(run, "simulate", config, "simulations", name))
            parts.append((part, name, {}))
        rows = run_experiments(parts, profile, seeds, progress, jobs)
    print_predictions(rows)


def _trainings(seeds: Sequence[int], settings: Mapping[str, Any]) -> list[TrainConfig]:
    """One training a loss; settings apply to all of them."""
    from realdata import TrainConfig, require_open_clip

    require_open_clip()
    for taken in ("loss", "seeds"):
        if taken in settings:
            raise InputError(f"--set {taken} is fixed in reproduce; use gaplab train for your own.")
    return [TrainConfig.from_mapping({**settings, "loss": n, "seeds": seeds}) for n in LOSSES]


def _train(run: RunFolder, configs: Sequence[TrainConfig], jobs: int) -> None:
    from gaplab.records import read_json
    from realdata import train_all

    with _stage(run, "train") as progress:
        parts = [
            _part(run, "train", config.to_dict(), "training", config.loss) for config in configs
        ]
        train_all(list(zip(configs, parts, strict=True)), jobs=jobs, progress=progress)
    print_evaluation([read_json(part.file("evaluation.json")) for part in parts])


def _repair(run: RunFolder, seeds: Sequence[int]) -> None:
    from gaplab.records import Embeddings, write_json
    from realdata import repair_table

    rows: list[dict[str, Any]] = []
    with _stage(run, "repair") as progress:
        saved = run.path / "training" / REFERENCE / "embeddings"
        for done, seed in enumerate(seeds):
            progress(done, len(seeds), f"seed {seed}")
            fit, judge = (
                Embeddings.load(saved / f"seed-{seed}-{part}.safetensors")
                for part in ("train", "test")
            )
            found, repaired = repair_table(fit, judge, loss=REFERENCE, seed=seed)
            rows += found
            if seed == seeds[0]:
                for method, embeddings in repaired.items():
                    embeddings.save(run.file("repairs", f"{method}.safetensors"))
        write_json(rows, run.file("repairs", "table.json"))
    shown = ("centroid_gap", "true_pair_cosine", "r1_xy", "v_measure", "knn")
    table(
        f"Repairs of {REFERENCE}, fitted on training pairs, judged on test pairs",
        ("repair", "gap", "pair cos", "R@1 i→t", "V", "kNN"),
        [
            (f"{row['method']} seed {row['seed']}", *(number(row.get(key)) for key in shown))
            for row in rows
        ],
    )


def _train_tables(run: RunFolder, seed: int, jobs: int) -> None:
    """Train the benchmark tables whose data are here; the others say why they are not run."""
    from realdata import tables

    for name in tables.names():
        table = tables.create(name)
        seeds = seed_list(seed, table.n_seeds)
        with _part(run, "table", table_config(name, seeds), "tables", name) as part:
            try:
                with _stage(run, f"table {name}") as progress:
                    print_table(
                        tables.train_table(table, part, seeds, jobs=jobs, progress=progress)
                    )
            except InputError as error:
                tables.not_run(table, part, str(error))
                console.print(f"table {name} not run: {error}", markup=False, soft_wrap=True)
    project_pretrained(run.path / "tables" / tables.pretrained.NAME)


def _compare(run: RunFolder, seeds: Sequence[int]) -> None:
    from gaplab.records import load_trajectory

    with _stage(run, "compare") as progress:
        source = run.path / "training" / REFERENCE
        config = {"experiment": "matched", "from": source, "seeds": seeds}
        with _part(run, "simulate", config, "comparison", "matched") as part:
            run_experiments([(part, "matched", {"source": source})], "quick", seeds, progress)
        runs = {
            "real": load_trajectory(source / "trajectory.nc"),
            "simulated": load_trajectory(part.path / "trajectory.nc"),
        }
        rows = compare_trajectories(runs["real"], runs["simulated"], *runs)
        rates = decay_rates(runs, rows)
        save_comparison(run.path / "comparison", rows, rates)
    print_comparison(rows)
    print_rates(rates)


def _draw(run: RunFolder) -> None:
    from figures import save_all
    from gaplab.records import write_json
    from theory.landscape import center_pair_landscape

    with _stage(run, "figures") as progress:
        write_json(center_pair_landscape(), run.file("landscape.json"))
        save_all(run.path, progress=progress)


def _report(run: RunFolder) -> Path:
    from figures.report import write_report

    with stage("report"):
        return write_report(run.path)
