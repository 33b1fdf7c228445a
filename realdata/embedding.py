"""Embeddings of a data set by towers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from gaplab.records import Embeddings, RecordError, RunFolder
from realdata.checkpoints import load_towers
from realdata.datasets import PairedDataset
from realdata.towers import Towers
from theory.errors import InputError

__all__ = ["embed", "find_towers"]


def embed(
    towers: Towers,
    data: PairedDataset,
    part: str,
    *,
    inputs: Sequence[torch.Tensor] | None = None,
    made: Mapping[str, Any] | None = None,
) -> Embeddings:
    """Unit embeddings of one part of a data set, with its labels and captions.

    Parameters
    ----------
    towers : Towers
    data : PairedDataset
        With the modalities of the towers.
    part : {"train", "val", "test"}
    inputs : sequence of torch.Tensor, optional
        The part as the towers take it, where that is at hand.
    made : mapping, optional
        How the towers were made.

    Raises
    ------
    InputError
        If the data set lacks a modality of the towers.
    """
    pairs = data.part(part)
    if data.modalities != towers.modalities:
        raise InputError(
            f"data set {data.name!r} has modalities {', '.join(data.modalities)} and the model "
            f"{', '.join(towers.modalities)}; choose two that fit."
        )
    if inputs is None:
        inputs = towers.inputs(pairs.images, pairs.captions, pairs.further)
    views = towers.embed(*inputs)
    return Embeddings(
        dict(zip(towers.modalities, views, strict=True)),
        labels=pairs.labels,
        captions=pairs.captions,
        made={
            **(made or {}),
            "dataset": data.name,
            "licence": data.licence,
            "split": part,
            "logit_scale": float(towers.logit_scale.detach()),
        },
    )


def find_towers(model: str, *, seed: int = 0, pretrained: str | None = None) -> Towers:
    """Towers by what a person has at hand.

    Parameters
    ----------
    model : str
        A folder of `gaplab train`, one of its checkpoints, or with `pretrained` a model of
        open_clip.
    seed : int
        Which seed of a folder.
    pretrained : str, optional
        A tag of open_clip, or a file of weights.

    Raises
    ------
    InputError, RecordError
        If there is no such thing, or its weights cannot be had.
    """
    if pretrained is not None:
        return Towers(model, seed, pretrained=pretrained)
    if Path(model).is_dir():
        run = RunFolder.open(model)
        path = run.path / "checkpoints" / f"seed-{seed}.safetensors"
        if not path.is_file():
            raise RecordError(f"{run.path} has no finished seed {seed}; name another --seed.")
        return load_towers(path)
    if Path(model).suffix == ".safetensors":
        return load_towers(Path(model))
    raise InputError(
        f"{model!r} is neither a folder of gaplab train nor a checkpoint; "
        "for a model of open_clip give --pretrained as well."
    )
