"""What the metrics of a diagnosis are called, and their rows for a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from figures.words import ANGLES, interval, number
from theory.statistics import Interval

__all__ = ["Row", "estimate", "metric_groups", "title"]

DEGREES = 57.29577951308232

ROUNDING = 1e-12
"""Below this a value is the rounding of 0."""

_TITLES = {
    "centroid_gap": "centroid gap",
    "gap_angle": "angle of the means (°)",
    "mean_length": "length of the mean",
    "true_pair_cosine": "cosine of true pairs",
    "random_pair_cosine": "cosine of other pairs",
    "l2i": "distance of true pairs",
    "relative_modality_gap": "relative modality gap",
    "ims_residual": "IMS residual",
    "separability_auc": "modality AUC",
    "separability_accuracy": "modality accuracy",
    "energy_distance": "energy distance",
    "mmd2": "MMD²",
    "frechet": "Fréchet distance (W₂²)",
    "infonce": "InfoNCE",
    "v_measure": "V-measure",
    "ari": "ARI",
    "nmi": "NMI",
    "knn": "kNN accuracy",
    "linear_probe": "linear probe",
    "cka": "linear CKA",
    "mutual_knn": "mutual kNN",
    "uniformity": "uniformity",
    "effective_rank": "effective rank",
    "participation_ratio": "participation ratio",
    "subspace_dimension": "99 % dimension",
    "smallest_principal_angle": "smallest angle (°)",
    "subspace_overlap": "subspace overlap",
    "vmf_kappa": "vMF κ",
    "vmf_dispersion": "vMF dispersion",
    "neighbourhood": "neighbours kept",
}

_GROUPS = (
    ("The gap", ("centroid_gap", "gap_angle", "mean_length", "relative_modality_gap",
                 "separability_auc", "separability_accuracy", "energy_distance", "mmd2",
                 "frechet")),
    ("Pairs and retrieval", ("true_pair_cosine", "random_pair_cosine", "l2i", "infonce", "r1_xy",
                             "r1_yx", "r5_xy", "r5_yx", "r10_xy", "r10_yx")),
    ("Groups", ("v_measure", "ari", "nmi", "knn", "linear_probe")),
    ("Shape of each view", ("uniformity", "effective_rank", "participation_ratio",
                            "subspace_dimension", "vmf_kappa", "vmf_dispersion")),
    ("How alike the views are inside", ("cka", "mutual_knn", "ims_residual",
                                        "smallest_principal_angle", "subspace_overlap")),
)  # fmt: skip

_SHORT = (("bootstrap of pairs", "bootstrap"), ("held-out", "held-out"))


class Row(NamedTuple):
    """One metric: its title, value with interval, method of the interval, value on all rows."""

    title: str
    value: str
    how: str
    whole: str


def title(key: str) -> str:
    """The metric as people read it, without view or pair."""
    if key.startswith("r") and key.endswith(("_xy", "_yx")):
        depth, way = key.removeprefix("r").split("_")
        return f"R@{depth} {'first → second' if way == 'xy' else 'second → first'}"
    return _TITLES.get(key, key.replace("_", " "))


def estimate(key: str, found: Mapping[str, Any]) -> str:
    """Value and interval, angles in degrees."""
    values = [float("nan") if found[k] is None else float(found[k])
              for k in ("value", "low", "high")]  # fmt: skip
    if values[0] != values[0]:
        return "–"
    values = [0.0 if abs(value) < ROUNDING else value for value in values]
    base = key.rsplit("_", 1)[0] if key not in ANGLES else key
    factor = DEGREES if key in ANGLES or base in ANGLES else 1.0
    return interval(Interval(values[0], values[1], values[2], 0), factor)


def metric_groups(record: Mapping[str, Any]) -> list[tuple[str, list[Row]]]:
    """Rows of every group of metrics in a diagnosis record, those that were measured."""
    names: Sequence[str] = record["names"]
    estimates: Mapping[str, Any] = record["estimates"]
    suffixes = _suffixes(names)
    result = []
    for heading, keys in _GROUPS:
        rows = []
        for key in keys:
            for suffix, words in suffixes.items():
                full = key + suffix
                if full in estimates:
                    rows.append(_row(full, key, words, names, record))
        if rows:
            result.append((heading, rows))
    return result


def _row(full: str, key: str, words: str, names: Sequence[str], record: Mapping[str, Any]) -> Row:
    found = record["estimates"][full]
    whole = record["whole"].get(full)
    return Row(
        ", ".join(part for part in (_named(key, names), words) if part),
        estimate(full, found),
        _short(found["method"]),
        "" if whole is None else number(whole),
    )


def _named(key: str, names: Sequence[str]) -> str:
    """The title; a recall of two views says from which to which."""
    text = title(key)
    if len(names) == 2:
        text = text.replace("first", names[0]).replace("second", names[1])
    return text


def _short(method: str) -> str:
    """Method of the interval in a word or two; the caption of the table says it in full."""
    for long, short in _SHORT:
        if long in method:
            return short
    return method.replace(" subsamples of ", " × ")


def _suffixes(names: Sequence[str]) -> dict[str, str]:
    """Suffixes of keys, and the views they stand for."""
    if len(names) == 2:
        return {"": "", "_x": names[0], "_y": names[1]}
    found = {"": "mean"}
    found |= {f"_{k}": name for k, name in enumerate(names)}
    found |= {f"_{a}{b}": f"{names[a]}, {names[b]}" for a, b in combinations(range(len(names)), 2)}
    return found
