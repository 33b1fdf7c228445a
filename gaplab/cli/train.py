"""``gaplab train``: train a CLIP model, or go on with a training that was interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gaplab.cli.console import console, degrees, number, stage
from gaplab.cli.console import table as print_rows
from gaplab.cli.options import Jobs, Out, Seed, Settings, parse_settings, seed_list

if TYPE_CHECKING:
    from gaplab.records import RunFolder

__all__ = [
    "print_evaluation",
    "print_expectations",
    "print_table",
    "project_pretrained",
    "table_config",
    "train",
]


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
    table: Annotated[
        str | None,
        typer.Option(
            "--table",
            help="Train the methods of a benchmark table, e.g. av_mnist; "
            "pretrained projects pretrained models instead.",
        ),
    ] = None,
    methods: Annotated[
        list[str] | None,
        typer.Option(
            "--method",
            help="Only this method of the table; may be repeated. With --resume, one to add.",
        ),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            help="Go on with this interrupted run or table; takes no setting but --method."
        ),
    ] = None,
    jobs: Jobs = 1,
    out: Out = None,
) -> None:
    """Train CLIP towers with a registered loss and judge them on held-out pairs.

    With --table, train every method of a benchmark table over paired seeds.
    """
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
    if methods and table is None and resume is None:
        raise RecordError("--method chooses rows of a table; name it with --table or --resume.")
    if resume is not None:
        named = (("table", table), ("seeds", seeds), ("out", out))
        run = _to_resume(resume, [*chosen, *(name for name, value in named if value is not None)])
        if run.manifest.get("kind") == "table":
            _resume_table(run, methods, jobs)
            return
        if methods:
            raise RecordError(f"--method adds rows to a table, and {resume} is none; leave it out.")
        with stage(f"resume {resume}") as progress:
            go_on(run, jobs=jobs, progress=progress)
    elif table is not None:
        _train_table(table, methods, chosen, seed, seeds, out, jobs)
        return
    else:
        if seeds is not None:
            chosen["seeds"] = seed_list(seed, seeds)
        config = TrainConfig.from_mapping(chosen)
        made = RunFolder.create(out, "train", config.to_dict()).path if first else None
        run = RunFolder.open(distributed.share(made))
        with stage(f"train {config.dataset} with {config.loss}") as progress:
            begin(config, run, jobs=jobs, progress=progress)
    if not first:
        return
    print_evaluation([read_json(run.file("evaluation.json"))])
    print_expectations(read_json(run.file("theory.json")))
    console.print(f"data: {read_json(run.file('evaluation.json'))['licence']}", soft_wrap=True)
    console.print(f"run folder: {run.path}")


def _to_resume(folder: Path, extra: list[str]) -> RunFolder:
    """The run in `folder`, which keeps its own settings: none `extra` may be given."""
    from gaplab.records import RecordError, RunFolder

    if extra:
        raise RecordError(
            f"--resume {folder} keeps that run's own settings and folder; "
            f"leave out {', '.join(extra)}."
        )
    return RunFolder.open(folder)


def _train_table(
    name: str,
    methods: list[str] | None,
    settings: dict[str, Any],
    seed: int,
    seeds: int | None,
    out: Path | None,
    jobs: int,
) -> None:
    """Begin a table in a folder of its own."""
    from gaplab.records import RecordError, RunFolder
    from realdata import tables

    if name == tables.pretrained.NAME:
        project_pretrained(out, settings)
        return
    if "seeds" in settings or "loss" in settings:
        raise RecordError("a table has its own losses, and seeds by --seeds; leave them out.")
    table = tables.create(name).chosen(methods, every_seed=seeds is not None)
    numbers = seed_list(seed, table.n_seeds if seeds is None else seeds)
    tables.configs(table, numbers, settings)  # refuses bad settings before there is a folder
    config = table_config(
        name, numbers, methods=methods, every_seed=seeds is not None, settings=settings
    )
    with RunFolder.create(out, "table", config) as run:
        _finish_table(run, jobs)


def table_config(
    name: str,
    seeds: list[int],
    *,
    methods: list[str] | None = None,
    every_seed: bool = False,
    settings: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What the manifest of a table keeps, so that it can be resumed."""
    return {
        "table": name,
        "methods": methods,
        "seeds": seeds,
        "every_seed": every_seed,
        "settings": settings or {},
    }


