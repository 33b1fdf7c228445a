"""What the theory expects of trained embeddings, beside what they are."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaplab.records import Embeddings
from theory import metrics
from theory.diagnosis.pairs import PairStatistics
from theory.diagnosis.predictions import predict

__all__ = ["expectations"]


def expectations(embeddings: Embeddings, temperature: float) -> list[dict[str, Any]]:
    """Predictions from the measured subspaces of two or more views, and their observation.

    Parameters
    ----------
    embeddings : Embeddings
        Unit rows; more of them than dimensions, or the subspaces are those of the sample.
    temperature : float
        τ of the model.

    Returns
    -------
    list of dict
        Rows ``pair``, ``quantity``, ``predicted``, ``observed``, ``source``:

        - the gap angle in degrees: to which the centres of two subspaces converge (N.T3′), the
          smallest angle between the subspaces that hold 99 % of the second moments;
        - the share of the second moment in the directions whose angle exceeds the critical one
          at this temperature: 0, for such directions are given up (N.3); none where there are
          no such directions;
        - the IMS residual: 0, if pairs lie at the same height over their means (Y.T4).
    """
    names, views = list(embeddings.views), list(embeddings.views.values())
    statistics = PairStatistics(views, np.random.default_rng(0))
    rows: list[dict[str, Any]] = []
    for (a, b), suffix in statistics.suffixes.items():
        one, two = statistics.views[a], statistics.views[b]
        prediction = predict(one, two, temperature)
        angle = metrics.evaluate(views[a], views[b], names=["gap_angle"])["gap_angle"]
        achievable = float(np.degrees(prediction.achievable_angle))
        found = [("gap angle (°)", achievable, float(np.degrees(angle)), "N.T3′")]
        if prediction.abandoned:
            found.append(("share in directions given up", 0.0, prediction.abandoned_share, "N.3"))
        found.append(("IMS residual", 0.0, statistics.means["ims_residual" + suffix], "Y.T4"))
        columns = ("quantity", "predicted", "observed", "source")
        rows += [
            {"pair": f"{names[a]}, {names[b]}", **dict(zip(columns, row, strict=True))}
            for row in found
        ]
    return rows
