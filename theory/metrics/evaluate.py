"""One call for all metrics of a sample, and one for the record of a training step."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.errors import InputError
from theory.metrics.base import METRICS, view_names
from theory.metrics.sample import Sample
from theory.metrics.subspace import angles

__all__ = ["evaluate", "names", "snapshot"]


def names() -> list[str]:
    """Registered metrics, sorted; each returns one or more keys of `evaluate`."""
    return METRICS.names()


def evaluate(
    *views: Any,
    labels: Any = None,
    names: Iterable[str] | None = None,
    groups: Any = None,
    seed: int = 0,
) -> dict[str, float]:
    """Measure paired embeddings: gap, alignment, spread, retrieval, and the group level.

    Rows are normalised first: every metric is of directions.

    Parameters
    ----------
    *views : array_like or torch.Tensor, shape (n, h)
        Two or more modalities; row i of each is the same item.
    labels : array_like, shape (n,), optional
        Class of each item (numbers or strings). Without it the group level is left out.
    names : iterable of str, optional
        Metrics (see `names`) or single keys (``"r1_xy"``, ``"uniformity_x"``) to evaluate;
        all that apply by default.
    groups : array_like, shape (n,), optional
        Items of equal group (identical captions) answer each other's retrieval queries.
    seed : int
        Seed of splits, k-means and subsamples.

    Returns
    -------
    dict of str to float
        Two views: per-view keys end in ``_x``, ``_y``. Three or more: per-view keys end in
        ``_0``, ``_1``, …, per-pair keys in ``_01``, ``_02``, …, beside their mean over pairs
        under the plain key. Undefined values are nan. Angles in radians, recalls and
        accuracies in [0, 1].

    Raises
    ------
    InputError
        If views do not match, a name is unknown, or a named metric needs labels that are not
        given.

    Examples
    --------
    >>> x = [[1.0, 0.0], [0.0, 1.0]]
    >>> y = [[0.0, 1.0], [-1.0, 0.0]]
    >>> result = evaluate(x, y, names=["gap_angle", "r1_xy"])
    >>> round(result["gap_angle"], 4), result["r1_xy"]
    (1.5708, 0.5)
    """
    return _measure(Sample.of(*views, labels=labels, groups=groups, seed=seed), names)


def snapshot(
    *views: Any,
    labels: Any = None,
    groups: Any = None,
    names: Iterable[str] | None = None,
    seed: int = 0,
) -> dict[str, float | NDArray[np.float64]]:
    """Measure what a trajectory records at a step: the cheap metrics, spectra and angles.

    Parameters
    ----------
    *views, labels, groups, names, seed
        As for `evaluate`; by default the metrics that need neither k-means nor a classifier.

    Returns
    -------
    dict
        The floats of `evaluate`, and arrays whose shape depends on (n, h) alone, so that steps
        stack: ``spectrum_x``, ``spectrum_y`` (singular values of the uncentred rows over their
        sum, descending) and ``principal_angles`` (of the 99 % subspaces, ascending, radians,
        padded with nan to the length of a spectrum). Three or more views: ``spectrum_0`` …,
        ``principal_angles_01`` ….

    Raises
    ------
    InputError
        As for `evaluate`.

    Examples
    --------
    >>> snapshot([[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [-1.0, 0.0]])["spectrum_x"]
    array([0.5, 0.5])
    """
    sample = Sample.of(*views, labels=labels, groups=groups, seed=seed)
    if names is None:
        names = [n for n in _applicable(sample) if METRICS[n].cheap]
    result: dict[str, float | NDArray[np.float64]] = {**_measure(sample, names)}
    for name, view in zip(view_names(len(sample.views)), sample.views, strict=True):
        result[f"spectrum_{name}"] = view.singular_values / view.singular_values.sum()
    for a, b in sample.pairs:
        theta = angles(sample.views[a], sample.views[b])
        padded = np.full(len(sample.views[a].singular_values), np.nan)
        padded[: len(theta)] = theta
        result["principal_angles" + (f"_{a}{b}" if len(sample.views) > 2 else "")] = padded
    return result


def _applicable(sample: Sample) -> list[str]:
    """Names of the metrics whose needs the sample meets."""
    return [n for n in METRICS if sample.labels is not None or not METRICS[n].needs_labels]


def _measure(sample: Sample, wanted: Iterable[str] | None) -> dict[str, float]:
    """Run each metric once and keep the keys asked for."""
    if isinstance(wanted, str):
        wanted = [wanted]
    requests = _applicable(sample) if wanted is None else list(wanted)
    results: dict[str, dict[str, float]] = {}
    kept: dict[str, float] = {}
    for request in requests:
        metric = _metric_of(request)
        if METRICS[metric].needs_labels and sample.labels is None:
            raise InputError(f"metric {request!r} needs classes; pass labels, one per row.")
        if metric not in results:
            results[metric] = METRICS.create(metric)(sample)
        found = _select(results[metric], request, whole=request == metric)
        if not found:
            raise InputError(
                f"metric {request!r} does not exist for {len(sample.views)} views; "
                f"there are: {', '.join(results[metric])}."
            )
        kept.update(found)
    return kept


_SUFFIX = re.compile(r"_(x|y|\d+)$")


def _metric_of(request: str) -> str:
    """Name of the registered metric that returns the key `request` (or is called so)."""
    if request not in METRICS:
        bare = _SUFFIX.sub("", request)
        for name, metric in METRICS.items():
            if request in metric.keys or bare in metric.keys:
                return name
    METRICS[request]  # raises, with the nearest name, when there is no such metric
    return request


def _select(result: dict[str, float], request: str, whole: bool) -> dict[str, float]:
    """Keep what was asked for: everything, one key, or a key with all its suffixes."""
    if whole:
        return result
    if request in result and _SUFFIX.search(request):
        return {request: result[request]}
    return {k: v for k, v in result.items() if request in (k, _SUFFIX.sub("", k))}
