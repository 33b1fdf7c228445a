"""The contrastive loss of a draw, from the cosines that its metrics share."""

from __future__ import annotations

import numpy as np

from theory.metrics import Sample, View

__all__ = ["infonce"]


def infonce(sample: Sample, logit_scale: float) -> float:
    """The registered loss ``infonce``: the first view against each other one, in both directions.

    ``½ mean_i [log Σ_j e^{β(x_i·y_j − x_i·y_i)} + log Σ_j e^{β(x_j·y_i − x_i·y_i)}]``, β the
    logit scale. No gradient is asked for, so no torch: the cosines of a draw are there already,
    and the time that torch takes to import is that of several draws.

    Examples
    --------
    >>> x = np.eye(2)
    >>> round(infonce(Sample.of(x, x), 0.0), 6)  # log 2
    0.693147
    """
    anchor, *others = sample.views
    return float(np.mean([_of_pair(anchor, other, logit_scale) for other in others]))


def _of_pair(x: View, y: View, logit_scale: float) -> float:
    cosines = x.cosines(y, slice(0, x.n))
    right = np.diagonal(cosines)
    total = 0.0
    for table in (cosines, cosines.T):
        nearest = table.max(axis=1)
        weights = np.exp(logit_scale * (table - nearest[:, None]))  # in [0, 1]
        partition = np.log(weights.sum(axis=1, dtype=np.float64))
        total += float(np.mean(logit_scale * (nearest - right) + partition))
    return total / 2
