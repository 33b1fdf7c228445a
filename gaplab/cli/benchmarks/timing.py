"""Wall-clock times of calls that take turns, so that whatever else runs slows all alike."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

__all__ = ["Spread", "interleave", "limit_threads", "spread"]

EXTENSION = 5
"""How many times as many rounds there are at most where they are short."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Spread:
    """Median and quartiles."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float] | NDArray[np.float64]) -> Spread:
    """Median and quartiles of some values.

    Examples
    --------
    >>> spread([1.0, 2.0, 3.0, 4.0, 100.0])
    Spread(median=3.0, low=2.0, high=4.0)
    """
    low, median, high = np.quantile(np.asarray(values, dtype=np.float64), [0.25, 0.5, 0.75])
    return Spread(float(median), float(low), float(high))


def interleave(
    calls: Mapping[Key, Callable[[], Any]],
    repeats: int,
    report: Callable[[Key], None] = lambda key: None,
    *,
    budget: float = 0.0,
) -> dict[Key, NDArray[np.float64]]:
    """Time calls in turn, round after round; each should have been made once before.

    Every round begins with another call, so that none always runs in the cache that the same
    other one left.

    Parameters
    ----------
    calls : mapping of names to callables without arguments
    repeats : int
        Fewest rounds.
    report : callable, optional
        Told the name of a call before it is made.
    budget : float
        Seconds for which rounds go on beyond `repeats`, up to five times as many: a busy moment
        spoils several rounds of a fast call at once.

    Returns
    -------
    dict of ndarray, one entry a round
        Seconds; entry k of each is of the same round.
    """
    seconds: dict[Key, list[float]] = {key: [] for key in calls}
    order, begun = list(calls), time.perf_counter()
    gc.collect()
    for k in range(EXTENSION * repeats):
        if k >= repeats and time.perf_counter() - begun > budget:
            break
        first = k % len(order)
        for key in order[first:] + order[:first]:
            report(key)
            with _uncollected():
                start = time.perf_counter()
                calls[key]()
                seconds[key].append(time.perf_counter() - start)
    return {key: np.array(own) for key, own in seconds.items()}


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Collect no garbage while the clock runs."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextlib.contextmanager
def limit_threads(number: int) -> Iterator[None]:
    """Give PyTorch, NumPy and SciPy so many threads inside the block."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        with threadpool_limits(number):
            yield
    finally:
        torch.set_num_threads(before)
