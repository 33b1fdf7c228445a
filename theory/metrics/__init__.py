"""Metrics of the modality gap: one registry, from arrays to floats.

`evaluate` measures two or more paired views; `snapshot` is the cheap selection that a
trajectory records at every step.
"""

from theory.metrics.alignment import PairDistance, RelativeModalityGap, TruePairCosine
from theory.metrics.base import METRICS, Metric, PairMetric, SampleMetric, ViewMetric
from theory.metrics.clustering import Clustering
from theory.metrics.distributions import MMD, EnergyDistance, Frechet
from theory.metrics.evaluate import evaluate, names, snapshot
from theory.metrics.floor import false_negative_floor
from theory.metrics.gap import CentroidGap, GapAngle, MeanLength
from theory.metrics.isometry import CKA, IMSResidual, MutualNeighbours
from theory.metrics.linear import LinearProbe, Separability
from theory.metrics.neighbours import NeighbourAccuracy
from theory.metrics.retrieval import Recall, chance_recall
from theory.metrics.sample import Sample, View
from theory.metrics.scatter import (
    class_means,
    predicted_scatter_growth,
    within_class_scatter,
)
from theory.metrics.spread import EffectiveRank, Uniformity
from theory.metrics.subspace import PrincipalAngles, SubspaceDimension
from theory.metrics.vmf import VMF

__all__ = [
    "CKA",
    "METRICS",
    "MMD",
    "VMF",
    "CentroidGap",
    "Clustering",
    "EffectiveRank",
    "EnergyDistance",
    "Frechet",
    "GapAngle",
    "IMSResidual",
    "LinearProbe",
    "MeanLength",
    "Metric",
    "MutualNeighbours",
    "NeighbourAccuracy",
    "PairDistance",
    "PairMetric",
    "PrincipalAngles",
    "Recall",
    "RelativeModalityGap",
    "Sample",
    "SampleMetric",
    "Separability",
    "SubspaceDimension",
    "TruePairCosine",
    "Uniformity",
    "View",
    "ViewMetric",
    "chance_recall",
    "class_means",
    "evaluate",
    "false_negative_floor",
    "names",
    "predicted_scatter_growth",
    "snapshot",
    "within_class_scatter",
]
