"""What all rows say: means over pairs with their draws, spectra, and the theory of every pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from theory.diagnosis.bootstrap import bootstrap
from theory.diagnosis.estimates import Estimate
from theory.diagnosis.hypotheses import Hypothesis, PairFacts, check_hypotheses
from theory.diagnosis.pairs import PairStatistics, ViewStatistics
from theory.diagnosis.predictions import Prediction, predict, shared_by_all
from theory.diagnosis.shape import height_misfit, transverse_isotropy
from theory.metrics import Recall, Sample, View, class_means
from theory.sphere import fit_vmf

__all__ = ["RANKED", "PairDiagnosis", "Whole", "describe", "recalls"]

RANKED = 30_000
"""Largest gallery that is ranked whole: the time grows with its square."""


@dataclass(frozen=True)
class PairDiagnosis:
    """What the theory says of two of the views.

    Attributes
    ----------
    names : (str, str)
    suffix : str
        Of the keys of this pair in `Diagnosis.estimates`.
    prediction : Prediction
    hypotheses : list of Hypothesis
    """

    names: tuple[str, str]
    suffix: str
    prediction: Prediction
    hypotheses: list[Hypothesis]


class Whole(NamedTuple):
    """What `describe` finds.

    Attributes
    ----------
    statistics : PairStatistics
    estimates : dict of str to Estimate
        Means over pairs, and functions of the mean rows.
    ranks : dict of str to float
        Effective ranks of all rows.
    pairs : list of PairDiagnosis
    shared : int
        Directions that all views share.
    """

    statistics: PairStatistics
    estimates: dict[str, Estimate]
    ranks: dict[str, float]
    pairs: list[PairDiagnosis]
    shared: int


def describe(
    views: Sequence[NDArray[Any]],
    names: Sequence[str],
    probe: Sample,
    temperature: float,
    seed: int,
    resamples: int,
) -> Whole:
    """Describe checked views by all their rows; shapes and classes by those of the probe."""
    statistics = PairStatistics(views, np.random.default_rng(seed))
    drawn = bootstrap(statistics, seed, resamples)
    estimates = {key: draws.estimate("bootstrap of pairs") for key, draws in drawn.items()}
    pairs = _pairs(names, statistics, probe, estimates, temperature)
    resolution = max(pair.prediction.resolution for pair in pairs)
    shared = shared_by_all(statistics.views, resolution)
    return Whole(statistics, estimates, _ranks(statistics), pairs, shared)


def recalls(views: Sequence[NDArray[Any]], groups: NDArray[np.int64] | None) -> dict[str, float]:
    """Recalls among all rows, where that takes seconds."""
    if len(views[0]) > RANKED:
        return {}
    return Recall()(Sample(tuple(View(view, np.float32) for view in views), groups=groups))


def _ranks(statistics: PairStatistics) -> dict[str, float]:
    """Effective ranks of all rows."""
    whole = {}
    for name, view in zip(statistics.names, statistics.views, strict=True):
        p = view.spectrum[view.spectrum > 0]
        whole[f"effective_rank_{name}"] = float(np.exp(-(p * np.log(p)).sum()))
        trace, square = np.trace(view.covariance), np.square(view.covariance).sum()
        whole[f"participation_ratio_{name}"] = float(trace**2 / square)
    return whole


def _pairs(
    names: Sequence[str],
    statistics: PairStatistics,
    probe: Sample,
    estimates: Mapping[str, Estimate],
    temperature: float,
) -> list[PairDiagnosis]:
    shapes = [
        _shape(view, found) for view, found in zip(probe.views, statistics.views, strict=True)
    ]
    result = []
    for (a, b), suffix in statistics.suffixes.items():
        one, two = statistics.views[a], statistics.views[b]
        prediction = predict(one, two, temperature)
        kappas, misfits, isotropies = zip(shapes[a], shapes[b], strict=True)
        facts = PairFacts(
            kappas=kappas,
            misfits=misfits,
            isotropies=isotropies,
            ims_residual=estimates["ims_residual" + suffix].value,
            class_spread=_class_spread(probe, a, b),
        )
        checks = check_hypotheses(one, two, facts, prediction)
        result.append(PairDiagnosis((names[a], names[b]), suffix, prediction, checks))
    return result


def _shape(view: View, found: ViewStatistics) -> tuple[float, float, float]:
    """κ̂, misfit of the heights and isotropy of a view; nan where there is no mean direction."""
    isotropy = transverse_isotropy(found.covariance, found.direction, found.moments.count)
    direction, kappa = fit_vmf(view.rows)
    if np.isnan(direction).any() or not np.isfinite(kappa) or view.h < 2:
        return float("nan"), float("nan"), isotropy
    return kappa, height_misfit(view.rows @ direction, kappa, view.h), isotropy


def _class_spread(probe: Sample, a: int, b: int) -> float:
    """Root mean square over classes of (gap of the class − gap), over the gap."""
    if probe.labels is None:
        return float("nan")
    one, two = probe.views[a], probe.views[b]
    gap = one.mean - two.mean
    gaps = class_means(one.rows, probe.labels) - class_means(two.rows, probe.labels)
    weights = np.bincount(probe.labels) / probe.n
    spread = float(np.sqrt(weights @ np.square(gaps - gap).sum(axis=1)))
    size = float(np.linalg.norm(gap))
    return spread / size if size > 0 else float("nan")
