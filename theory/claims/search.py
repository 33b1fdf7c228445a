"""Search evidence: the smallest margin an adversary can find.

Random points in batches of one shape, the lowest of each batch refined by a derivative-free
descent whose moves are tangent steps followed by a retraction, so that unit rows stay unit and
bases stay orthonormal; the lowest of these then follow the Riemannian gradient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.claims.base import Claim
from theory.claims.domain import Points, take
from theory.claims.evidence import HOLDS, UNRESOLVED, VIOLATED, Engine, Finding, Profile
from theory.claims.gradient import downhill, gradient
from theory.claims.recheck import recheck, tolerance
from theory.claims.shrink import shrink

__all__ = ["SearchEngine"]

#: Largest share of random points that may tie before the evidence says nothing.
MAX_TIES = 0.1
#: First and smallest relative step of the descent.
FIRST_STEP, LAST_STEP = 0.3, 1e-8
#: Largest number of points that are evaluated in one call.
MAX_BATCH = 4096

Array = NDArray[np.float64]


@dataclass
class _Found:
    """Points with their margins, and the margins in units of the largest term."""

    points: Points
    margin: Array
    relative: Array

    @classmethod
    def at(cls, claim: Claim, points: Points) -> _Found:
        margin = claim.evaluate(points)
        return cls(points, margin, margin / claim.scales(points))

    def take(self, index: Any) -> _Found:
        return _Found(take(self.points, index), self.margin[index], self.relative[index])


class SearchEngine(Engine):
    """Multi-start minimisation of the margin over the domain."""

    kind = "search"

    def examine(self, claim: Claim, profile: Profile, seed: int, readable: bool) -> Finding:
        """Keep the worst point met; a violation counts once it is confirmed."""
        rng = self.rng(claim, seed)
        size = profile.samples // profile.batches
        holding = ties = 0
        starts: list[_Found] = []
        for shape, batches in _merged(claim.domain.shapes(rng, profile.batches), size):
            found = _Found.at(claim, claim.domain.sample(rng, size * batches, shape))
            holding += int(np.count_nonzero(found.margin >= 0))
            negative = found.margin < 0
            within = found.margin >= -tolerance(found.margin / _nonzero(found.relative))
            ties += int(np.count_nonzero(negative & within))
            order = np.argsort(found.relative, kind="stable")
            starts.append(found.take(order[: profile.starts * batches]))
        samples = size * profile.batches
        counts = {"samples": samples, "refinements": 0, "ties": ties}
        if not readable:  # a control is refuted by any violation: no descent to a deeper one
            early = self._judge(claim, _sorted(starts), counts, holding / samples, readable)
            if early.outcome == VIOLATED:
                return early
        ends = [_descend(claim, some, profile, rng) for some in starts]
        ends = [end for some in ends for end in (some, _follow(claim, some, profile))]
        counts["refinements"] = (
            profile.batches * profile.starts * profile.proposals * profile.rounds
        )
        counts["gradient steps"] = len(starts) * profile.starts * profile.gradients
        return self._judge(claim, _sorted(ends), counts, holding / samples, readable)

    def _judge(
        self,
        claim: Claim,
        lowest: list[_Found],
        counts: dict[str, int],
        share: float,
        readable: bool,
    ) -> Finding:
        worst = take(lowest[0].points, 0)
        for found in lowest:  # in rising order
            if found.margin[0] >= 0:
                break
            point = take(found.points, 0)
            outcome, margin = recheck(claim, point)
            if outcome == VIOLATED:
                if readable:
                    point, margin = shrink(claim, point)
                at = claim.domain.plain(point)
                return Finding(VIOLATED, counts, margin, at, share)
        tied = counts["ties"] > MAX_TIES * counts["samples"]
        at = claim.domain.plain(worst)
        outcome = UNRESOLVED if tied else HOLDS
        return Finding(outcome, counts, float(lowest[0].margin[0]), at, share)


def _merged(shapes: list[dict[str, int]], size: int) -> Iterator[tuple[dict[str, int], int]]:
    """Shapes with the number of their batches that are evaluated together: calls cost, too."""
    most = max(1, MAX_BATCH // size)
    counts = Counter(tuple(shape.items()) for shape in shapes)
    for shape, count in counts.items():
        for done in range(0, count, most):
            yield dict(shape), min(most, count - done)


def _sorted(found: list[_Found]) -> list[_Found]:
    """Return one entry a point, the lowest first."""
    single = [f.take(slice(i, i + 1)) for f in found for i in range(len(f.margin))]
    return sorted(single, key=lambda f: float(f.relative[0]))


def _descend(claim: Claim, best: _Found, profile: Profile, rng: np.random.Generator) -> _Found:
    """Lower the relative margin of every start; each round keeps the best of several moves.

    The moves of a round have step sizes falling by powers of two, and the step follows the move
    that won: large while the valley is wide, small near its floor.
    """
    starts, tries = len(best.margin), profile.proposals
    step = np.full(starts, FIRST_STEP)
    ladder = 2.0 ** -np.arange(tries)
    rows = np.arange(starts)
    for _ in range(profile.rounds):
        steps = np.outer(step, ladder)
        repeated = {name: np.repeat(v, tries, axis=0) for name, v in best.points.items()}
        tried = _Found.at(claim, claim.domain.move(repeated, steps.ravel(), rng))
        best, better, winner = _better(best, tried)
        step = np.where(better, 2 * steps[rows, winner], step / 4)
        step = np.where(step < LAST_STEP, FIRST_STEP, np.minimum(step, FIRST_STEP))
    return best


def _follow(claim: Claim, found: _Found, profile: Profile) -> _Found:
    """Follow the gradient from the lowest points; each step keeps the best of several lengths."""
    best = found.take(np.argsort(found.relative, kind="stable")[: profile.starts])
    starts, tries = len(best.margin), profile.proposals
    ladder = np.tile(4.0 ** -np.arange(tries), starts)

    def relative(points: Points) -> Array:
        return _Found.at(claim, points).relative

    for _ in range(profile.gradients):
        slopes = gradient(claim.domain, best.points, best.relative, relative)
        if not slopes:
            break
        from_, along = (
            {n: np.repeat(v, tries, axis=0) for n, v in p.items()} for p in (best.points, slopes)
        )
        best = _better(best, _Found.at(claim, downhill(claim.domain, from_, along, ladder)))[0]
    return best


def _better(best: _Found, tried: _Found) -> tuple[_Found, NDArray[np.bool_], NDArray[Any]]:
    """Best of each start and its tries; which starts improved, and by which try."""
    starts = len(best.margin)
    rows = np.arange(starts)
    relative = tried.relative.reshape(starts, -1)
    winner = relative.argmin(axis=1)
    better = relative[rows, winner] < best.relative
    won = tried.take(rows * relative.shape[1] + winner)
    best = _Found(
        {n: _where(better, won.points[n], v) for n, v in best.points.items()},
        np.where(better, won.margin, best.margin),
        np.where(better, won.relative, best.relative),
    )
    return best, better, winner


def _where(mask: NDArray[np.bool_], a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    return np.where(mask.reshape(-1, *(1,) * (a.ndim - 1)), a, b)


def _nonzero(x: Array) -> Array:
    return np.where(x == 0, 1.0, x)
