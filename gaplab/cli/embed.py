"""``gaplab embed``: the embeddings of a data set by a trained model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gaplab.cli.console import console, stage
from gaplab.cli.options import Settings, parse_settings

__all__ = ["embed"]


def embed(
    model: Annotated[
        str,
        typer.Argument(help="Folder or checkpoint of gaplab train, or a model of open_clip."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="New file, .safetensors.")],
    dataset: Annotated[str, typer.Option(help="Data set; its options with --set.")] = "digits",
    part: Annotated[str, typer.Option(help="Part of its split: train, val or test.")] = "test",
    seed: Annotated[int, typer.Option(min=0, help="Which seed of a folder.")] = 0,
    pretrained: Annotated[
        str | None, typer.Option(help="Weights of a model of open_clip: a tag or a file.")
    ] = None,
    settings: Settings = None,
) -> None:
    """Embed a part of a data set with a trained model, for diagnose and repair."""
    from gaplab.records import RecordError
    from realdata import datasets
    from realdata.embedding import embed as compute
    from realdata.embedding import find_towers

    if out.suffix != ".safetensors":
        raise RecordError(f"--out {out} does not end in .safetensors; name such a file.")
    if out.exists():
        raise RecordError(f"--out {out} exists; name a new file.")
    towers = find_towers(model, seed=seed, pretrained=pretrained)
    data = datasets.create(dataset, **parse_settings(settings))
    with stage(f"embed {dataset} ({part})"):
        found = compute(towers, data, part, made={"model": model, "pretrained": pretrained})
    found.save(out)
    views = ", ".join(f"{name} {view.shape}" for name, view in found.views.items())
    console.print(f"{views}: {out}")
