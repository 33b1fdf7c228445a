"""``gaplab simulate``: run an experiment on the hypersphere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.markup import escape

from gaplab.cli.console import ProgressCallback, console, number, stage, table
from gaplab.cli.options import Out, Seed, Seeds, Settings, parse_settings, seed_list

if TYPE_CHECKING:
    from gaplab.jobs import Report
    from gaplab.records import RunFolder

__all__ = ["print_predictions", "run_experiments", "simulate"]


def simulate(
    experiment: Annotated[str, typer.Argument(help="free, cone, subspace, circle or matched.")],
    settings: Settings = None,
    size: Annotated[
        Literal["quick", "full"], typer.Option(help="Size of the experiment.")
    ] = "quick",
    seed: Seed = 0,
    seeds: Seeds = 3,
    source: Annotated[
        Path | None, typer.Option("--from", help="matched: the training run to match.")
    ] = None,
    out: Out = None,
) -> None:
    """Simulate an experiment and print what was measured beside what the theory predicts."""
    from gaplab.records import RecordError, RunFolder
    from sim import experiments

    options = parse_settings(settings)
    if experiment == "matched":
        if source is None:
            raise RecordError("matched needs --from RUN; name a folder that gaplab train wrote.")
        options["source"] = source
    elif source is not None:
        raise RecordError(f"--from belongs to matched, not to {experiment}; leave it out.")
    experiments.create(experiment).settings(size, options)
    chosen = seed_list(seed, seeds)
    config = {"experiment": experiment, "size": size, "seeds": chosen, **options}
    with RunFolder.create(out, "simulate", config) as run:
        with stage(experiment) as progress, run.stage(experiment):
            rows = run_experiments(
                [(run, experiment, options)], size, seed_list(seed, seeds), progress
            )
        print_predictions(rows)
        console.print(f"run folder: {run.path}")


def run_experiments(
    parts: Sequence[tuple[RunFolder, str, Mapping[str, Any]]],
    size: str,
    seeds: Sequence[int],
    progress: ProgressCallback,
    jobs: int = 1,
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
        Experiments that run at the same time; the numbers do not depend on it.
    """
    from gaplab.jobs import run_tasks
    from gaplab.records import read_json

    tasks = [(str(run.path), name, size, list(seeds), dict(rest)) for run, name, rest in parts]
    run_tasks(_experiment, tasks, [_WHOLE] * len(tasks), jobs=jobs, progress=progress)
    return [row for run, _, _ in parts for row in read_json(run.path / "table.json")]


_WHOLE = 1000
"""Progress of one experiment, in thousandths."""


def _experiment(
    folder: str, name: str, size: str, seeds: list[int], options: dict[str, Any], report: Report
) -> None:
    import torch

    from gaplab.records import RunError, save_trajectory, write_json
    from sim import DivergedError, experiments

    # One thread: the steps are too small to share, and sums do not depend on the machine.
    torch.set_num_threads(1)
    try:
        result = experiments.create(name).run(
            size=size,
            seeds=seeds,
            progress=lambda done, total, message: report(_WHOLE * done // max(total, 1), message),
            **options,
        )
    except DivergedError as error:
        save_trajectory(error.trajectory, Path(folder) / "trajectory.nc")
        raise RunError(f"{name}: {error} What was recorded is in {folder}.") from error
    save_trajectory(result.trajectory, Path(folder) / "trajectory.nc")
    write_json([dict(row) for row in result.table], Path(folder) / "table.json")


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
