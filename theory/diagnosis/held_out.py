"""Linear classifiers of the modality and of the class, with intervals over held-out pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from theory.diagnosis.estimates import Draws
from theory.diagnosis.pairs import pair_suffixes
from theory.metrics import LinearProbe, Sample, Separability

__all__ = ["auc_contributions", "held_out"]

Array = NDArray[np.float64]


def held_out(sample: Sample, seed: int, resamples: int) -> dict[str, Draws]:
    """Separability of every two views, and the linear probe where there are labels.

    The two classifiers, each fitted on one half and judged on the other, are held; the pairs
    that judge them are resampled. An AUC is resampled through what each pair contributes to
    it [DeLong1988]_.

    Returns
    -------
    dict of str to Draws
        ``separability_auc``, ``separability_accuracy`` (with suffixes, and their means over
        pairs of views, for three views and more), ``linear_probe``.
    """
    values: dict[str, Array] = {}
    suffixes = pair_suffixes(len(sample.views))
    for (a, b), suffix in suffixes.items():
        margins = Separability().margins(sample.views[a], sample.views[b], sample)
        accuracy = (np.sign(margins) * np.array([[-1.0], [1.0]]) + 1) / 2
        auc = np.empty(sample.n)
        for half in sample.halves():
            auc[half] = auc_contributions(margins[0, half], margins[1, half])
        values["separability_auc" + suffix] = auc
        values["separability_accuracy" + suffix] = accuracy.mean(axis=0)
    if len(suffixes) > 1:
        for key in ("separability_auc", "separability_accuracy"):
            values[key] = np.mean([values[key + s] for s in suffixes.values()], axis=0)
    if sample.labels is not None:
        values["linear_probe"] = LinearProbe().hits(sample)
    return _resampled(values, sample.n, seed, resamples)


def auc_contributions(low: Array, high: Array) -> Array:
    """What each pair adds to the AUC of `high` over `low`, shape (n,); their mean is the AUC.

    To first order the AUC of a resample is the mean of ``V(low_i) + V(high_i) − AUC`` over its
    pairs, with V the share of the other side that a margin is on the right side of, ties ½.

    Examples
    --------
    >>> auc_contributions(np.array([0.0, 2.0]), np.array([1.0, 3.0]))
    array([0.75, 0.75])
    """
    n = len(low)
    ranks = rankdata(np.concatenate([low, high]))
    below = (ranks[n:] - rankdata(high)) / n  # share of `low` below each of `high`
    above = 1 - (ranks[:n] - rankdata(low)) / n  # share of `high` above each of `low`
    return np.asarray(below + above - below.mean())


def _resampled(values: dict[str, Array], n: int, seed: int, resamples: int) -> dict[str, Draws]:
    table = np.stack(list(values.values()), axis=1)
    rng = np.random.default_rng(seed)
    means = np.stack(
        [np.bincount(rng.integers(n, size=n), minlength=n) @ table / n for _ in range(resamples)]
    )
    value = table.mean(axis=0)
    return {key: Draws(float(value[k]), 2 * value[k] - means[:, k]) for k, key in enumerate(values)}
