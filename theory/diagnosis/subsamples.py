"""Statistics whose resamples would repeat rows: on subsamples without replacement.

A row drawn twice is its own nearest neighbour, so a bootstrap breaks retrieval, neighbours,
clusters and distances of laws; a subsample does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.metrics import METRICS, Clustering, Metric, Sample, View

__all__ = [
    "DRAWS",
    "METRICS_OF_A_DRAW",
    "Progress",
    "all_metrics",
    "draw_items",
    "draw_size",
    "evaluate_draws",
]

Array = NDArray[np.float64]
Progress = Callable[[int, int, str], None]
Measure = Callable[[Sample], Mapping[str, float]]

DRAWS = 50
LARGEST = 2000

METRICS_OF_A_DRAW = (
    "recall", "v_measure", "knn", "mutual_knn", "uniformity", "energy_distance", "mmd2", "frechet",
    "cka", "effective_rank", "subspace_dimension", "principal_angles", "vmf",
)  # fmt: skip


def draw_size(n: int, h: int) -> int:
    """Items of a subsample: half of all, at most 1,000, or two a dimension up to 2,000.

    Examples
    --------
    >>> draw_size(600, 512), draw_size(20_000, 128), draw_size(20_000, 768)
    (300, 1000, 1536)
    """
    return max(1, min(n // 2, max(1000, min(LARGEST, 2 * h))))


def draw_items(n: int, size: int, draws: int, seed: int) -> list[NDArray[np.int64]]:
    """The items of every subsample, each in ascending order."""
    rng = np.random.default_rng(seed)
    return [np.sort(rng.choice(n, size, replace=False)) for _ in range(draws)]


def evaluate_draws(
    views: Sequence[NDArray[Any]],
    items: Sequence[NDArray[np.int64]],
    *,
    labels: NDArray[np.int64] | None = None,
    groups: NDArray[np.int64] | None = None,
    measure: Measure | None = None,
    pool: Executor,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, Array]:
    """Evaluate metrics on every subsample.

    Parameters
    ----------
    views : sequence of ndarray, shape (n, h)
        Memory-maps are read one subsample at a time.
    items : sequence of ndarray of int
        As `draw_items` gives.
    labels, groups : ndarray of int, optional
    measure : callable, optional
        What to compute of a `Sample`; the metrics of `METRICS_OF_A_DRAW` by default.
    pool : concurrent.futures.Executor
        Threads that take a subsample at a time; the numbers do not depend on them.
    seed : int
        Seed of k-means and bandwidths, different for every draw.
    progress : callable, optional
        Told the draws done.

    Returns
    -------
    dict of str to ndarray, shape (draws,)
    """
    compute = all_metrics if measure is None else measure
    seeds = np.random.SeedSequence(seed).generate_state(len(items))
    done = 0

    def one(index: int) -> Mapping[str, float]:
        nonlocal done
        chosen = items[index]
        sample = Sample(
            tuple(View(view[chosen], np.float32) for view in views),
            None if labels is None else np.unique(labels[chosen], return_inverse=True)[1],
            None if groups is None else np.unique(groups[chosen], return_inverse=True)[1],
            int(seeds[index]),
        )
        found = compute(sample)
        done += 1
        if progress is not None:
            progress(done, len(items), "subsamples")
        return found

    rows = list(pool.map(one, range(len(items))))
    return {key: np.array([row[key] for row in rows]) for key in rows[0]}


def all_metrics(sample: Sample) -> dict[str, float]:
    """Metrics of `METRICS_OF_A_DRAW`, those of classes only where there are labels."""
    result: dict[str, float] = {}
    for name in METRICS_OF_A_DRAW:
        if METRICS[name].needs_labels and sample.labels is None:
            continue
        result |= _metric(name)(sample)
    return result


def _metric(name: str) -> Metric:
    """A metric for one draw of many: k-means starts once, the draws being the other starts."""
    return Clustering(seeds=1, starts=1) if name == "v_measure" else METRICS[name]()
