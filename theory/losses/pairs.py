"""Which pairs of views a loss of more than two modalities compares."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import TypeVar

from theory.errors import InputError
from theory.validation import check_choice

__all__ = ["Pairing"]

T = TypeVar("T")


class Pairing:
    """Every modality with an anchor, or every two modalities; one pair when M = 2.

    Parameters
    ----------
    pairs : {"anchor", "all"}
        ``"anchor"``: the M − 1 pairs (a, m), m ≠ a, as in [Grassucci2026];
        ``"all"``: the M(M−1)/2 pairs l < m.
    anchor : int
        Index a of the anchor view; negative counts from the end.

    Examples
    --------
    >>> Pairing().indices(3)
    [(0, 1), (0, 2)]
    >>> Pairing("all").indices(3)
    [(0, 1), (0, 2), (1, 2)]
    """

    def __init__(self, pairs: str = "anchor", anchor: int = 0) -> None:
        self.pairs = check_choice("pairs", pairs, ("anchor", "all"))
        self.anchor = anchor

    def indices(self, count: int) -> list[tuple[int, int]]:
        """Pairs of indices among `count` views."""
        if self.pairs == "all":
            return list(combinations(range(count), 2))
        if not -count <= self.anchor < count:
            raise InputError(f"anchor is {self.anchor}; with {count} views give 0 to {count - 1}.")
        anchor = self.anchor % count
        return [(anchor, other) for other in range(count) if other != anchor]

    def of(self, views: Sequence[T]) -> list[tuple[T, T]]:
        """Pairs of views."""
        return [(views[i], views[j]) for i, j in self.indices(len(views))]
