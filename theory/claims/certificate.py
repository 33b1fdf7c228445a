"""Certificates: margin ≥ 0 on the whole box, in ball arithmetic, by branch and bound."""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from flint import arb, ctx

from theory.claims.base import Array, Claim, MarginError, brief
from theory.claims.domain import Points
from theory.claims.dual import Dual
from theory.claims.evidence import FAILED, HOLDS, PARTIAL, VIOLATED, Engine, Finding, Profile
from theory.claims.proof import ProofError
from theory.claims.recheck import ball_margin
from theory.claims.resting import recording
from theory.claims.spaces import Choice, Real
from theory.claims.symbolic import cross_check

__all__ = ["CertificateEngine"]

#: Bits of precision of the balls.
BITS = 128
#: Largest number of combinations of discrete parameters.
MAX_GRID = 64


@dataclass(frozen=True)
class _Box:
    """A box in coordinates that run over [0, 1] (logarithmic where the parameter is)."""

    fixed: dict[str, Any]
    sides: tuple[tuple[float, float], ...]
    depth: int = 0

    @property
    def share(self) -> float:
        return math.prod(hi - lo for lo, hi in self.sides)

    def halves(self) -> tuple[_Box, _Box]:
        widths = [hi - lo for lo, hi in self.sides]
        axis = widths.index(max(widths))
        lo, hi = self.sides[axis]
        cut = (lo + hi) / 2
        first, second = (
            _Box(self.fixed, (*self.sides[:axis], side, *self.sides[axis + 1 :]), self.depth + 1)
            for side in ((lo, cut), (cut, hi))
        )
        return first, second


class CertificateEngine(Engine):
    """Split the box until every piece is shown to have margin ≥ 0, or the budget is spent.

    A piece is closed by its enclosure, by the mean value form, or at the face to which a
    derivative of one sign leads. The pieces with the lowest bound are split first, so that a
    false claim is refuted early. Discrete parameters are a grid: every combination is a box.
    """

    kind = "certificate"

    def applies(self, claim: Claim) -> bool:
        """Whether the margin accepts balls and every parameter is a number."""
        spaces = claim.domain.spaces.values()
        grid = math.prod(len(s.options) for s in spaces if isinstance(s, Choice))
        return (
            claim.balls and all(isinstance(s, (Real, Choice)) for s in spaces) and grid <= MAX_GRID
        )

    def examine(self, claim: Claim, profile: Profile, seed: int, readable: bool) -> Finding:
        """Certify one claim within `profile.boxes` boxes."""
        kept = ctx.prec
        ctx.prec = BITS
        try:
            lemmas, error = self._tie(claim, seed)
            if error:
                return Finding(FAILED, note=error)
            with recording() as used:
                found = self._branch(claim, profile.boxes)
            return replace(found, lemmas=tuple(dict.fromkeys((*lemmas, *sorted(used)))))
        finally:
            ctx.prec = kept

    def _tie(self, claim: Claim, seed: int) -> tuple[tuple[str, ...], str]:
        """Claims on which margin ≥ factor · reduced ≥ 0 rests, and what is wrong with its proof."""
        if type(claim).reduced is Claim.reduced:
            return (), ""
        proof = claim.tie()
        if proof is None:
            return (), "No proof ties the reduced margin to the margin."

        def value(points: Points) -> Array:
            bound = claim.factor(**points) * claim.reduced(**points)
            return np.asarray(claim.evaluate(points) - bound, dtype=np.float64)

        try:
            proof.check()
            cross_check(claim, proof, value, self.rng(claim, seed))
        except ProofError as error:
            return (), f"The reduced margin is not tied to the margin: {error}."
        return proof.lemmas, ""

    def _branch(self, claim: Claim, budget: int) -> Finding:
        spaces = claim.domain.spaces
        discrete = {n: s.options for n, s in spaces.items() if isinstance(s, Choice)}
        reals = {n: s for n, s in spaces.items() if isinstance(s, Real)}
        combinations = [
            dict(zip(discrete, values, strict=True))
            for values in itertools.product(*discrete.values())
        ]
        order = itertools.count()  # ties in the heap are broken by age
        heap = [
            (-math.inf, next(order), _Box(fixed, ((0.0, 1.0),) * len(reals)))
            for fixed in combinations
        ]
        closed, depth, tried = 0.0, 0, 0
        while heap and tried < budget:
            box = heapq.heappop(heap)[2]
            tried += 1
            depth = max(depth, box.depth)
            low, negative = _bound(claim, reals, box)
            if negative is not None:
                counts = {"boxes": tried, "depth": depth}
                return Finding(VIOLATED, counts, negative[1], claim.domain.plain(negative[0]))
            if low >= 0:
                closed += box.share / len(combinations)
            else:
                for half in box.halves():
                    heapq.heappush(heap, (low, next(order), half))
        counts = {"boxes": tried, "depth": depth}
        of = "" if type(claim).reduced is Claim.reduced else " of the reduced margin, tied to it"
        where = f"Box{of}: {claim.domain}; balls of {BITS} bits."
        if not heap:
            return Finding(HOLDS, counts, note=where)
        return Finding(PARTIAL, counts, note=f"Uncertified share {1 - closed:.2g}. {where}")


