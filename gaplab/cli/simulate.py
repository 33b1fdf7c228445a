"""``gaplab simulate``: run an experiment on the hypersphere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape

from gaplab.cli.console import ProgressCallback, console, number, stage, table
from gaplab.cli.options import Jobs, Out, Seed, Seeds, Settings, parse_sweep, seed_list
from gaplab.records.files import plain

if TYPE_CHECKING:
    from gaplab.records import RunFolder

__all__ = ["print_predictions", "run_experiments", "simulate"]


def simulate(
    experiment: Annotated[str, typer.Argument(help="Name, or `list` to see them all.")],
    settings: Settings = None,
    size: Annotated[
        Literal["quick", "full"], typer.Option(help="Size of the experiment.")
    ] = "quick",
    seed: Seed = 0,
    seeds: Seeds = 3,
    source: Annotated[
        Path | None, typer.Option("--from", help="matched: the training run to match.")
    ] = None,
    jobs: Jobs = 1,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="Run on a Dask cluster, e.g. tcp://host:8786 or local:4; "
            "the numbers do not depend on it.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the sweep in --out where it stopped.")
    ] = False,
    out: Out = None,
) -> None:
    """Simulate an experiment and print what was measured beside what the theory predicts.

    Several values of a setting, as in --set tau=.1,.2,.5, make a sweep. Every finished cell of
    it (one setting, for some seeds) is on disk before the next begins.
    """
    from gaplab.records import RecordError
    from sim.sweeps import grid_of

    if experiment == "list":
        print_experiments()
        return
    options = parse_sweep(settings)
    if experiment == "matched":
        if source is None:
            raise RecordError("matched needs --from RUN; name a folder that gaplab train wrote.")
        options["source"] = str(source.absolute())
    elif source is not None:
        raise RecordError(f"--from belongs to matched, not to {experiment}; leave it out.")
    if resume and out is None:
        raise RecordError("--resume needs --out DIR; name the folder of the sweep to go on with.")
    grid_of(experiment, size, options)
    chosen = seed_list(seed, seeds)
    config = {"experiment": experiment, "size": size, "seeds": chosen, **options}
    with _folder(out, config, resume) as run:
        with stage(experiment) as progress, run.stage(experiment):
            rows = run_experiments(
                [(run, experiment, options)], size, chosen, progress, jobs, cluster
            )
        print_predictions(rows)
        console.print(f"run folder: {run.path}")


def _folder(out: Path | None, config: Mapping[str, Any], resume: bool) -> RunFolder:
    """A new run folder, or the one to go on with; ``--resume`` also begins where there is none."""
    from gaplab.records import RecordError, RunFolder

    if not resume or out is None or not out.exists() or not any(out.iterdir()):
        return RunFolder.create(out, "simulate", config)
    run = RunFolder.open(out)
    before = {"kind": run.manifest.get("kind"), **run.manifest.get("config", {})}
    wanted = {"kind": "simulate", **plain(config)}
    keys = dict.fromkeys([*wanted, *before])
    other = [key for key in keys if before.get(key) != wanted.get(key)]
    if other:
        raise RecordError(
            f"{out} is a run with another {', '.join(other)}; give the same settings to go on "
            "with it, or a new folder."
        )
    run.finish("running")
    return run


def run_experiments(
    parts: Sequence[tuple[RunFolder, str, Mapping[str, Any]]],
    size: str,
    seeds: Sequence[int],
    progress: ProgressCallback,
    jobs: int = 1,
    cluster: str | None = None,
) -> list[dict[str, Any]]:
    """Run experiments, each into its folder; the rows of all their tables, in order.

    Parameters
    ----------
    parts : sequence of (RunFolder, str, mapping)
        Folder, name and settings of each experiment. A folder gets ``trajectory.nc`` and
        ``table.json``.
    size : {"quick", "full"}
    seeds : sequence of int
    progress : callable
    jobs : int
        Cells that run at the same time; the numbers do not depend on it.
    cluster : str, optional
        Dask cluster to run them on instead.
    """
    from sim.sweeps import Sweep, run_sweeps

    sweeps = [Sweep(run.path, name, size, seeds, rest) for run, name, rest in parts]
    return run_sweeps(sweeps, jobs=jobs, cluster=cluster, progress=progress)


def print_experiments() -> None:
    """Print the name and the question of every experiment."""
    from sim import experiments

    rows = [(name, escape(kind.question)) for name, kind in experiments.EXPERIMENTS.items()]
    table("Experiments", ("name", "question"), rows)


def print_predictions(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print what was measured, with its interval over seeds, beside what the theory predicts."""
    shown: list[tuple[str, ...]] = []
    setting = None
    for row in rows:
        if row["setting"] != setting:
            setting = row["setting"]
            shown.append((f"[bold]{escape(setting)}[/]",))
        unit = f" [{row['unit']}]" if row["unit"] else ""
        shown.append(
            (
                escape(f"  {row['quantity']}{unit}"),
                number(row["predicted"]),
                number(row["measured"]),
                f"{number(row['low'])} … {number(row['high'])}",
                row["source"],
            )
        )
    columns = ("", "predicted", "measured", "95 % over seeds", "source")
    table("Measured beside predicted", columns, shown)
