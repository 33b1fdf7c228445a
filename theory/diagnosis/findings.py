"""What the numbers mean, in plain words, each with the numbers that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from theory.diagnosis.duplicates import Repeats
from theory.diagnosis.estimates import Estimate
from theory.diagnosis.hypotheses import Hypothesis
from theory.diagnosis.predictions import Prediction

__all__ = ["Finding", "PairView", "find_captions", "find_pair", "find_views"]

Kind = Literal["warning", "gap", "theory", "advice"]

RANKED = 10.0  # times chance from which pairs count as well ranked
FAR = 0.5  # relative modality gap from which pairs are as far apart as strangers
PARTED = 0.99  # AUC from which one hyperplane parts the views
CONE = 0.9  # mean length from which a view is a narrow cone
NEAR = 0.05  # centroid gap below which there is hardly one
STUCK = 0.02  # share of log m within which the loss has learnt nothing
UNEVEN = 1.5  # ratio of effective ranks


class Finding(NamedTuple):
    """A sentence for people, and the numbers behind it."""

    kind: Kind
    text: str
    reason: str


class PairView(NamedTuple):
    """What the findings of two views are read off.

    Attributes
    ----------
    names : (str, str)
    estimates : mapping of str to Estimate
        By plain key, those of this pair of views.
    prediction : Prediction
    hypotheses : sequence of Hypothesis
    chance : float
        R@1 of a gallery in random order.
    size : int
        Items of a subsample, the gallery of its recalls.
    """

    names: tuple[str, str]
    estimates: Mapping[str, Estimate]
    prediction: Prediction
    hypotheses: Sequence[Hypothesis]
    chance: float
    size: int


def find_captions(captions: Repeats | None, rows: Sequence[Repeats], names: Sequence[str]
                  ) -> list[Finding]:  # fmt: skip
    """Warnings of repeated captions, or of repeated rows where captions are not given."""
    found: list[Finding] = []
    if captions is not None and captions.share > 0:
        found.append(
            Finding(
                "warning",
                f"{captions.share:.0%} of the items share their caption with another: the loss "
                "counts them as negatives, though they are right answers.",
                f"{captions.distinct} different captions, the most frequent {captions.largest} "
                f"times; InfoNCE on all items cannot fall below {captions.floor:.3f}. Retrieval "
                "below counts every item of the caption as right.",
            )
        )
    if captions is None:
        found += [
            Finding(
                "warning",
                f"{repeats.share:.1%} of the rows of {name} equal another row.",
                f"{repeats.distinct} different rows, the most frequent {repeats.largest} times; "
                "equal captions or items would explain it. Pass --captions so that equal ones "
                "count as right answers, or remove the copies.",
            )
            for name, repeats in zip(names, rows, strict=True)
            if repeats.share > 0
        ]
    return found


def find_views(names: Sequence[str], estimates: Mapping[str, Estimate], keys: Sequence[str]
               ) -> list[Finding]:  # fmt: skip
    """What each view says by itself; `keys` are the suffixes of the views."""
    found = []
    for name, key in zip(names, keys, strict=True):
        length = estimates[f"mean_length_{key}"]
        if length.low > CONE:
            found.append(
                Finding(
                    "gap",
                    f"{name} lies in a narrow cone: its rows hardly differ.",
                    f"mean length {length.value:.3f}, where 1 is a single point and 0 an even "
                    "spread; cosines within the view are high whatever the content.",
                )
            )
        elif length.low <= 0:
            found.append(
                Finding(
                    "gap",
                    f"The mean of {name} vanishes, so the angle of the means says nothing.",
                    f"mean length {length.value:.3f}, not different from 0; read the centroid gap.",
                )
            )
    return found


def find_pair(pair: PairView) -> list[Finding]:
    """What two views say about each other: chance, the gap, what to expect, what theory allows."""
    ranked = _ranking(pair)
    return [*_learning(pair), *_gap(pair, ranked), *_ranks(pair), *_theory(pair)]


def _learning(pair: PairView) -> list[Finding]:
    one, two = pair.names
    found = []
    recalls = [pair.estimates[key] for key in ("r1_xy", "r1_yx")]
    if any(recall.low <= pair.chance for recall in recalls):
        true, random = pair.estimates["true_pair_cosine"], pair.estimates["random_pair_cosine"]
        apart = true.low > random.high
        found.append(
            Finding(
                "warning",
                f"Retrieval between {one} and {two} is at chance: "
                + (
                    "pairs are barely closer than strangers."
                    if apart
                    else "either row i of one file is not the partner of row i of the other, or "
                    "the model has learnt nothing."
                ),
                f"R@1 {recalls[0].value:.4f} and {recalls[1].value:.4f} among {pair.size}, chance "
                f"{pair.chance:.4f}; cosine of true pairs {true.value:.3f}, of others "
                f"{random.value:.3f}.",
            )
        )
    loss, limit = pair.estimates.get("infonce"), float(np.log(pair.size))
    if loss is not None and abs(loss.value - limit) < STUCK * limit:
        found.append(
            Finding(
                "warning",
                "The contrastive loss is stuck at that of guessing.",
                f"InfoNCE {loss.value:.3f} at τ = {pair.prediction.temperature:g}, log "
                f"{pair.size} = {limit:.3f}: embeddings have collapsed, pairs are shuffled, or "
                "the temperature is far off.",
            )
        )
    return found


def _ranking(pair: PairView) -> bool:
    """Whether pairs are ranked well above chance, both ways."""
    floor = min(RANKED * pair.chance, 0.5)
    return all(pair.estimates[key].low > floor for key in ("r1_xy", "r1_yx"))


def _gap(pair: PairView, ranked: bool) -> list[Finding]:
    one, two = pair.names
    gap, relative = pair.estimates["centroid_gap"], pair.estimates["relative_modality_gap"]
    auc = pair.estimates["separability_auc"]
    cosine = pair.estimates["true_pair_cosine"].value
    recalls = pair.estimates["r1_xy"].value, pair.estimates["r1_yx"].value
    numbers = (
        f"centroid gap {gap.value:.3f} [{gap.low:.3f}, {gap.high:.3f}], pair cosine {cosine:.3f}, "
        f"relative gap {relative.value:.2f}, a hyperplane parts the views with AUC "
        f"{auc.value:.3f}; R@1 {recalls[0]:.3f} and {recalls[1]:.3f} among {pair.size}."
    )
    if gap.value < NEAR and auc.low < PARTED:
        return [Finding("gap", f"There is hardly a gap between {one} and {two}.", numbers)]
    if auc.low > PARTED and relative.value > FAR:
        text = (
            f"The pairs of {one} and {two} are well ranked but far apart: expect clustering and "
            "neighbours across the views to suffer, retrieval not."
            if ranked
            else f"{one} and {two} lie far apart, and their pairs are not well ranked: closing "
            "the gap alone will not mend retrieval."
        )
        return [Finding("gap", text, numbers)]
    if auc.low > PARTED:
        text = (
            f"{one} and {two} can be told apart without error, but pairs are closer than "
            "strangers of one view: the gap is a small part of the distances."
        )
        return [Finding("gap", text, numbers)]
    return [Finding("gap", f"{one} and {two} overlap, with a gap between their means.", numbers)]


def _ranks(pair: PairView) -> list[Finding]:
    ranks = [pair.estimates[key] for key in ("effective_rank_x", "effective_rank_y")]
    low, high = sorted(range(2), key=lambda k: ranks[k].value)
    if not ranks[high].value > UNEVEN * ranks[low].value:
        return []
    return [
        Finding(
            "gap",
            f"{pair.names[high]} uses more directions than {pair.names[low]}: what only it "
            "says cannot be matched, and keeps pairs apart.",
            f"effective ranks {ranks[high].value:.1f} and {ranks[low].value:.1f}.",
        )
    ]


def _theory(pair: PairView) -> list[Finding]:
    found, seen = [], pair.prediction
    one, two = pair.names
    now = pair.estimates["gap_angle"].value
    angle = np.degrees(seen.achievable_angle)
    p, q = seen.dimensions
    forced = (
        f" They must meet: {p} + {q} directions do not fit into {p + q - seen.forced}."
        if seen.forced
        else ""
    )
    found.append(
        Finding(
            "theory",
            f"The subspaces of {one} and {two} allow a gap angle of {angle:.1f}°; it is "
            f"{np.degrees(now):.1f}°.",
            f"Smallest principal angle of the 99 % subspaces ({p} and {q} dimensions), N.T3′; for "
            f"means of these lengths, a centroid gap of {seen.achievable_gap:.3f}.{forced}",
        )
    )
    own = seen.surviving + seen.abandoned
    if seen.shared and own:
        found.append(
            Finding(
                "theory",
                f"At τ = {seen.temperature:g}, training keeps {seen.surviving} of the {own} "
                f"{'direction' if own == 1 else 'directions'} that the views do not share.",
                f"{seen.shared} directions are shared to within {np.degrees(seen.resolution):.1f}°;"
                f" those at more than {np.degrees(seen.critical_angle):.1f}° are given up (N.3, a "
                "result for hyperplanes, applied to each direction).",
            )
        )
    elif not seen.shared:
        found.append(
            Finding(
                "theory",
                f"{one} and {two} share no direction.",
                f"closest directions {angle:.1f}° apart, told apart from "
                f"{np.degrees(seen.resolution):.1f}° on; a shared space projection has nothing to "
                "project on, a rotation has.",
            )
        )
    shift = next(check for check in pair.hypotheses if check.theorem == "G.1")
    found.append(
        Finding(
            "advice",
            f"The gap between {one} and {two} is a constant shift for retrieval: translation or "
            "centring closes it and keeps the rankings."
            if shift.met
            else f"The gap between {one} and {two} is not a constant shift: moving the means "
            "changes rankings; compare the repairs on held-out pairs.",
            shift.measured + ".",
        )
    )
    return found