def _bound(
    claim: Claim, reals: dict[str, Real], box: _Box
) -> tuple[float, tuple[dict[str, Any], float] | None]:
    """Lower bound of the margin on a box, and a point where it is certainly negative."""
    ends = [[_place(s, u) for u in side] for s, side in zip(reals.values(), box.sides, strict=True)]
    hulls = [lo.union(hi) for lo, hi in ends]
    middle = [_inside(s, hull) for s, hull in zip(reals.values(), hulls, strict=True)]
    at = _slopes(claim, box, reals, [arb(m) for m in middle])
    downhill = [
        _inside(space, lo if slope.mid() >= 0 else hi)
        for space, slope, (lo, hi) in zip(reals.values(), at.gradient, ends, strict=True)
    ]
    for place in (middle, downhill):
        point = {**box.fixed, **dict(zip(reals, place, strict=True))}
        margin = ball_margin(claim, point, ctx.prec)
        if margin < 0:
            return -math.inf, (point, float(margin.mid()))
    over = _slopes(claim, box, reals, hulls)
    mean_value = at.value
    for slope, hull, centre in zip(over.gradient, hulls, middle, strict=True):
        mean_value += slope * (hull - centre)
    best = max(_lower(over.value), _lower(mean_value))
    if best < 0:
        face = [
            lo if slope >= 0 else hi if slope <= 0 else hull
            for slope, (lo, hi), hull in zip(over.gradient, ends, hulls, strict=True)
        ]
        best = max(best, _lower(_slopes(claim, box, reals, face).value))
    return best, None


def _slopes(claim: Claim, box: _Box, reals: dict[str, Real], values: list[arb]) -> Dual:
    """Reduced margin and its gradient over balls."""
    size = len(values)
    seeds = [Dual(v, tuple(arb(int(i == j)) for j in range(size))) for i, v in enumerate(values)]
    params = {**box.fixed, **dict(zip(reals, seeds, strict=True))}
    try:
        margin = claim.reduced(**params)
    except Exception as error:
        shown = {**box.fixed, **dict(zip(reals, values, strict=True))}
        raise MarginError(
            f"the margin of claim {claim.id!r} declares that it accepts balls but raised "
            f"{type(error).__name__}: {error} (at {brief(shown)})."
        ) from error
    return margin if isinstance(margin, Dual) else Dual(arb(margin), (arb(0),) * size)


def _inside(space: Real, ball: arb) -> float:
    return min(max(float(ball.mid()), space.lo), space.hi)


def _place(space: Real, u: float) -> arb:
    """Ball of the value at coordinate `u` of the range; the end points are exact."""
    if u in (0.0, 1.0):
        return arb(space.hi if u else space.lo)
    lo, hi = arb(space.lo), arb(space.hi)
    if space.log:
        return lo * (arb(u) * (hi / lo).log()).exp()
    return lo + arb(u) * (hi - lo)


def _lower(ball: arb) -> float:
    """Lower bound of a ball as a float that is no larger; −∞ if nothing is known."""
    if not ball.is_finite():
        return -math.inf
    if ball >= 0:
        return max(0.0, float(ball.lower()))
    return min(float(ball.lower()), -math.ulp(0.0))
