"""The loss that repeated captions leave, however good the model."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.stats import hypergeom

from theory.errors import InputError
from theory.metrics.sample import codes
from theory.validation import check_integer

__all__ = ["false_negative_floor"]


def false_negative_floor(groups: Any, batch_size: int | None = None) -> float:
    """Infimum of InfoNCE when items of one group have one text embedding.

    From image i the m_i equal texts of its group get equal probability, so it costs at least
    ``log m_i``. From their text, the m_i images are each the target once while the query is the
    same, so the mean over the group is at least ``−mean log p_j ≥ log m_i``. Both directions
    approach it together as β → ∞ with the groups apart: the floor is ``mean_i log m_i`` over
    the full set, and over batches drawn without replacement ``mean_i E log(1 + K_i)``, with K_i
    the other members of i's group in its batch, hypergeometric(n − 1, m_i − 1, B − 1).

    Parameters
    ----------
    groups : array_like, shape (n,)
        Group of each item, e.g. its caption.
    batch_size : int, optional
        B, from 1 to n; the full set by default.

    Returns
    -------
    float
        Floor of open_clip's loss (the mean of both directions) in nats.

    Raises
    ------
    InputError
        If `groups` is not one-dimensional and non-empty or `batch_size` is not in 1 … n.

    Examples
    --------
    >>> round(false_negative_floor(["cat", "cat", "dog", "dog"]), 6)  # log 2
    0.693147
    >>> false_negative_floor(["cat", "dog", "owl"])
    0.0
    """
    n = np.size(groups)
    coded = codes(groups, n, "groups")
    if coded is None or n == 0:
        raise InputError("groups is empty; pass one group per item.")
    batch = n if batch_size is None else check_integer("batch_size", batch_size, minimum=1)
    if batch > n:
        raise InputError(f"batch_size={batch} exceeds the {n} items; give at most {n}.")
    sizes = np.bincount(coded)
    floor = 0.0
    for m, count in zip(*np.unique(sizes, return_counts=True), strict=True):
        others = np.arange(min(m, batch))
        chance = hypergeom.pmf(others, n - 1, m - 1, batch - 1)
        floor += count * m / n * float(chance @ np.log1p(others))
    return float(floor)
