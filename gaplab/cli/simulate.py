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
    from gaplab.records import RunFolder

__all__ = ["print_predictions", "run_experiment", "simulate"]


def simulate(
    experiment: Annotated[str, typer.Argument(help="free, cone, subspace or matched.")],
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
    experiments.create(experiment)
    config = {"experiment": experiment, "size": size, "seeds": seed_list(seed, seeds), **options}
    with RunFolder.create(out, "simulate", config) as run:
        with stage(experiment) as progress, run.stage(experiment):
            rows = run_experiment(run, experiment, size, seed_list(seed, seeds), options, progress)
        print_predictions(rows)
        console.print(f"run folder: {run.path}")


def run_experiment(
    run: RunFolder,
    experiment: str,
    size: str,
    seeds: Sequence[int],
    options: Mapping[str, Any],
    progress: ProgressCallback,
) -> list[dict[str, Any]]:
    """Run an experiment; keep its trajectory and its measured-vs-predicted table in `run`."""
    from gaplab.records import save_trajectory, write_json
    from sim import experiments

    result = experiments.create(experiment).run(
        size=size, seeds=seeds, progress=progress, **options
    )
    save_trajectory(result.trajectory, run.file("trajectory.nc"))
    rows = [dict(row) for row in result.table]
    write_json(rows, run.file("table.json"))
    return rows


def print_predictions(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print what was measured, with its interval over seeds, beside what the theory predicts."""
    table(
        "Measured vs predicted (95 % interval over seeds)",
        ("quantity", "setting", "predicted", "measured", "interval", "source"),
        [
            (
                escape(f"{row['quantity']} [{row['unit']}]" if row["unit"] else row["quantity"]),
                escape(row["setting"]),
                number(row["predicted"]),
                number(row["measured"]),
                f"{number(row['low'])} … {number(row['high'])}",
                row["source"],
            )
            for row in rows
        ],
    )
