"""The Typer application, and how errors reach a person."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gaplab import __version__
from gaplab.cli import (
    bench,
    compare,
    diagnose,
    embed,
    figures,
    repair,
    reproduce,
    simulate,
    train,
    verify,
)
from gaplab.cli.console import complain
from gaplab.records import RecordError, RunError
from theory.errors import InputError

__all__ = ["app", "main"]


class _Group(TyperGroup):
    """Commands whose errors end in one sentence: exit 2 for bad input, 1 for a run that failed."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (InputError, RecordError) as error:
            complain(str(error))
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            complain(f"{where}{error.strerror or error}; nothing saved earlier was touched.")
        except RunError as error:
            complain(str(error))
            raise typer.Exit(1) from None
        raise typer.Exit(2)


app = typer.Typer(
    name="gaplab",
    cls=_Group,
    help="Check, simulate, measure and repair the modality gap of CLIP-style models.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gaplab {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Check, simulate, measure and repair the modality gap of CLIP-style models."""


for command in (
    reproduce.reproduce,
    verify.verify,
    simulate.simulate,
    train.train,
    embed.embed,
    diagnose.diagnose,
    repair.repair,
    compare.compare,
    figures.figures,
    bench.bench,
):
    app.command()(command)


def main() -> None:
    """Run the command line."""
    app()
