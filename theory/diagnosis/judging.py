"""Every registered repair, fitted on one part of the pairs and judged on another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from theory import repairs
from theory.diagnosis.bootstrap import RESAMPLES, bootstrap
from theory.diagnosis.checks import Checked, check_embeddings
from theory.diagnosis.estimates import Draws, Estimate, subsample_estimate
from theory.diagnosis.pairs import PairStatistics
from theory.diagnosis.subsamples import DRAWS, Progress, draw_items
from theory.diagnosis.threads import one_thread_each
from theory.errors import InputError
from theory.metrics import Clustering, MutualNeighbours, NeighbourAccuracy, Recall, Sample, View

__all__ = ["BEFORE", "Comparison", "Judgement", "Recommendation", "compare_repairs"]

BEFORE = "none"
"""The row before any repair."""

LARGEST_PART = 50_000
"""Pairs that repairs are fitted on, and judged on, at most."""

DRAW = 500
"""Pairs of a subsample: ten repairs are measured on each of fifty."""

MEANS = ("centroid_gap", "gap_angle", "true_pair_cosine", "relative_modality_gap")
"""Judged by a bootstrap of the held-out pairs; the others on subsamples of them."""

GUARDED = ("r1_xy", "r1_yx", "v_measure", "knn")
"""What a recommended repair must not lower: its interval of the change reaches 0."""


@dataclass(frozen=True)
class Judgement:
    """One row of the table.

    Attributes
    ----------
    method : str
        ``none``, or a name in `theory.repairs`.
    values : dict of str to Estimate
        Metrics of the held-out pairs after the repair.
    changes : dict of str to Estimate
        Differences from before, over the same resamples and subsamples.
    note : str
        Why there are no values, if so.
    """

    method: str
    values: dict[str, Estimate]
    changes: dict[str, Estimate]
    note: str = ""


class Recommendation(NamedTuple):
    """Which repair to take (``none`` for none), and why."""

    method: str
    reason: str


@dataclass(frozen=True)
class Comparison:
    """What `compare_repairs` finds.

    Attributes
    ----------
    names : list of str
        Of the views.
    fitted, judged : int
        Pairs of each part.
    size : int
        Pairs of a subsample.
    rows : list of Judgement
        ``none`` first.
    recommendation : Recommendation
    """

    names: list[str]
    fitted: int
    judged: int
    size: int
    rows: list[Judgement]
    recommendation: Recommendation

    def to_dict(self) -> dict[str, Any]:
        """Plain records, for JSON."""
        return {
            "names": self.names,
            "fitted": self.fitted,
            "judged": self.judged,
            "subsample": self.size,
            "rows": [
                {
                    "method": row.method,
                    "values": {key: found._asdict() for key, found in row.values.items()},
                    "changes": {key: found._asdict() for key, found in row.changes.items()},
                    "note": row.note,
                }
                for row in self.rows
            ],
            "recommendation": self.recommendation._asdict(),
        }


def compare_repairs(
    *views: Any,
    labels: Any = None,
    captions: Any = None,
    names: Sequence[str] | None = None,
    methods: Sequence[str] | None = None,
    normalize: bool = False,
    few_rows: bool = False,
    seed: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Comparison:
    """Fit repairs on a random half of the pairs and judge them on the other.

    Parameters
    ----------
    *views, labels, captions, names, normalize, few_rows, seed, jobs, progress
        As for `theory.diagnosis.diagnose`.
    methods : sequence of str, optional
        Registered repairs, with their default options; all by default.

    Returns
    -------
    Comparison
        Two or more views; recalls and gaps of three and more are means over their pairs.

    Raises
    ------
    TypeError, InputError
        If the views, labels or captions cannot be used, or a method is unknown.
    """
    given = check_embeddings(
        *views, labels=labels, captions=captions, names=names,
        normalize=normalize, few_rows=few_rows,
    )  # fmt: skip
    chosen = repairs.names() if methods is None else list(methods)
    for method in chosen:
        repairs.create(method)  # raises for an unknown one, before any work
    order = np.random.default_rng(seed).permutation(len(given.views[0]))
    half = min(len(order) // 2, LARGEST_PART)
    seen, unseen = np.sort(order[:half]), np.sort(order[half : 2 * half])
    held = _part(given, unseen)
    tell = progress or (lambda done, total, message: None)
    after: dict[str, tuple[NDArray[Any], ...]] = {BEFORE: held.views}
    notes: dict[str, str] = {}
    fit_views = [np.asarray(view[seen]) for view in given.views]

    def repaired(method: str) -> tuple[NDArray[Any], ...] | InputError:
        try:
            return tuple(repairs.create(method).fit(*fit_views).transform(*held.views))
        except InputError as error:
            return error

    size = max(1, min(half // 2, DRAW))
    tell(0, DRAWS, "fits")
    with one_thread_each(jobs) as pool:
        for method, found in zip(chosen, pool.map(repaired, chosen), strict=True):
            if isinstance(found, InputError):
                notes[method] = str(found)
            else:
                after[method] = found
        judged = _judge(held, after, size, seed, pool, tell)
    rows = [
        judged[method] if method in judged else Judgement(method, {}, {}, notes[method])
        for method in (BEFORE, *chosen)
    ]
    return Comparison(given.names, half, half, size, rows, recommend(rows))


def _part(given: Checked, items: NDArray[np.int64]) -> Checked:
    return Checked(
        tuple(np.asarray(view[items]) for view in given.views),
        given.names,
        None if given.labels is None else given.labels[items],
        None if given.groups is None else given.groups[items],
    )


def _judge(
    held: Checked,
    after: Mapping[str, tuple[NDArray[Any], ...]],
    size: int,
    seed: int,
    pool: Executor,
    progress: Progress,
) -> dict[str, Judgement]:
    n = len(held.views[0])
    drawn = _subsampled(held, after, draw_items(n, size, DRAWS, seed), seed, pool, progress)
    how = f"{DRAWS} subsamples of {size}"
    progress(DRAWS, DRAWS, "pairs")

    def resampled(views: tuple[NDArray[Any], ...]) -> dict[str, Draws]:
        rng = np.random.default_rng(seed)
        return bootstrap(PairStatistics(views, rng, second_moments=False), seed, RESAMPLES)

    means = dict(zip(after, pool.map(resampled, after.values()), strict=True))
    result = {}
    for method in after:
        values = {key: means[method][key].estimate("bootstrap of pairs") for key in MEANS}
        changes = {
            key: means[method][key].minus(means[BEFORE][key]).estimate("bootstrap of pairs")
            for key in MEANS
        }
        for key, found in drawn[method].items():
            values[key] = subsample_estimate(found, size, n, how, key)
            changes[key] = subsample_estimate(found - drawn[BEFORE][key], size, n, how)
        result[method] = Judgement(method, values, changes)
    return result


def _subsampled(
    held: Checked,
    after: Mapping[str, tuple[NDArray[Any], ...]],
    items: Sequence[NDArray[np.int64]],
    seed: int,
    pool: Executor,
    progress: Progress,
) -> dict[str, dict[str, NDArray[np.float64]]]:
    """Metrics of each method on each subsample, by method and key."""
    seeds = np.random.SeedSequence(seed).generate_state(len(items))
    done = 0

    def one(index: int) -> dict[str, dict[str, float]]:
        nonlocal done
        chosen = items[index]
        labels = None if held.labels is None else _recoded(held.labels[chosen])
        groups = None if held.groups is None else _recoded(held.groups[chosen])
        before: Sample | None = None
        found = {}
        for method, views in after.items():
            rows = tuple(View(view[chosen], np.float32) for view in views)
            sample = Sample(rows, labels, groups, int(seeds[index]))
            before = sample if before is None else before
            found[method] = _measure(sample, before)
        done += 1
        progress(done, len(items), "subsamples")
        return found

    rows = list(pool.map(one, range(len(items))))
    return {
        method: {key: np.array([row[method][key] for row in rows]) for key in rows[0][method]}
        for method in after
    }


def _recoded(values: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.unique(values, return_inverse=True)[1]


def _measure(sample: Sample, before: Sample) -> dict[str, float]:
    """Retrieval, groups, and the share of neighbours within the views that stay."""
    found = Recall()(sample)
    if sample.labels is not None:
        found |= Clustering(seeds=1, starts=1)(sample) | NeighbourAccuracy()(sample)
    kept = [
        MutualNeighbours().of_pair(old, new, sample)[0]
        for old, new in zip(before.views, sample.views, strict=True)
    ]
    return found | {"neighbourhood": float(np.mean(kept))}


def recommend(rows: Sequence[Judgement]) -> Recommendation:
    """The repair that brings pairs closest, relative to the spread of the views, at no loss.

    A repair qualifies if it lowers the relative modality gap and no interval of the change of a
    recall, the V-measure or the kNN accuracy lies below 0. Closeness is relative to the spread,
    since a map that contracts everything brings everything closer.
    """
    tried = [row for row in rows if row.values and row.method != BEFORE]
    harmless = [row for row in tried if not _harms(row)]
    better = [row for row in harmless if row.changes["relative_modality_gap"].high < 0]
    if not better:
        why = (
            "every repair that brings pairs closer lowers retrieval or the groups"
            if tried and len(harmless) < len(tried)
            else "no repair brings held-out pairs closer"
        )
        return Recommendation(BEFORE, f"Leave the embeddings as they are: {why}.")
    best = min(better, key=lambda row: row.values["relative_modality_gap"].value)
    change = best.changes
    told = [
        f"{title} {change[key].value:+.3f} [{change[key].low:+.3f}, {change[key].high:+.3f}]"
        for key, title in _TOLD
        if key in change
    ]
    harmed = [row.method for row in tried if _harms(row)]
    text = (
        f"Of the repairs that lower neither retrieval nor the groups, {best.method} brings "
        f"held-out pairs closest relative to the spread of the views: {', '.join(told)}"
        f"; {best.values['neighbourhood'].value:.0%} of the neighbours within a view stay."
    )
    if harmed:
        text += f" Ruled out by a loss: {', '.join(harmed)}."
    return Recommendation(best.method, text)


def _harms(row: Judgement) -> bool:
    return any(key in row.changes and row.changes[key].high < 0 for key in GUARDED)


_TOLD = (
    ("centroid_gap", "gap"),
    ("true_pair_cosine", "pair cosine"),
    ("r1_xy", "R@1"),
    ("v_measure", "V-measure"),
    ("knn", "kNN"),
)