def project_pretrained(out: Path | None, settings: dict[str, Any] | None = None) -> None:
    """The published rows of pretrained models: nothing is trained."""
    from gaplab.records import RecordError, RunFolder
    from realdata.tables import pretrained

    settings = settings or {}
    known = {"weights", "n_train", "n_test"}
    if unknown := sorted(set(settings) - known):
        raise RecordError(
            f"table {pretrained.NAME!r} has no setting {unknown[0]!r}; "
            f"its settings: {', '.join(sorted(known))}."
        )
    with RunFolder.create(out, "table", {"table": pretrained.NAME, **settings}) as run:
        with stage("project pretrained models") as progress, run.stage("project"):
            rows = pretrained.pretrained_table(run, progress=progress, **settings)
        console.print(pretrained.to_markdown(rows), markup=False)
        console.print(f"run folder: {run.path}")


def _resume_table(run: RunFolder, methods: list[str] | None, jobs: int) -> None:
    """Go on with a table, and train those `methods` too that it was begun without."""
    from gaplab.records import RecordError
    from realdata import tables

    config = run.manifest["config"]
    if config["table"] == tables.pretrained.NAME:
        raise RecordError(
            f"{run.path} projects pretrained models, which trains nothing to go on with; "
            f"begin anew with --table {tables.pretrained.NAME}."
        )
    tables.create(config["table"]).chosen(methods)  # refuses an unknown one
    begun = config["methods"]
    if begun is not None and (added := [name for name in methods or () if name not in begun]):
        run.extend({**config, "methods": [*begun, *added]})
    with run:
        _finish_table(run, jobs)


def _finish_table(run: RunFolder, jobs: int) -> None:
    from realdata import tables

    config = run.manifest["config"]
    table = tables.create(config["table"]).chosen(
        config["methods"], every_seed=config["every_seed"]
    )
    with stage(f"train table {table.name}") as progress, run.stage("train"):
        found = tables.train_table(
            table, run, config["seeds"], config["settings"], jobs=jobs, progress=progress
        )
    print_table(found)
    console.print(f"run folder: {run.path}")


_MARKS = {"better": " ▲", "worse": " ▼"}


def print_table(found: dict[str, Any]) -> None:
    """Print the means of a table, with what differs from its first row."""
    columns = found["columns"]
    rows = []
    for row in found["rows"]:
        cells = [row["metrics"].get(column["metric"], {}) for column in columns]
        shown = [number(c.get("mean")) + _MARKS.get(c.get("decision", ""), "") for c in cells]
        rows.append((row["title"], str(row["n_seeds"]), *shown))
    for row in found["published"]:
        values = [row.get(column["metric"]) for column in columns]
        rows.append((f"published: {row['method']}", "–", *(number(v) for v in values)))
    print_rows(
        f"{found['title']}: {found['n_test']} test items; ▲ better, ▼ worse than the first row "
        "(5 %, Holm)",
        ("", "seeds", *(column["title"] for column in columns)),
        rows,
    )

    for finding in found["findings"]:
        console.print(finding["text"], markup=False, soft_wrap=True)


def print_expectations(rows: list[dict[str, Any]]) -> None:
    """Print what the theory expects of the trained embeddings, beside what they are."""
    print_rows(
        "What the theory expects of these subspaces and this temperature",
        ("seed", "pair", "quantity", "predicted", "observed", "source"),
        [
            (
                str(row["seed"]),
                row["pair"],
                row["quantity"],
                number(row["predicted"]),
                number(row["observed"]),
                row["source"],
            )
            for row in rows
        ],
    )


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
    print_rows(
        f"{first['dataset']}, {first['n_test']} test pairs "
        f"({first['n_distinct_captions']} distinct captions; equal ones count as correct)",
        ("", *(title for _, title, _ in _SHOWN)),
        rows,
    )
