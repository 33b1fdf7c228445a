"""Why two or more arrays of embeddings lie apart, and what closing the gap would do.

`diagnose` measures everything with intervals, sees which theorems apply and says so in plain
words.
"""

from theory.diagnosis.checks import Checked, check_embeddings
from theory.diagnosis.diagnosing import CLIP_TEMPERATURE, Diagnosis, PairDiagnosis, diagnose
from theory.diagnosis.estimates import Estimate
from theory.diagnosis.findings import Finding
from theory.diagnosis.hypotheses import Hypothesis
from theory.diagnosis.judging import BEFORE, Comparison, Judgement, Recommendation, compare_repairs
from theory.diagnosis.predictions import Prediction

__all__ = [
    "BEFORE",
    "CLIP_TEMPERATURE",
    "Checked",
    "Comparison",
    "Diagnosis",
    "Estimate",
    "Finding",
    "Hypothesis",
    "Judgement",
    "PairDiagnosis",
    "Prediction",
    "Recommendation",
    "check_embeddings",
    "compare_repairs",
    "diagnose",
]
