"""``gaplab repair``: fit a repair on embeddings, apply a saved one, or compare them all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from gaplab.cli.console import console, degrees, number, stage, table
from gaplab.cli.inputs import (
    Captions,
    FewRows,
    Given,
    Labels,
    Normalize,
    Raw,
    Threads,
    read_inputs,
)
from gaplab.cli.options import Seed, Settings, parse_settings
from gaplab.records import (
    Embeddings,
    RecordError,
    load_state,
    machine,
    save_state,
    write_json,
)
from gaplab.records.files import plain

if TYPE_CHECKING:
    from theory.repairs import Repair

__all__ = ["print_comparison", "repair"]

_SHOWN = (
    ("centroid_gap", "centroid gap", number),
    ("gap_angle", "angle of the means", degrees),
    ("true_pair_cosine", "true-pair cosine", number),
    ("r1_xy", "R@1 first → second", number),
    ("r1_yx", "R@1 second → first", number),
)
_METRICS = ("centroid_gap", "gap_angle", "true_pair_cosine", "recall")

_TABLES = (
    ("gap and alignment", ("centroid_gap", "true_pair_cosine", "relative_modality_gap")),
    ("retrieval and neighbours", ("r1_xy", "r1_yx", "neighbourhood")),
    ("groups", ("v_measure", "knn")),
)
_JUDGED = 20_000
"""Rows on which a single repair is judged, at most."""


def repair(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="[METHOD] A B [C …]",
            help="Repair (not with --all or --apply), then embeddings: npy, npz, safetensors.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Repaired arrays (.safetensors); with --all the table (.json)."
        ),
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", help="Keep the fitted repair (.safetensors).")
    ] = None,
    apply: Annotated[
        Path | None, typer.Option("--apply", help="Apply a repair that --save kept.")
    ] = None,
    compare: Annotated[
        bool, typer.Option("--all", help="Judge every repair on held-out pairs and recommend one.")
    ] = False,
    labels: Labels = None,
    captions: Captions = None,
    normalize: Normalize = False,
    few_rows: FewRows = False,
    raw: Raw = None,
    settings: Settings = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --all: print JSON instead of tables.")
    ] = False,
    seed: Seed = 0,
    jobs: Threads = None,
) -> None:
    """Repair paired embeddings with METHOD, or a saved repair; --all compares every method."""
    if compare and apply is not None:
        raise RecordError("--all and --apply exclude each other; give one of them.")
    _check_target(out, ".json" if compare else ".safetensors", "--out")
    _check_target(save, ".safetensors", "--save")
    if compare:
        _refuse("--all", {"--save": save, "--set": settings})
        files = [Path(argument) for argument in arguments]
        given = read_inputs(
            files, labels, captions, normalize=normalize, few_rows=few_rows, raw=raw
        )
        options = {"normalize": normalize, "few_rows": few_rows, "seed": seed}
        _compare(given, options, jobs or int(machine()["cores"]), out, as_json)
        return
    _refuse("--json", {"a single repair": as_json or None})
    if out is None:
        raise RecordError("--out is missing; name a new .safetensors file for the repaired arrays.")
    if apply is not None:
        _refuse("--apply", {"--save": save, "--set": settings})
        _apply([Path(a) for a in arguments], apply, out, normalize, raw)
        return
    method, *named = arguments
    _fit(method, [Path(name) for name in named], settings, out, save, normalize, raw)


def _check_target(path: Path | None, suffix: str, option: str) -> None:
    if path is None:
        return
    if path.suffix != suffix:
        raise RecordError(
            f"{option} {path} ends in {path.suffix or 'nothing'}; name a {suffix} file."
        )
    if path.exists():
        raise RecordError(f"{option} {path} exists; name a new file, nothing is overwritten.")


def _refuse(option: str, others: Mapping[str, object]) -> None:
    for name, value in others.items():
        if value:
            raise RecordError(f"{option} does not go with {name}; leave one of them out.")


def _fit(
    method: str,
    files: Sequence[Path],
    settings: Sequence[str] | None,
    out: Path,
    save: Path | None,
    normalize: bool,
    raw: str | None,
) -> None:
    from theory import repairs

    options = parse_settings(settings)
    fitted = repairs.create(method, **options)
    given = _unit(files, normalize, raw)
    fitted.fit(*given.views.values())
    made = {"repair": method, "options": options, "files": [path.name for path in files]}
    _write(fitted, given, made, out, f"{method}, fitted and judged on the same rows")
    if save is not None:
        save_state(save, *fitted.state())
        console.print(f"fitted repair: {escape(str(save))}", soft_wrap=True)


def _apply(files: Sequence[Path], saved: Path, out: Path, normalize: bool, raw: str | None) -> None:
    from theory.repairs import from_state

    fitted = from_state(*load_state(saved))
    given = _unit(files, normalize, raw)
    made = {"repair": fitted.name, "applied": saved.name, "files": [path.name for path in files]}
    _write(fitted, given, made, out, f"{fitted.name}, applied as it was saved")


def _unit(files: Sequence[Path], normalize: bool, raw: str | None) -> Given:
    """Views of unit rows: as they are, or normalised if that was asked for."""
    from theory.sphere import normalize as unit

    given = read_inputs(files, normalize=normalize, few_rows=True, raw=raw)
    if not normalize:
        return given
    return given._replace(views={name: unit(view) for name, view in given.views.items()})


def _write(fitted: Repair, given: Given, made: dict[str, Any], out: Path, title: str) -> None:
    """Write the repaired arrays and show what changed, on all rows or on a part of them."""
    import numpy as np

    from theory import metrics

    views = list(given.views.values())
    repaired = fitted.transform(*views)
    n = len(views[0])
    items: Any = slice(None)
    if n > _JUDGED:
        items = np.sort(np.random.default_rng(0).choice(n, _JUDGED, replace=False))
    before = metrics.evaluate(*(view[items] for view in views), names=_METRICS)
    after = metrics.evaluate(*(view[items] for view in repaired), names=_METRICS)
    Embeddings(dict(zip(given.views, repaired, strict=True)), made=made).save(out)
    rows = [
        (called, show(before[key]), show(after[key]))
        for key, called, show in _SHOWN
        if key in before
    ]
    table(f"{title} ({min(n, _JUDGED)} of {n})", ("", "before", "after"), rows)
    console.print(f"repaired arrays: {escape(str(out))} ({', '.join(given.views)})", soft_wrap=True)


def _compare(
    given: Given, options: Mapping[str, Any], jobs: int, out: Path | None, as_json: bool
) -> None:
    from theory.diagnosis import compare_repairs

    keywords = dict(
        labels=given.labels, captions=given.captions, names=list(given.views), jobs=jobs, **options
    )
    views = given.views.values()
    if as_json:
        found = compare_repairs(*views, **keywords)
    else:
        with stage("repair --all") as progress:
            found = compare_repairs(*views, **keywords, progress=progress)
    record = plain(found.to_dict())
    if out is not None:
        write_json(record, out)
    if as_json:
        typer.echo(json.dumps(record, indent=2, allow_nan=False))
        return
    print_comparison(record)
    if out is not None:
        console.print(f"table: {escape(str(out))}", soft_wrap=True)


def print_comparison(record: Mapping[str, Any]) -> None:
    """Print the tables of all repairs and the recommendation."""
    from figures.diagnosis.words import estimate, title

    console.print(
        f"[bold]Repairs of {escape(', '.join(record['names']))}: fitted on {record['fitted']:,} "
        f"pairs, judged on {record['judged']:,} others[/]"
    )
    console.print(
        "[dim]95 % intervals: gap and cosine by a bootstrap of the pairs, the rest by subsamples "
        f"of {record['subsample']} pairs without replacement (R@1 is among as many).[/]"
    )
    rows = [row for row in record["rows"] if row["values"]]
    for heading, keys in _TABLES:
        shown = [key for key in keys if key in rows[0]["values"]]
        if not shown:
            continue
        table(
            heading,
            ("", *(title(key) for key in shown)),
            [
                (row["method"], *(_cell(estimate(key, row["values"][key])) for key in shown))
                for row in rows
            ],
        )
    for row in record["rows"]:
        if row["note"]:
            console.print(f"{row['method']} was not fitted: {escape(row['note'])}", soft_wrap=True)
    advice = record["recommendation"]
    console.print(f"[bold]Recommended: {advice['method']}.[/] {escape(advice['reason'])}")


def _cell(text: str) -> str:
    """The interval below the value, so that a table of many columns stays narrow."""
    value, bracket, interval = text.partition(" [")
    return f"{value}\n{escape(bracket.strip() + interval)}" if bracket else text
