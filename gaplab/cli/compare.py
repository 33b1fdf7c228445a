"""``gaplab compare``: the dynamics of runs on a common clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gaplab.cli.console import console, number, stage, table
from gaplab.cli.options import Out
from gaplab.cli.rates import decay_rates

if TYPE_CHECKING:
    import xarray as xr

__all__ = [
    "compare",
    "compare_trajectories",
    "print_comparison",
    "print_rates",
    "save_comparison",
    "trajectory_file",
]

CLOCK = "centroid_gap"
"""The quantity that sets the common clock; the others are judged on it without a new fit."""

SHORTEST = 4
"""Measurements, the first at time 0, that a quantity needs to be compared beside the gap."""

QUANTITIES = (
    CLOCK,
    "true_pair_cosine",
    "gap_angle",
    "mean_length_x",
    "mean_length_y",
    "v_measure",
    "logit_scale",
    "loss",
)


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN RUN …", help="Run folders or trajectory files; the first is the reference."
        ),
    ],
    out: Out = None,
) -> None:
    """Compare the gap dynamics of runs, simulated or real, on a common clock.

    A trajectory of your own needs the variable centroid_gap over (run, step); see
    docs/trajectories.md.
    """
    from figures import save_all
    from gaplab.records import RecordError, RunFolder, load_trajectory

    if len(runs) < 2:
        raise RecordError(f"{len(runs)} run given; name at least two, the reference first.")
    loaded = {str(run): load_trajectory(trajectory_file(run)) for run in runs}
    if len(loaded) < len(runs):
        raise RecordError(f"{', '.join(map(str, runs))} name a run twice; name each once.")
    reference, *others = loaded
    rows = [
        row
        for other in others
        for row in compare_trajectories(loaded[reference], loaded[other], reference, other)
    ]
    rates = decay_rates(loaded, rows)
    print_comparison(rows)
    print_rates(rates)
    with RunFolder.create(out, "compare", {"runs": list(loaded)}) as folder:
        save_comparison(folder.path, rows, rates)
        with stage("figure"):
            pictures = save_all(folder.path, ["comparison"])
    console.print(f"run folder: {folder.path}")
    console.print(f"picture: {pictures[0]}", soft_wrap=True)


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
        If a trajectory has no centroid gap to set the clock by, or it is too short.
    """
    from gaplab.records import RecordError
    from theory.comparison import compare_curves
    from theory.errors import InputError

    rows: list[dict[str, Any]] = []
    scale: float | None = None
    for quantity in QUANTITIES:
        curves = [
            mean_curve(dataset, quantity, name)
            for name, dataset in ((reference_name, reference), (other_name, other))
            if quantity in dataset or quantity == CLOCK
        ]
        short = len(curves) < 2 or min(len(time) for time, _ in curves) < SHORTEST
        if short and quantity != CLOCK:
            continue
        try:
            found = compare_curves(*curves[0], *curves[1], time_scale=scale)
        except InputError as error:
            raise RecordError(
                f"{quantity} of {reference_name} and {other_name} cannot be compared: {error}"
            ) from None
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


def mean_curve(dataset: xr.Dataset, quantity: str, name: str) -> tuple[Any, Any]:
    """Time and mean over runs, where every run has the quantity.

    Raises
    ------
    RecordError
        If the trajectory `name` lacks the quantity, or has it without ``run`` and ``step``.
    """
    from gaplab.records import RecordError

    if quantity not in dataset:
        raise RecordError(f"{name} has no {quantity}, which sets the clock; log it in the run.")
    found = dataset[quantity]
    if set(found.dims) != {"run", "step"}:
        raise RecordError(
            f"{quantity} of {name} has the dimensions {', '.join(map(str, found.dims)) or 'none'}; "
            "give it over run and step."
        )
    values = found.mean("run", skipna=False).values
    axis = dataset["time"] if "time" in dataset else dataset["step"]
    time = (axis.mean("run") if "run" in axis.dims else axis).values
    kept = values == values
    return time[kept], values[kept]


def save_comparison(folder: Path, rows: Sequence[Any], rates: Sequence[Any]) -> None:
    """Write rows and rates into the folder of a comparison."""
    from gaplab.records import write_json

    write_json(list(rows), folder / "comparison.json")
    write_json(list(rates), folder / "rates.json")


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


def print_rates(rates: Sequence[Mapping[str, Any]]) -> None:
    """Print how fast each gap decays, beside what the theory predicts for its setting."""
    table(
        "Decay of the centroid gap after it last was half its largest, on the first run's clock",
        ("", "measured", "predicted", "source"),
        [
            (
                str(rate["run"]),
                number(rate["measured"]),
                number(rate["predicted"]),
                rate["source"] or "–",
            )
            for rate in rates
        ],
    )
