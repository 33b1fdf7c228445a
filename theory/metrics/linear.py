"""Linear classifiers judged on items they have not seen: of the modality, and of the class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import RidgeClassifierCV
from sklearn.metrics import roc_auc_score

from theory.metrics.base import METRICS, PairMetric, SampleMetric
from theory.metrics.sample import Sample, View

__all__ = ["LinearProbe", "Separability"]

# Ridge penalties to choose from by leave-one-out error. Rows are unit, so the eigenvalues of
# XᵀX sum to n: the grid runs from no penalty to speak of to all but the mean.
PENALTIES = tuple(10.0**e for e in range(-6, 4))


@METRICS.register("separability")
class Separability(PairMetric):
    """Held-out AUC and accuracy of a linear classifier of the modality [Shi2023].

    A ridge classifier fitted on one half of the items and judged on the other, then the other
    way round; both members of a pair are always on one side. ½: no linear trace of the
    modality; 1: a hyperplane parts the views. Tied scores count ½. nan below 2 items.
    """

    keys = ("separability_auc", "separability_accuracy")
    cheap = False

    def of_pair(self, x: View, y: View, sample: Sample) -> tuple[float, float]:
        """Return the mean AUC and accuracy over both halves."""
        if x.n < 2:
            return float("nan"), float("nan")
        scores = []
        halves = sample.halves()
        for seen, unseen in (halves, halves[::-1]):
            model = _fit(np.concatenate([x.rows[seen], y.rows[seen]]), _modality(len(seen)))
            truth = _modality(len(unseen))
            margin = model.decision_function(np.concatenate([x.rows[unseen], y.rows[unseen]]))
            margin = np.where(np.abs(margin) < ROUNDING, 0.0, margin)
            hits = (np.sign(margin) * (2 * truth - 1) + 1) / 2
            scores.append((roc_auc_score(truth, margin), hits.mean()))
        auc, accuracy = np.mean(scores, axis=0)
        return float(auc), float(accuracy)


@METRICS.register("linear_probe")
class LinearProbe(SampleMetric):
    """Held-out accuracy of a linear classifier of the class on all views together.

    One-against-rest ridge fitted on one half of the items and judged on the other, then the
    other way round; all views of an item are always on one side. nan when a half holds a
    single class.
    """

    keys = ("linear_probe",)
    needs_labels = True
    cheap = False

    def of_sample(self, sample: Sample) -> tuple[float]:
        """Return the mean accuracy over both halves."""
        assert sample.labels is not None
        halves = sample.halves()
        if any(len(np.unique(sample.labels[half])) < 2 for half in halves):
            return (float("nan"),)
        hits = 0.0
        for seen, unseen in (halves, halves[::-1]):
            model = _fit(*_rows_and_labels(sample, seen))
            rows, labels = _rows_and_labels(sample, unseen)
            hits += float((model.predict(rows) == labels).sum())
        return (hits / (sample.n * len(sample.views)),)


ROUNDING = 1e-9  # a margin (targets are ±1) this close to 0 is a tie


def _fit(rows: NDArray[np.float64], labels: NDArray[np.int64]) -> RidgeClassifierCV:
    return RidgeClassifierCV(alphas=PENALTIES).fit(rows, labels)


def _modality(n: int) -> NDArray[np.int64]:
    return np.repeat(np.arange(2), n)


def _rows_and_labels(
    sample: Sample, items: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    assert sample.labels is not None
    rows = np.concatenate([view.rows[items] for view in sample.views])
    return rows, np.tile(sample.labels[items], len(sample.views))
