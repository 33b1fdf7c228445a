"""Linear classifiers judged on items they have not seen: of the modality, and of the class."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from theory.metrics.base import METRICS, PairMetric, SampleMetric
from theory.metrics.ridge import RidgeClassifier
from theory.metrics.sample import Sample, View

__all__ = ["LinearProbe", "Separability"]


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
        margins = self.margins(x, y, sample)
        scores = []
        for half in sample.halves():
            margin, truth = margins[:, half].ravel(), _modality(len(half))
            hits = (np.sign(margin) * (2 * truth - 1) + 1) / 2
            scores.append((roc_auc_score(truth, margin), hits.mean()))
        auc, accuracy = np.mean(scores, axis=0)
        return float(auc), float(accuracy)

    def margins(self, x: View, y: View, sample: Sample) -> NDArray[np.float64]:
        """Margin of each row of x and y by the classifier that has not seen it, shape (2, n)."""
        margins = np.empty((2, x.n))
        halves = sample.halves()
        for seen, unseen in (halves, halves[::-1]):
            both = np.concatenate([x.rows[seen], y.rows[seen]])
            model = RidgeClassifier(both, _modality(len(seen)))
            found = model.decide(np.concatenate([x.rows[unseen], y.rows[unseen]]))[:, 1]
            margins[:, unseen] = np.where(np.abs(found) < ROUNDING, 0.0, found).reshape(2, -1)
        return margins


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
        return (float(self.hits(sample).mean()),)

    def hits(self, sample: Sample) -> NDArray[np.float64]:
        """Share of each item's views that are classified right when not seen, shape (n,)."""
        assert sample.labels is not None
        halves = sample.halves()
        hits = np.full(sample.n, np.nan)
        if any(len(np.unique(sample.labels[half])) < 2 for half in halves):
            return hits
        for seen, unseen in (halves, halves[::-1]):
            model = RidgeClassifier(*_rows_and_labels(sample, seen))
            rows, labels = _rows_and_labels(sample, unseen)
            right = (model.predict(rows) == labels).reshape(len(sample.views), -1)
            hits[unseen] = right.mean(axis=0)
        return hits


ROUNDING = 1e-9  # a margin (targets are ±1) this close to 0 is a tie


def _modality(n: int) -> NDArray[np.int64]:
    return np.repeat(np.arange(2), n)


def _rows_and_labels(
    sample: Sample, items: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    assert sample.labels is not None
    rows = np.concatenate([view.rows[items] for view in sample.views])
    return rows, np.tile(sample.labels[items], len(sample.views))
