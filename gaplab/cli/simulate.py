"""``gaplab simulate``: run experiments on the hypersphere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
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


MATCHED = "matched"
"""The experiment that needs a training run."""


def simulate(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="EXPERIMENT...",
            help="One or several names, `all`, or `list` to see them.",
            show_default=False,
        ),
    ],
    settings: Settings = None,
    size: Annotated[
        Literal["quick", "full"], typer.Option(help="Size of the experiments.")
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
        bool, typer.Option("--resume", help="Go on with the run in --out where it stopped.")
    ] = False,
    out: Out = None,
) -> None:
    """Simulate experiments and print what was measured beside what the theory predicts.

    Several values of a setting, as in --set tau=.1,.2,.5, make a sweep of one experiment. Every
    finished cell (one setting, for some seeds) is on disk before the next begins. Several
    experiments share the processes, and have a folder each below simulations/.
    """
    from gaplab.records import RecordError, read_json
    from sim.sweeps import grid_of

    if names == ["list"]:
        print_experiments()
        return
    asked = _asked(names, settings, source)
    if resume and out is None:
        raise RecordError("--resume needs --out DIR; name the folder of the run to go on with.")
    for name, options in asked.items():
        grid_of(name, size, options)
    chosen = seed_list(seed, seeds)
    configs = {
        name: {"experiment": name, "size": size, "seeds": chosen, **options}
        for name, options in asked.items()
    }
    several = len(asked) > 1
    title = f"{len(asked)} experiments" if several else next(iter(asked))
    shared = {"experiments": list(asked), "size": size, "seeds": chosen}
    with ExitStack() as opened:
        run = opened.enter_context(_folder(out, shared if several else configs[title], resume))
        parts = []
        for name, options in asked.items():
            part = run
            if several:
                folder = run.path / "simulations" / name
                part = opened.enter_context(_folder(folder, configs[name], resume))
            parts.append((part, name, options))
        with stage(title) as progress, run.stage("simulate" if several else title):
            run_experiments(parts, size, chosen, progress, jobs, cluster)
        for part, name, _ in parts:
            print_predictions(read_json(part.file("table.json")), name if several else "")
        console.print(f"run folder: {run.path}")


def _asked(
    names: Sequence[str], settings: Sequence[str] | None, source: Path | None
) -> dict[str, dict[str, Any]]:
    """The experiments named, each with its settings; ``all`` has `matched` if it has a source."""
    from gaplab.records import RecordError
    from sim import experiments

    every = [name for name in experiments.names() if name != MATCHED or source is not None]
    chosen = list(dict.fromkeys(n for name in names for n in (every if name == "all" else [name])))
    if len(chosen) > 1 and settings:
        raise RecordError(
            f"--set is for one experiment, and {len(chosen)} are named; name one, or leave it out."
        )
    asked = {name: parse_sweep(settings) for name in chosen}
    if MATCHED not in asked:
        if source is not None:
            raise RecordError(
                f"--from belongs to {MATCHED}, not to {', '.join(chosen)}; leave it out."
            )
    elif source is None:
        raise RecordError(f"{MATCHED} needs --from RUN; name a folder that gaplab train wrote.")
    else:
        asked[MATCHED]["source"] = str(source.absolute())
    return asked


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


def print_predictions(rows: Sequence[Mapping[str, Any]], experiment: str = "") -> None:
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
    title = (
        f"{experiment}: measured beside predicted" if experiment else "Measured beside predicted"
    )
    table(title, columns, shown)
