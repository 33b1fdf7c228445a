"""``gaplab diagnose``: why two or more arrays of embeddings lie apart."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from gaplab.cli.console import console, stage, table
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
from gaplab.cli.options import Seed
from gaplab.records import Embeddings, RecordError, RunFolder, machine, write_json, write_text
from gaplab.records.files import plain

if TYPE_CHECKING:
    from theory.diagnosis import Diagnosis

__all__ = ["diagnose", "print_diagnosis"]

SAMPLE = 1000
"""Pairs that are kept for the pictures."""

_SIGNS = {"warning": "[bold red]![/]", "gap": "•", "theory": "→", "advice": "[green]✓[/]"}


def diagnose(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="A B [C …]",
            help="Embeddings, one modality a file (npy, npz, safetensors), or one file of several.",
        ),
    ],
    labels: Labels = None,
    captions: Captions = None,
    temperature: Annotated[
        float, typer.Option("--temperature", help="τ of the model; CLIP's learned one ends here.")
    ] = 0.01,
    normalize: Normalize = False,
    few_rows: FewRows = False,
    raw: Raw = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write one self-contained page with pictures.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="New folder for the page, the numbers and the pictures."),
    ] = None,
    seed: Seed = 0,
    jobs: Threads = None,
) -> None:
    """Diagnose paired embeddings: every metric with its interval, what theory says, and why."""
    if html is not None and html.exists():
        raise RecordError(f"--html {html} exists; name a new file, nothing is overwritten.")
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RecordError(f"--out {out} exists and is not empty; name a new folder.")
    given = read_inputs(files, labels, captions, normalize=normalize, few_rows=few_rows, raw=raw)
    options = {
        "temperature": temperature, "normalize": normalize, "few_rows": few_rows, "seed": seed
    }  # fmt: skip
    found = _run(given, options, jobs or int(machine()["cores"]), quiet=as_json)
    record = found.to_dict()
    config = {"files": [str(path) for path in files], **options}
    if out is not None or html is not None:
        with tempfile.TemporaryDirectory() as folder:
            page = write_folder(out or Path(folder) / "run", record, given, config)
            if html is not None:
                write_text(page.read_text(encoding="utf-8"), html)
    if as_json:
        typer.echo(json.dumps(plain(record), indent=2, allow_nan=False))
        return
    print_diagnosis(plain(record))
    for path in (html, None if out is None else out / "report.html"):
        if path is not None:
            console.print(f"[bold]page:[/] {escape(str(path))}", soft_wrap=True)


def _run(given: Given, options: Mapping[str, Any], jobs: int, quiet: bool) -> Diagnosis:
    from theory.diagnosis import diagnose as measure

    keywords = dict(
        labels=given.labels, captions=given.captions, names=list(given.views), jobs=jobs, **options
    )
    if quiet:
        return measure(*given.views.values(), **keywords)
    with stage("diagnose") as progress:
        return measure(*given.views.values(), **keywords, progress=progress)


def write_folder(
    out: Path, record: Mapping[str, Any], given: Given, config: Mapping[str, Any]
) -> Path:
    """Write a run folder: the record, a sample of the pairs for the pictures, and the page."""
    from figures.diagnosis import write_page

    with RunFolder.create(out, "diagnose", config) as run:
        write_json(record, run.file("diagnosis.json"))
        _sample(given, int(config["seed"])).save(run.file("sample.safetensors"))
    # The page tells how the run ended, so it is written once that is known.
    return write_page(run.path)


def _sample(given: Given, seed: int) -> Embeddings:
    """Unit rows of some of the pairs."""
    import numpy as np

    from theory.sphere import normalize

    n = len(next(iter(given.views.values())))
    items = np.sort(np.random.default_rng(seed).choice(n, min(n, SAMPLE), replace=False))
    rows = {
        name: normalize(np.asarray(view[items], dtype=np.float64)).astype(np.float32)
        for name, view in given.views.items()
    }
    return Embeddings(rows)


def print_diagnosis(record: Mapping[str, Any]) -> None:
    """Print the findings, the hypotheses and every metric of a diagnosis record."""
    from figures.diagnosis.words import metric_groups

    names = ", ".join(record["names"])
    console.print(f"[bold]{record['n']:,} pairs of {escape(names)} in {record['h']} dimensions[/]")
    for found in record["findings"]:
        console.print()
        _entry(_SIGNS[found["kind"]], escape(found["text"]), found["reason"])
    for pair in record["pairs"]:
        console.print(f"\n[bold]What theory asks of {escape(' and '.join(pair['names']))}[/]")
        for check in pair["hypotheses"]:
            sign = "[green]✓[/]" if check["met"] else "[yellow]✗[/]"
            told = f"{check['measured']}. Where it holds: {check['says']}."
            _entry(sign, f"[bold]{check['theorem']}[/]: {escape(check['needs'])}", told)
    console.print(
        "\n[dim]95 % intervals. bootstrap: over pairs. m × k: m subsamples of k pairs without "
        "replacement (repeated rows would be each other's neighbours); the value is that of k "
        "pairs, beside that of all rows where it was computed. held-out: over pairs that two "
        "classifiers have not seen.[/]"
    )
    for heading, rows in metric_groups(record):
        table(
            heading,
            ("", "value \\[95 %]", "how", "all rows"),
            [[escape(cell) for cell in row] for row in rows],
        )


def _entry(sign: str, text: str, reason: str) -> None:
    """A sentence behind its sign, and what it rests on below."""
    grid = Table.grid(padding=(0, 1))
    grid.add_row(sign, f"{text}\n[dim]{escape(reason)}[/]")
    console.print(grid)
