"""Diagnose embeddings: every metric with an interval, what theory says of them, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.diagnosis.bootstrap import RESAMPLES
from theory.diagnosis.checks import Checked, check_embeddings
from theory.diagnosis.contrast import infonce
from theory.diagnosis.duplicates import Repeats, repeated_groups, repeated_rows
from theory.diagnosis.estimates import Estimate, clipped, subsample_estimate
from theory.diagnosis.findings import Finding, PairView, find_captions, find_pair, find_views
from theory.diagnosis.held_out import held_out
from theory.diagnosis.pairs import PairStatistics
from theory.diagnosis.subsamples import (
    DRAWS,
    Progress,
    all_metrics,
    draw_items,
    draw_size,
    evaluate_draws,
)
from theory.diagnosis.threads import one_thread_each
from theory.diagnosis.whole import PairDiagnosis, describe, recalls
from theory.metrics import Sample, chance_recall
from theory.validation import check_number

__all__ = ["CLIP_TEMPERATURE", "Diagnosis", "PairDiagnosis", "diagnose"]

CLIP_TEMPERATURE = 0.01
"""Where CLIP's learned temperature ends: its clamp."""

PROBED = 4000
"""Pairs that classifiers and vMF heights are judged on."""


@dataclass(frozen=True)
class Diagnosis:
    """What `diagnose` finds.

    Attributes
    ----------
    names : list of str
        Of the views.
    n, h : int
        Pairs and dimension.
    size : int
        Items of a subsample.
    estimates : dict of str to Estimate
        By the keys of `theory.metrics.evaluate`, with further ones.
    whole : dict of str to float
        Values on all rows of what is estimated on subsamples.
    spectra : dict of str to ndarray
        Normalised singular values of each view.
    pairs : list of PairDiagnosis
    shared : int
        Directions that all views share.
    captions : Repeats or None
    findings : list of Finding
    """

    names: list[str]
    n: int
    h: int
    size: int
    estimates: dict[str, Estimate]
    whole: dict[str, float]
    spectra: dict[str, NDArray[np.float64]]
    pairs: list[PairDiagnosis]
    shared: int
    captions: Repeats | None
    findings: list[Finding] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Plain records, for JSON; arrays stay arrays."""
        return {
            "names": self.names,
            "n": self.n,
            "h": self.h,
            "subsample": self.size,
            "estimates": {key: found._asdict() for key, found in self.estimates.items()},
            "whole": self.whole,
            "spectra": self.spectra,
            "pairs": [
                {
                    "names": pair.names,
                    "suffix": pair.suffix,
                    "prediction": pair.prediction._asdict(),
                    "hypotheses": [check._asdict() for check in pair.hypotheses],
                }
                for pair in self.pairs
            ],
            "shared_by_all": self.shared,
            "captions": None if self.captions is None else self.captions._asdict(),
            "findings": [found._asdict() for found in self.findings],
        }


def diagnose(
    *views: Any,
    labels: Any = None,
    captions: Any = None,
    names: Sequence[str] | None = None,
    temperature: float = CLIP_TEMPERATURE,
    normalize: bool = False,
    few_rows: bool = False,
    seed: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Diagnosis:
    """Diagnose two or more views of the same items.

    Parameters
    ----------
    *views : array_like or torch.Tensor, shape (n, h)
        Paired rows of unit length; memory-maps are read in blocks.
    labels : array_like, shape (n,), optional
        Class of each item.
    captions : array_like, shape (n,), optional
        Items of equal caption answer each other's retrieval queries.
    names : sequence of str, optional
        What to call the views; X, Y, view 2, … by default.
    temperature : float
        τ, at which the loss and the transition N.3 are evaluated.
    normalize : bool
        Whether rows may have any length; otherwise lengths other than 1 are an error.
    few_rows : bool
        Whether fewer rows than dimensions are accepted, with what that costs the subspaces.
    seed : int
        Seed of resamples and subsamples.
    jobs : int
        Threads; the numbers do not depend on it.
    progress : callable, optional
        Called with (done, total, message).

    Returns
    -------
    Diagnosis

    Raises
    ------
    TypeError, InputError
        If the views, labels or captions cannot be used.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.standard_normal((60, 4)) + [2, 0, 0, 0]
    >>> y = x + 0.1 * rng.standard_normal((60, 4)) - [4, 0, 0, 0]
    >>> found = diagnose(x, y, normalize=True)
    >>> found.estimates["centroid_gap"].low > 1
    True
    """
    given = check_embeddings(
        *views, labels=labels, captions=captions, names=names,
        normalize=normalize, few_rows=few_rows,
    )  # fmt: skip
    temperature = check_number("temperature", temperature, 0, open_low=True)
    n, h = given.views[0].shape
    size = draw_size(n, h)
    chosen = np.sort(np.random.default_rng(seed).choice(n, min(n, PROBED), replace=False))
    probe = given.sample(chosen, seed)
    tell = progress or _silent
    tell(0, DRAWS, "subsamples")
    with one_thread_each(jobs) as pool:
        # The longest tasks first: the subsamples fill what they leave.
        described = pool.submit(
            describe, given.views, given.names, probe, temperature, seed, RESAMPLES
        )
        ranked = pool.submit(recalls, given.views, given.groups)
        judged = pool.submit(held_out, probe, seed, RESAMPLES)
        repeats = pool.submit(_repeats, given)
        values = evaluate_draws(
            given.views,
            draw_items(n, size, DRAWS, seed),
            labels=given.labels,
            groups=given.groups,
            measure=_measure(temperature),
            pool=pool,
            seed=seed,
            progress=tell,
        )
    statistics, estimates, ranks, pairs, shared = described.result()
    method = f"{DRAWS} subsamples of {size}"
    for key, drawn in values.items():
        estimates[key] = subsample_estimate(drawn, size, n, method, key)
    for key, draws in judged.result().items():
        how = f"bootstrap of {probe.n} held-out pairs"
        estimates[key] = clipped(draws.estimate(how), key)
    captions_found, rows = repeats.result()
    found = Diagnosis(
        names=given.names,
        n=n,
        h=h,
        size=size,
        estimates=estimates,
        whole=ranks | ranked.result(),
        spectra={
            name: view.spectrum for name, view in zip(given.names, statistics.views, strict=True)
        },
        pairs=pairs,
        shared=shared,
        captions=captions_found,
    )
    found.findings.extend(_findings(found, statistics, rows, given.groups))
    return found


def _repeats(given: Checked) -> tuple[Repeats | None, list[Repeats]]:
    """Repeated captions, or where there are none, the repeated rows of every view."""
    if given.groups is None:
        return None, repeated_rows(given.views)
    return repeated_groups(given.groups), []


def _silent(done: int, total: int, message: str) -> None:
    pass


def _measure(temperature: float) -> Any:
    """All metrics of a draw, and InfoNCE at the temperature."""

    def measure(sample: Sample) -> Mapping[str, float]:
        return all_metrics(sample) | {"infonce": infonce(sample, 1 / temperature)}

    return measure


def _findings(
    found: Diagnosis,
    statistics: PairStatistics,
    rows: Sequence[Repeats],
    groups: NDArray[np.int64] | None,
) -> list[Finding]:
    items = np.arange(found.n) if groups is None else groups
    chance = chance_recall(items[: found.size])
    told = find_captions(found.captions, rows, found.names)
    told += find_views(found.names, found.estimates, statistics.names)
    for (a, b), pair in zip(combinations(range(len(found.names)), 2), found.pairs, strict=True):
        seen = {
            key: found.estimates[key + pair.suffix]
            for key in _PAIR_KEYS
            if key + pair.suffix in found.estimates
        }
        if len(found.names) == 2 and "infonce" in found.estimates:
            seen["infonce"] = found.estimates["infonce"]
        for side, name in zip("xy", (statistics.names[a], statistics.names[b]), strict=True):
            seen[f"effective_rank_{side}"] = found.estimates[f"effective_rank_{name}"]
        told += find_pair(
            PairView(pair.names, seen, pair.prediction, pair.hypotheses, chance, found.size)
        )
    return told


_PAIR_KEYS = (
    "centroid_gap", "gap_angle", "true_pair_cosine", "random_pair_cosine",
    "relative_modality_gap", "separability_auc", "r1_xy", "r1_yx",
)  # fmt: skip
