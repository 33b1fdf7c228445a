"""Distances between the laws of two views: energy, MMD², Fréchet."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from theory.metrics.base import METRICS, PairMetric
from theory.metrics.sample import Sample, View
from theory.metrics.tiles import mean_over_pairs

__all__ = ["MMD", "EnergyDistance", "Frechet"]

Array = NDArray[np.float64]

# Roots of eigenvalues above this share of the largest keep twelve digits and more.
WELL_CONDITIONED = 1e-8

MEDIAN_ITEMS = 250  # items whose pairwise distances set the bandwidth of the MMD


@METRICS.register("energy_distance")
class EnergyDistance(PairMetric):
    """``2E‖x − y‖ − E‖x − x′‖ − E‖y − y′‖``, every mean over i ≠ j [SzekelyRizzo2013].

    Unbiased for independent draws: 0 for equal views, and slightly negative by chance when the
    laws agree.
    """

    keys = ("energy_distance",)

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float]:
        """Return the unbiased estimate."""
        return (_contrast(x, y, lambda c: -np.sqrt(2 - 2 * c)),)


@METRICS.register("mmd2")
class MMD(PairMetric):
    """Squared maximum mean discrepancy, RBF kernel, σ = the median distance [Gretton2012].

    ``E k(x,x′) + E k(y,y′) − 2E k(x,y)``, ``k = e^{−‖·‖²/2σ²}``, every mean over i ≠ j (the
    unbiased estimate: it may be slightly negative). The median is over the distances within
    X ∪ Y of at most 250 items. 0 when all rows of both views are equal.
    """

    keys = ("mmd2",)

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float]:
        """Return the unbiased estimate."""
        variance = _median_square_distance(x, y, sample.seed)
        if variance == 0:
            return (0.0 if x.n > 1 else float("nan"),)
        return (_contrast(x, y, lambda c: np.exp((c - 1) / variance)),)


@METRICS.register("frechet")
class Frechet(PairMetric):
    """Fréchet distance of the Gaussian fits, their W₂² [DowsonLandau1982].

    ``‖Δμ‖² + tr(Σ_x + Σ_y − 2(Σ_x^½ Σ_y Σ_x^½)^½)`` with 1/n covariances, so that it is at most
    the W₂² of the clouds themselves, hence at most ``mean ‖x_i − y_i‖²`` [Gelbrich1990].
    """

    keys = ("frechet",)

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float]:
        """Return W₂²."""
        traces = float(np.trace(x.covariance) + np.trace(y.covariance))
        squared_gap = float(np.square(x.mean - y.mean).sum())
        fidelity = _fidelity(x.covariance, y.covariance)
        return (squared_gap + max(0.0, traces - 2 * fidelity),)


def _contrast(x: View, y: View, kernel: Callable[[Array], Array]) -> float:
    """``E k(x,x′) + E k(y,y′) − 2E k(x,y)``."""
    return (
        mean_over_pairs(x, x, kernel)
        + mean_over_pairs(y, y, kernel)
        - 2 * mean_over_pairs(x, y, kernel)
    )


def _median_square_distance(x: View, y: View, seed: int) -> float:
    """Median of ‖·‖² within X ∪ Y; where that is 0, the mean (half the items may coincide)."""
    chosen = np.arange(x.n)
    if x.n > MEDIAN_ITEMS:
        chosen = np.random.default_rng(seed).choice(x.n, MEDIAN_ITEMS, replace=False)
    pooled = np.concatenate([x.rows[chosen], y.rows[chosen]])
    cosines = (pooled @ pooled.T)[~np.tri(len(pooled), dtype=bool)]  # i < j
    squares = np.clip(2 - 2 * cosines, 0.0, None)
    rounding = 8 * np.finfo(np.float64).eps
    median = float(np.median(squares))
    if median > rounding:
        return median
    mean = float(squares.mean())
    return mean if mean > rounding else 0.0


def _fidelity(one: Array, two: Array) -> float:
    """``tr (Σ₁^½ Σ₂ Σ₁^½)^½``: the nuclear norm of ``AᵀB`` for any roots ``Σ₁ = AAᵀ, Σ₂ = BBᵀ``."""
    product = _root(one).T @ _root(two)
    squares = np.linalg.eigvalsh(product.T @ product)
    if squares[0] > WELL_CONDITIONED * squares[-1]:
        return float(np.sqrt(squares).sum())
    return float(np.linalg.svd(product, compute_uv=False).sum())


def _root(covariance: Array) -> Array:
    """A root A, ``AAᵀ = Σ``, of a positive semi-definite matrix."""
    try:
        return np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
    except np.linalg.LinAlgError:  # singular: fewer rows than dimensions, or directions unused
        values, vectors = np.linalg.eigh(covariance)
        return vectors * np.sqrt(np.clip(values, 0.0, None))
