"""Learning rate, batches and recorded steps, each a function of numbers that a resume knows."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["batches", "learning_rate", "recorded_steps", "steps_per_epoch"]


def steps_per_epoch(n: int, batch_size: int) -> int:
    """Batches that `n` pairs make, none larger than `batch_size`."""
    return math.ceil(n / batch_size)


def batches(n: int, batch_size: int, seed: int, epoch: int) -> list[np.ndarray]:
    """The batches of one epoch: all `n` rows once, in batches of nearly equal size.

    They depend on `seed` and `epoch` alone, so that a resumed run sees the same ones.

    Examples
    --------
    >>> [len(rows) for rows in batches(10, 4, seed=0, epoch=0)]
    [4, 3, 3]
    """
    rows = np.random.default_rng([seed, epoch]).permutation(n)
    return np.array_split(rows, steps_per_epoch(n, batch_size))


def learning_rate(step: int, steps: int, lr: float, warmup: float) -> float:
    """open_clip's schedule: linear over the first `warmup` share of the steps, then a cosine to 0.

    Examples
    --------
    >>> [round(learning_rate(s, 10, 1.0, 0.2), 3) for s in (0, 1, 2, 6, 9)]
    [0.5, 1.0, 1.0, 0.5, 0.038]
    """
    first = round(warmup * steps)
    if step < first:
        return lr * (step + 1) / first
    return lr * 0.5 * (1.0 + math.cos(math.pi * (step - first) / (steps - first)))


def recorded_steps(steps: int, records: int) -> list[int]:
    """At most `records` steps from 0 to `steps`, both included, dense at the start.

    Half of them grow geometrically, for the first fast changes; half are evenly spaced.

    Examples
    --------
    >>> recorded_steps(100, 10)
    [0, 1, 3, 10, 20, 32, 40, 60, 80, 100]
    """
    half = (records - 1) // 2
    growing = np.geomspace(1, steps, half + 1)[:-1]
    even = np.linspace(0, steps, records - half)
    return sorted({round(float(s)) for s in np.concatenate([growing, even])})
