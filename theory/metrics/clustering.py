"""Group level, unsupervised: how well the clusters of all views follow the classes."""

from __future__ import annotations

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import (
    adjusted_rand_score,
    normalized_mutual_info_score,
    v_measure_score,
)

from theory.metrics.base import METRICS, SampleMetric
from theory.metrics.sample import Sample

__all__ = ["Clustering"]


@METRICS.register("v_measure")
class Clustering(SampleMetric):
    """k-means on X ∪ Y ∪ …, k = the number of classes, against the classes [Grassucci2026].

    Means over seeds (5), each the best of several starts (3). ``v_measure``: harmonic mean of
    homogeneity and completeness [RosenbergHirschberg2007]; ``ari``: adjusted Rand index;
    ``nmi``: mutual information over the *geometric* mean of the entropies [StrehlGhosh2002]
    (over their arithmetic mean it *is* the V-measure).
    """

    keys = ("v_measure", "ari", "nmi")
    needs_labels = True
    cheap = False

    def __init__(self, seeds: int = 5, starts: int = 3) -> None:
        self.seeds = seeds
        self.starts = starts

    def of_sample(self, sample: Sample) -> list[float]:
        """Return the three scores."""
        assert sample.labels is not None
        # In float64: scikit-learn measures float32 rows in it too, and slower.
        rows = sample.stacked().astype(np.float64, copy=False)
        labels = np.tile(sample.labels, len(sample.views))
        classes = int(labels.max()) + 1
        scores = []
        for state in np.random.SeedSequence(sample.seed).generate_state(self.seeds):
            means = KMeans(classes, n_init=self.starts, random_state=int(state))
            with warnings.catch_warnings():
                # Fewer distinct rows than classes: collapse is a finding here, not a fault.
                warnings.simplefilter("ignore", ConvergenceWarning)
                clusters = means.fit_predict(rows)
            scores.append(
                (
                    v_measure_score(labels, clusters),
                    adjusted_rand_score(labels, clusters),
                    normalized_mutual_info_score(labels, clusters, average_method="geometric"),
                )
            )
        return [float(score) for score in np.mean(scores, axis=0)]
