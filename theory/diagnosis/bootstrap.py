"""Means over pairs, and functions of the mean rows, with draws of a bootstrap over pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.diagnosis.estimates import Draws
from theory.diagnosis.pairs import PairStatistics

__all__ = ["RESAMPLES", "bootstrap"]

Array = NDArray[np.float64]

RESAMPLES = 1000
_AT_ONCE = 50  # resamples whose counts are in memory together

_OF_PAIRS = (
    "centroid_gap", "gap_angle", "true_pair_cosine", "random_pair_cosine", "l2i", "ims_residual",
    "relative_modality_gap",
)  # fmt: skip


def bootstrap(found: PairStatistics, seed: int, resamples: int = RESAMPLES) -> dict[str, Draws]:
    """Draw where the gap, the alignment and the mean lengths of the population may lie.

    Pairs are resampled with replacement; a draw is the basic bootstrap's ``2t − t*``, t the
    value and t* that of a resample [DavisonHinkley1997]_. Squared lengths of means, which a
    resample exceeds by its own noise, are reflected as squares, so that their bias is removed,
    not doubled: at no gap the interval reaches 0.

    Parameters
    ----------
    found : PairStatistics
    seed : int
        The same seed resamples the same pairs, so that draws of two data sets with the same
        items can be subtracted.
    resamples : int

    Returns
    -------
    dict of str to Draws
        ``centroid_gap``, ``gap_angle``, ``true_pair_cosine``, ``random_pair_cosine`` (its mean
        over i ≠ j), ``l2i``, ``ims_residual`` and ``relative_modality_gap``, with the suffixes
        of pairs beside their mean for three views and more; ``mean_length`` of each view.
    """
    means, values = _resample(found, np.random.default_rng(seed), resamples)
    result: dict[str, Draws] = {}
    squares = [np.square(mean).sum(axis=1) for mean in means]
    for name, view, square in zip(found.names, found.views, squares, strict=True):
        result[f"mean_length_{name}"] = _root(view.mean_length**2, square, 1.0)
    for (a, b), suffix in found.suffixes.items():
        one, two = found.views[a], found.views[b]
        gap = float(np.square(one.mean - two.mean).sum())
        result["centroid_gap" + suffix] = _root(gap, np.square(means[a] - means[b]).sum(axis=1), 4)
        chord = float(np.square(one.direction - two.direction).sum())
        cosine = np.einsum("bh,bh->b", means[a], means[b]) / np.sqrt(squares[a] * squares[b])
        root = _root(chord, 2 - 2 * cosine, 4.0)
        result["gap_angle" + suffix] = Draws(_angle(root.value), _angle(root.draws))
        result["random_pair_cosine" + suffix] = _basic(
            _strangers(
                float(one.mean @ two.mean), found.means["true_pair_cosine" + suffix], found.n
            ),
            _strangers(
                np.einsum("bh,bh->b", means[a], means[b]),
                values["true_pair_cosine" + suffix],
                found.n,
            ),
        )
        for key in ("true_pair_cosine", "l2i", "ims_residual"):
            result[key + suffix] = _basic(found.means[key + suffix], values[key + suffix])
        pair_cosine = values["true_pair_cosine" + suffix]
        result["relative_modality_gap" + suffix] = _basic(
            _relative(
                found.means["true_pair_cosine" + suffix],
                one.mean_length**2,
                two.mean_length**2,
                found.n,
            ),
            _relative(pair_cosine, squares[a], squares[b], found.n),
        )
    return _with_means_over_pairs(result, found)


def _resample(
    found: PairStatistics, rng: np.random.Generator, resamples: int
) -> tuple[list[Array], dict[str, Array]]:
    """Mean rows of every view, shape (resamples, h), and means of every per-pair value."""
    groups = len(found.views[0].deviations)
    keys = list(found.values)
    table = np.stack([found.values[key] for key in keys], axis=1)
    center = table.mean(axis=0)
    table32 = (table - center).astype(np.float32)
    means = [np.empty((resamples, found.h)) for _ in found.views]
    values = np.empty((resamples, len(keys)))
    for start in range(0, resamples, _AT_ONCE):
        stop = min(start + _AT_ONCE, resamples)
        counts = np.stack(
            [np.bincount(rng.integers(groups, size=groups), minlength=groups)
             for _ in range(start, stop)]
        ).astype(np.float32)  # fmt: skip
        for mean, view in zip(means, found.views, strict=True):
            mean[start:stop] = view.mean + counts @ view.deviations / groups
        values[start:stop] = center + counts @ table32 / groups
    return means, dict(zip(keys, values.T, strict=True))


def _basic(value: float | Array, resampled: Array) -> Draws:
    return Draws(float(value), 2 * float(value) - resampled)


def _root(square: float, resampled: Array, largest: float) -> Draws:
    """Draws of a length from those of its square."""
    return Draws(float(np.sqrt(square)), np.sqrt(np.clip(2 * square - resampled, 0.0, largest)))


def _angle(chord: Any) -> Any:
    """Angle of two unit vectors at that distance."""
    return 2 * np.arcsin(np.minimum(np.asarray(chord) / 2, 1.0))


def _strangers(product: Any, pair_cosine: Any, n: int) -> Any:
    """Mean cosine of x_i and y_j, i ≠ j, from the product of the means and the pairs' cosine."""
    return (n * product - pair_cosine) / (n - 1) if n > 1 else float("nan")


def _relative(cosine: Any, square_x: Any, square_y: Any, n: int) -> Any:
    """D_m / (D_m + ½(D_xx + D_yy)) from the pairs' mean cosine and the squared mean lengths."""
    if n < 2:
        return float("nan")
    between = (1 - cosine) / 2
    within = (2 - square_x - square_y) / 4 * n / (n - 1)
    with np.errstate(invalid="ignore"):
        return between / (between + within)


def _with_means_over_pairs(result: dict[str, Draws], found: PairStatistics) -> dict[str, Draws]:
    """Three views and more: beside the pairs, their mean under the plain key."""
    if len(found.suffixes) == 1:
        return result
    for key in _OF_PAIRS:
        each = [result[key + suffix] for suffix in found.suffixes.values()]
        result[key] = Draws(
            float(np.mean([draws.value for draws in each])),
            np.mean([draws.draws for draws in each], axis=0),
        )
    return result
