"""Group level, by neighbours: how well the nearest rows of all views predict the class."""

from __future__ import annotations

import numpy as np

from theory.metrics.base import METRICS, SampleMetric
from theory.metrics.sample import Sample
from theory.metrics.tiles import row_tiles, tie

__all__ = ["NeighbourAccuracy"]


@METRICS.register("knn")
class NeighbourAccuracy(SampleMetric):
    """Leave-pair-out accuracy of 5 nearest neighbours in X ∪ Y ∪ … [Grassucci2026].

    Every row of every view is a query; all others vote but its own pair, which would give the
    class away. All rows as near as the fifth vote; a tie of classes earns the accuracy of a
    fair draw. So nothing is drawn, and neither the order of rows nor the names of classes
    matter. nan for a single item.
    """

    keys = ("knn",)
    needs_labels = True
    n_neighbours = 5

    def of_sample(self, sample: Sample) -> tuple[float]:
        """Return the accuracy over all rows of all views."""
        assert sample.labels is not None
        views = len(sample.views)
        k = min(self.n_neighbours, views * (sample.n - 1))
        if k == 0:
            return (float("nan"),)
        labels = np.tile(sample.labels, views)
        classes = int(labels.max()) + 1
        correct = 0.0
        for view in sample.views:
            for rows in row_tiles(sample.n, views * sample.n):
                queries = np.arange(rows.start, rows.stop)
                cosines = np.hstack([view.cosines(other, rows) for other in sample.views])
                own_pair = queries[:, None] + sample.n * np.arange(views)
                np.put_along_axis(cosines, own_pair, -np.inf, axis=1)
                kth = np.partition(cosines, -k, axis=1)[:, -k]
                # Of the flat mask, which is an order of magnitude faster than of two dimensions.
                near = np.flatnonzero(cosines >= kth[:, None] - tie(cosines))
                query, voter = np.divmod(near, cosines.shape[1])
                ballots = query * classes + labels[voter]
                votes = np.bincount(ballots, minlength=len(queries) * classes)
                votes = votes.reshape(len(queries), classes)
                winners = votes == votes.max(axis=1, keepdims=True)
                won = winners[np.arange(len(queries)), labels[rows]]
                correct += float((won / winners.sum(axis=1)).sum())
        return (correct / (views * sample.n),)
