"""The judgement of a trained model: once, at the end, on every test pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from gaplab.records import Embeddings, RecordError
from theory import losses, metrics

__all__ = ["RECALLS", "evaluation_record", "judge"]

RECALLS = (1, 5, 10)


def judge(embeddings: Embeddings, *, logit_scale: float | None = None) -> dict[str, float]:
    """Every metric of some pairs.

    Items with equal captions are correct answers to each other; classes enter the group level.

    Parameters
    ----------
    embeddings : Embeddings
        Pairs, with labels and captions where there are any.
    logit_scale : float, optional
        1/τ of the model; with it ``infonce``, the loss of all pairs as one batch, is included:
        compare it with the floor of `evaluation_record`.

    Returns
    -------
    dict of str to float
    """
    views = list(embeddings.views.values())
    found = metrics.evaluate(*views, labels=embeddings.labels, groups=embeddings.groups)
    if logit_scale is not None:
        tensors = [torch.from_numpy(view).double() for view in views]
        with torch.no_grad():
            found["infonce"] = float(
                losses.create("infonce")(*tensors, logit_scale=logit_scale)["loss"]
            )
        found["logit_scale"] = logit_scale
    return found


def evaluation_record(
    *,
    dataset: str,
    loss: str,
    model: str,
    embeddings: Embeddings,
    seeds: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """The content of ``evaluation.json``.

    Parameters
    ----------
    dataset, loss, model : str
        What was trained.
    embeddings : Embeddings
        Test embeddings of any seed, for their captions.
    seeds : sequence of dict
        One a seed: ``seed``, ``seconds`` and what `judge` found.

    Returns
    -------
    dict
        With ``chance`` (recall of a random ranking) and ``floor`` (the lowest InfoNCE that equal
        captions allow on the test pairs as one batch) beside the seeds' numbers; ``licence`` says
        where the data come from, and how many rows were left out.

    Raises
    ------
    RecordError
        If the embeddings have no captions.
    """
    groups = embeddings.groups
    if groups is None:
        raise RecordError("the test embeddings have no captions; save them with captions.")
    chance = {
        f"r{k}_{way}": metrics.chance_recall(groups, k) for k in RECALLS for way in ("xy", "yx")
    }
    return {
        "dataset": dataset,
        "loss": loss,
        "model": model,
        "split": "test",
        "n_test": len(embeddings),
        "licence": embeddings.made.get("licence", ""),
        "n_distinct_captions": len(set(embeddings.captions or ())),
        "seeds": list(seeds),
        "chance": chance,
        "floor": metrics.false_negative_floor(groups),
    }
