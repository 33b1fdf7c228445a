"""Items that occur more than once: false negatives for the loss, ties for retrieval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from theory.metrics.floor import false_negative_floor

__all__ = ["Repeats", "repeated_groups", "repeated_rows"]


class Repeats(NamedTuple):
    """How often items repeat others.

    Attributes
    ----------
    share : float
        Items that another item equals.
    distinct : int
        Different items.
    largest : int
        Size of the largest group of equal items.
    floor : float
        InfoNCE that no model can get below, on all items as one batch, in nats.
    """

    share: float
    distinct: int
    largest: int
    floor: float


def repeated_groups(groups: NDArray[np.int64]) -> Repeats:
    """Repeats of coded identifiers such as captions.

    Examples
    --------
    >>> repeated_groups(np.array([0, 0, 1, 2])).share
    0.5
    """
    sizes = np.bincount(groups)
    sizes = sizes[sizes > 0]
    return Repeats(
        float(sizes[sizes > 1].sum() / len(groups)),
        len(sizes),
        int(sizes.max()),
        false_negative_floor(groups),
    )


def repeated_rows(views: Sequence[NDArray[Any]]) -> list[Repeats]:
    """Rows of each view that are equal to another, bit for bit."""
    found = []
    for view in views:
        seen: dict[int, int] = {}
        codes = np.array(
            [seen.setdefault(hash(np.asarray(row).tobytes()), len(seen)) for row in view]
        )
        found.append(repeated_groups(codes))
    return found
