"""Post-hoc repairs of saved embeddings: fitted on one part of the split, judged on another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gaplab.records import Embeddings, RecordError
from realdata.evaluation import judge, two_views
from theory import repairs

__all__ = ["METHODS", "repair_table", "repaired"]

METHODS = ("none", "translation", "procrustes", "rotation", "shared_projection")
"""The rows of the table; ``none`` is before any repair."""


def repaired(
    train: Embeddings,
    test: Embeddings,
    method: str,
    options: Mapping[str, Any] | None = None,
) -> Embeddings:
    """The test embeddings after a repair fitted on the train embeddings.

    Parameters
    ----------
    train, test : Embeddings
        The same views in the same order.
    method : str
        ``none``, or a name in `theory.repairs`.
    options : mapping, optional
        Options of the repair.

    Returns
    -------
    Embeddings
        With labels and captions of `test`; `made` also says what was fitted, and on what.

    Raises
    ------
    RecordError
        If the two do not have the same views.
    """
    if list(train.views) != list(test.views):
        raise RecordError(
            f"train has views {', '.join(train.views)} and test has {', '.join(test.views)}; "
            "give two parts of the same run."
        )
    views = two_views(test)
    if method != "none":
        repair = repairs.create(method, **(options or {})).fit(*two_views(train))
        views = list(repair.transform(*views))
    fitted = {"repair": method, "options": dict(options or {}), "fit_on": _part(train)}
    return Embeddings(
        dict(zip(test.views, views, strict=True)),
        labels=test.labels,
        captions=test.captions,
        made={**test.made, **fitted},
    )


def repair_table(
    train: Embeddings,
    test: Embeddings,
    methods: Sequence[str] = METHODS,
    *,
    loss: str,
    seed: int,
) -> tuple[list[dict[str, Any]], dict[str, Embeddings]]:
    """Judge every repair of one trained model.

    Parameters
    ----------
    train, test : Embeddings
        Pairs of one model; repairs see `train` alone, metrics `test` alone.
    methods : sequence of str
        Rows, in this order.
    loss : str
        What the model was trained with.
    seed : int
        Its seed.

    Returns
    -------
    rows : list of dict
        ``method``, ``loss``, ``seed``, ``fit_on``, ``judged_on``, ``n_fit``, ``n_judged`` and
        every metric.
    embeddings : dict of str to Embeddings
        The repaired test embeddings of every method.
    """
    after = {method: repaired(train, test, method) for method in methods}
    rows = [
        {
            "method": method,
            "loss": loss,
            "seed": seed,
            "fit_on": _part(train),
            "judged_on": _part(test),
            "n_fit": len(train),
            "n_judged": len(test),
            **judge(embeddings),
        }
        for method, embeddings in after.items()
    ]
    return rows, after


def _part(embeddings: Embeddings) -> str:
    return str(embeddings.made.get("split", "unnamed"))
