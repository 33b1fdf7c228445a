"""``gaplab figures``: draw from a saved run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaplab.cli.console import console, stage

__all__ = ["figures"]


def figures(
    run: Annotated[Path, typer.Option("--run", help="Run folder to draw from.")],
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME …]", help="Which figures (default: all that the run has)."),
    ] = None,
    formats: Annotated[
        str, typer.Option("--format", help="File formats, comma-separated: png, svg, pdf.")
    ] = "png",
    style: Annotated[str, typer.Option("--style", help="paper, screen or dark.")] = "screen",
) -> None:
    """Draw figures from the saved results of a run into its folder figures/."""
    from figures import save_all
    from gaplab.records import RecordError, RunFolder

    RunFolder.open(run)
    with stage("figures") as progress:
        written = save_all(
            run,
            names=names,
            formats=dict.fromkeys(kind.strip() for kind in formats.split(",")),
            style=style,
            progress=progress,
        )
    if not written:
        raise RecordError(f"{run} holds no records that a figure is drawn from; name another run.")
    for path in written:
        console.print(str(path))
