"""``gaplab repair``: fit a repair on two or more arrays of embeddings and write the result."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaplab.cli.console import console, degrees, number, table
from gaplab.cli.options import Settings, parse_settings
from gaplab.records import Embeddings, RecordError, load_array

__all__ = ["repair"]

_SHOWN = (
    ("centroid_gap", "centroid gap", number),
    ("gap_angle", "angle of the means", degrees),
    ("true_pair_cosine", "true-pair cosine", number),
    ("r1_xy", "R@1 first → second", number),
    ("r1_yx", "R@1 second → first", number),
)
_METRICS = ("centroid_gap", "gap_angle", "true_pair_cosine", "recall")


def repair(
    method: Annotated[str, typer.Argument(help="translation, procrustes, rotation, …")],
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="A B [C …]", help="Embeddings, one array a file: npy, npz, safetensors."
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Where to write the repaired arrays (.safetensors).")
    ],
    settings: Settings = None,
) -> None:
    """Repair paired embeddings: fit METHOD on the rows of A and B, write them repaired."""
    from theory import metrics, repairs
    from theory.validation import check_views

    if len(files) < 2:
        raise RecordError(f"{len(files)} file given; a repair needs at least two, one a modality.")
    if out.suffix != ".safetensors":
        raise RecordError(
            f"--out {out} ends in {out.suffix or 'nothing'}; name a .safetensors file."
        )
    if out.exists():
        raise RecordError(f"--out {out} exists; name a new file, nothing is overwritten.")
    options = parse_settings(settings)
    fitted = repairs.create(method, **options)
    views = check_views(*(load_array(path) for path in files), names=[str(path) for path in files])
    repaired = fitted.fit(*views).transform(*views)
    before = metrics.evaluate(*views, names=_METRICS)
    after = metrics.evaluate(*repaired, names=_METRICS)
    names = _names(files)
    made = {"repair": method, "options": options, "files": [path.name for path in files]}
    Embeddings(dict(zip(names, repaired, strict=True)), made=made).save(out)
    rows = [
        (title, show(before[key]), show(after[key])) for key, title, show in _SHOWN if key in before
    ]
    table(
        f"{method}, fitted and judged on the same {len(views[0])} rows",
        ("", "before", "after"),
        rows,
    )
    console.print(f"repaired arrays: {out} ({', '.join(names)})")


def _names(files: list[Path]) -> list[str]:
    """File stems, numbered where two are equal."""
    stems = [path.stem for path in files]
    return [s if stems.count(s) == 1 else f"{s}-{k}" for k, s in enumerate(stems)]
