"""Which theorem's hypotheses two views meet, judged from their statistics."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from theory.diagnosis.pairs import ViewStatistics
from theory.diagnosis.predictions import Prediction
from theory.dynamics import critical_beta

__all__ = ["Hypothesis", "PairFacts", "check_hypotheses"]

ROUND = 0.9
"""Transverse isotropy from which a view counts as round about its mean."""

MISFIT = 0.05
"""Kolmogorov-Smirnov distance of the heights up to which a view counts as a vMF cloud."""

SMALL = 0.1
"""Ratio up to which a residual counts as small beside what it is measured against."""

RAYLEIGH_LEVEL = 0.01


class Hypothesis(NamedTuple):
    """A theorem's hypothesis and whether the data meet it.

    Attributes
    ----------
    theorem : str
        Its key in the ledger.
    needs : str
        The hypothesis.
    met : bool
    measured : str
        The numbers that decide.
    says : str
        What the theorem says where it is met.
    """

    theorem: str
    needs: str
    met: bool
    measured: str
    says: str


class PairFacts(NamedTuple):
    """What the hypotheses are judged by, beside the moments.

    Attributes
    ----------
    kappas, misfits, isotropies : (float, float)
        vMF concentration, Kolmogorov-Smirnov distance and transverse isotropy of each view.
    ims_residual : float
    class_spread : float
        Spread over the classes of the gap between their means, over the gap; nan without labels.
    """

    kappas: tuple[float, float]
    misfits: tuple[float, float]
    isotropies: tuple[float, float]
    ims_residual: float
    class_spread: float


def check_hypotheses(
    one: ViewStatistics, two: ViewStatistics, facts: PairFacts, found: Prediction
) -> list[Hypothesis]:
    """Judge every hypothesis that can be judged on two views."""
    h = len(one.mean)
    checks = [
        _uniform(one, two),
        _range(h, found.temperature),
        _cones(facts),
        *_subspaces(h, found),
        _isometry(one, two, facts),
        _constant_shift(one, two),
    ]
    if not np.isnan(facts.class_spread):
        checks.append(_same_in_every_class(facts))
    return checks


def _uniform(one: ViewStatistics, two: ViewStatistics) -> Hypothesis:
    h = len(one.mean)
    values = []
    for view in (one, two):
        n = view.moments.count
        # Rayleigh: n h R̄² of a uniform cloud is χ² with h degrees of freedom.
        values.append(chi2.sf(n * h * view.mean_length**2, h) > RAYLEIGH_LEVEL)
    return Hypothesis(
        "Y.T1, N.1",
        "both views fill the sphere evenly",
        bool(all(values)),
        f"mean lengths {one.mean_length:.3f}, {two.mean_length:.3f} (even: below about "
        f"{np.sqrt(1 / one.moments.count):.3f})",
        "the unconstrained optimum: pairs coincide and no gap is left",
    )


def _range(h: int, temperature: float) -> Hypothesis:
    limit = 1 / critical_beta(h) if h >= 2 else float("nan")
    return Hypothesis(
        "N.1",
        "the temperature is in the proved range",
        bool(temperature >= limit),
        f"τ = {temperature:g}, proved from τ = {limit:.3g} on in dimension {h}",
        "no configuration of finitely many pairs beats the aligned uniform one: a gap is never "
        "optimal for the free loss",
    )


def _cones(facts: PairFacts) -> Hypothesis:
    met = max(facts.misfits) <= MISFIT and min(facts.isotropies) >= ROUND
    return Hypothesis(
        "Y.T2",
        "each view is a von Mises-Fisher cone",
        bool(met),
        "κ = {:.3g}, {:.3g}; distance of the heights from their law {:.3f}, {:.3f} (cone: up to "
        "{:g}); isotropy {:.2f}, {:.2f} (cone: from {:g})".format(
            *facts.kappas, *facts.misfits, MISFIT, *facts.isotropies, ROUND
        ),
        "the loss of the centres has its only global minimum at gap 0",
    )


def _subspaces(h: int, found: Prediction) -> list[Hypothesis]:
    p, q = found.dimensions
    proper = p < h and q < h
    simple = len(found.angles) < 2 or found.angles[1] - found.angles[0] > found.resolution
    smallest = np.degrees(found.angles[0])
    checks = [
        Hypothesis(
            "N.T3′",
            "each view lies in a proper subspace",
            proper,
            f"99 % of the second moment in {p} and {q} of {h} dimensions; smallest principal "
            f"angle {smallest:.2f}°" + (", simple" if simple and proper else ""),
            "the gap of centre pairs converges to the smallest principal angle",
        )
    ]
    if found.shared:
        checks.append(
            Hypothesis(
                "Y.T3 (A6)",
                "the mean directions are orthogonal to what the views share",
                proper and max(found.center_shared_x, found.center_shared_y) <= SMALL,
                f"share of the mean directions inside the {found.shared} shared directions: "
                f"{found.center_shared_x:.2f}, {found.center_shared_y:.2f} (orthogonal: up to "
                f"{SMALL:g})",
                "the gap stays at the angle between the subspaces",
            )
        )
    return checks


def _isometry(one: ViewStatistics, two: ViewStatistics, facts: PairFacts) -> Hypothesis:
    spread = np.mean([_deviation(view.covariance, view.direction) for view in (one, two)])
    ratio = facts.ims_residual / spread if spread > 0 else float("nan")
    return Hypothesis(
        "Y.T4 (IMS)",
        "pairs lie at the same height over their means",
        bool(ratio <= SMALL),
        f"residual {facts.ims_residual:.3f}, heights vary by {spread:.3f} (isometric: ratio up to "
        f"{SMALL:g})",
        "at the optimum the parts of a pair in the shared directions coincide",
    )


def _constant_shift(one: ViewStatistics, two: ViewStatistics) -> Hypothesis:
    ratio = shift_ratio(one, two)
    return Hypothesis(
        "G.1",
        "the gap is orthogonal to the differences within the gallery",
        bool(ratio <= SMALL),
        f"a shift by the gap moves the scores of a gallery by {ratio:.2f} of how they vary (no "
        f"ranking changes: up to {SMALL:g})",
        "retrieval is the same with the gap and without it",
    )


def shift_ratio(one: ViewStatistics, two: ViewStatistics) -> float:
    """Spread of ``δ·y`` over the gallery against that of a query's scores, the worse way round."""
    gap = one.mean - two.mean
    ratios = []
    for query, gallery in ((one, two), (two, one)):
        scores = np.sqrt(max(float((gallery.covariance * query.second_moment).sum()), 0.0))
        ratios.append(_deviation(gallery.covariance, gap) / scores if scores > 0 else np.nan)
    return float(max(ratios))


def _same_in_every_class(facts: PairFacts) -> Hypothesis:
    return Hypothesis(
        "G.2",
        "the gap is the same in every class",
        bool(facts.class_spread <= SMALL),
        f"the gaps of the classes spread by {facts.class_spread:.2f} of the gap (the same: up to "
        f"{SMALL:g})",
        "the gap adds its square, by the shares of the views, to the scatter of every class",
    )


def _deviation(covariance: NDArray[np.float64], direction: NDArray[np.float64]) -> float:
    """Standard deviation along a vector, times its length."""
    if np.isnan(direction).any():
        return float("nan")
    return float(np.sqrt(max(float(direction @ covariance @ direction), 0.0)))
