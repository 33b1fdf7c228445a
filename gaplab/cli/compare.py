"""``gaplab compare``: the dynamics of runs on a common clock."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gaplab.cli.console import console, number, table
from gaplab.cli.options import Out

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["compare", "compare_trajectories", "print_comparison", "trajectory_file"]

CLOCK = "centroid_gap"
"""The quantity that sets the common clock; the others are judged on it without a new fit."""

QUANTITIES = (CLOCK, "true_pair_cosine", "gap_angle", "mean_length_x", "mean_length_y", "loss")


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN RUN …", help="Run folders or trajectory files; the first is the reference."
        ),
    ],
    out: Out = None,
) -> None:
    """Compare the gap dynamics of runs, simulated or real, on a common clock."""
    from gaplab.records import RecordError, RunFolder, load_trajectory, write_json

    if len(runs) < 2:
        raise RecordError(f"{len(runs)} run given; name at least two, the reference first.")
    loaded = [load_trajectory(trajectory_file(run)) for run in runs]
    rows = [
        row
        for path, other in zip(runs[1:], loaded[1:], strict=True)
        for row in compare_trajectories(loaded[0], other, str(runs[0]), str(path))
    ]
    print_comparison(rows)
    if out is not None:
        with RunFolder.create(out, "compare", {"runs": [str(run) for run in runs]}) as folder:
            write_json(rows, folder.file("comparison.json"))
        console.print(f"comparison: {out}")


def trajectory_file(run: Path) -> Path:
    """The trajectory of a run folder; a file is taken as it is."""
    return run / "trajectory.nc" if run.is_dir() else run


def compare_trajectories(
    reference: xr.Dataset, other: xr.Dataset, reference_name: str, other_name: str
) -> list[dict[str, Any]]:
    """Compare every quantity that both trajectories have, means over their runs.

    One number, the ratio of the clocks, is fitted on the centroid gap and kept for the rest.

    Raises
    ------
    RecordError
        If a trajectory has no centroid gap to set the clock by.
    """
    from gaplab.records import RecordError
    from theory.comparison import compare_curves

    for name, dataset in ((reference_name, reference), (other_name, other)):
        if CLOCK not in dataset:
            raise RecordError(f"{name} has no {CLOCK}, which sets the clock; log it in the run.")
    rows: list[dict[str, Any]] = []
    scale: float | None = None
    for quantity in QUANTITIES:
        if quantity not in reference or quantity not in other:
            continue
        found = compare_curves(
            *_mean_curve(reference, quantity), *_mean_curve(other, quantity), time_scale=scale
        )
        scale = found.time_scale
        rows.append(
            {
                "reference": reference_name,
                "other": other_name,
                "quantity": quantity,
                "time_scale": found.time_scale,
                "clock_fitted_here": quantity == CLOCK,
                "correlation": found.correlation,
                "error": found.error,
                "overlap": found.overlap,
                "curve": {
                    "time": found.time,
                    "reference": found.reference,
                    "other": found.other,
                },
            }
        )
    return rows


def _mean_curve(dataset: xr.Dataset, quantity: str) -> tuple[Any, Any]:
    """Time and mean over runs, where every run has the quantity."""
    values = dataset[quantity].mean("run", skipna=False).values
    time = dataset["time"].mean("run").values if "time" in dataset else dataset["step"].values
    kept = values == values
    return time[kept], values[kept]


def print_comparison(rows: Sequence[dict[str, Any]]) -> None:
    """Print one table for every pair of runs."""
    for pair, of_pair in groupby(rows, key=lambda row: (row["reference"], row["other"])):
        found = list(of_pair)
        clock = number(found[0]["time_scale"])
        table(
            f"{pair[0]} ~ {pair[1]}, with one clock: {clock} of the first a unit of the second",
            ("", "correlation", "error / range"),
            [(r["quantity"], number(r["correlation"]), number(r["error"])) for r in found],
        )
