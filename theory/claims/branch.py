"""Branch and bound in ball arithmetic: boxes, their lower bounds and the tree they form."""

from __future__ import annotations

import heapq
import itertools
import math
from dataclasses import dataclass
from typing import Any

from flint import arb, ctx

from theory.claims.base import Claim, MarginError, brief
from theory.claims.dual import Dual
from theory.claims.jet import ORDER, Jet
from theory.claims.recheck import ball_margin
from theory.claims.spaces import Choice, Real

__all__ = ["Box", "Tree", "bound", "branch", "combinations", "halve", "reals"]

#: Pieces of [−1, 1], as midpoint and radius, on which a Taylor polynomial is bounded.
PIECES = tuple(((2 * k - 15) / 16, 1 / 16) for k in range(16))

#: Halvings of a parameter after which floats hardly tell the ends of its range apart.
MAX_HALVINGS = 48

Negative = tuple[dict[str, Any], float]


@dataclass(frozen=True)
class Box:
    """A box in coordinates that run over [0, 1] (logarithmic where the parameter is).

    Attributes
    ----------
    number : int
        Of the combination of discrete parameters, which are `fixed`.
    path : str
        The halves taken to get here: ``0`` the lower, ``1`` the upper.
    """

    number: int
    fixed: dict[str, Any]
    sides: tuple[tuple[float, float], ...]
    path: str = ""

    @property
    def share(self) -> float:
        """Volume, of 1."""
        return math.prod(hi - lo for lo, hi in self.sides)


@dataclass(frozen=True)
class Tree:
    """What branching found.

    Attributes
    ----------
    boxes, depth : int
        Boxes tried and largest number of halvings.
    leaves : list of (int, str)
        Closed boxes, by combination and path.
    share : float
        Share of the domain that is closed.
    whole : bool
        Whether all of it is.
    negative : (dict, float) or None
        A point where the margin is certainly negative, and the margin there.
    """

    boxes: int
    depth: int
    leaves: list[tuple[int, str]]
    share: float
    whole: bool
    negative: Negative | None = None


def reals(claim: Claim) -> dict[str, Real]:
    """Continuous parameters of a claim."""
    return {n: s for n, s in claim.domain.spaces.items() if isinstance(s, Real)}


def combinations(claim: Claim) -> list[Box]:
    """One box for every combination of the discrete parameters."""
    discrete = {n: s.options for n, s in claim.domain.spaces.items() if isinstance(s, Choice)}
    whole = ((0.0, 1.0),) * len(reals(claim))
    values = itertools.product(*discrete.values())
    return [Box(i, dict(zip(discrete, v, strict=True)), whole) for i, v in enumerate(values)]


def halve(box: Box) -> tuple[Box, Box]:
    """Cut a box across its longest side."""
    widths = [hi - lo for lo, hi in box.sides]
    axis = widths.index(max(widths))
    lo, hi = box.sides[axis]
    cut = (lo + hi) / 2
    first, second = (
        Box(
            box.number,
            box.fixed,
            (*box.sides[:axis], side, *box.sides[axis + 1 :]),
            box.path + name,
        )
        for name, side in (("0", (lo, cut)), ("1", (cut, hi)))
    )
    return first, second


def branch(claim: Claim, budget: int) -> Tree:
    """Split until every box is closed, one is negative, or `budget` boxes were tried.

    A box too small to be halved ends it, too: the margin touches 0 there.
    """
    start = combinations(claim)
    order = itertools.count()  # ties in the heap are broken by age
    heap = [(-math.inf, next(order), box) for box in start]
    leaves: list[tuple[int, str]] = []
    closed, depth, tried = 0.0, 0, 0
    deepest = MAX_HALVINGS * len(reals(claim))
    while heap and tried < budget and depth < deepest:
        box = heapq.heappop(heap)[2]
        tried += 1
        depth = max(depth, len(box.path))
        low, negative = bound(claim, box)
        if negative is not None:
            return Tree(tried, depth, leaves, closed, whole=False, negative=negative)
        if low >= 0:
            leaves.append((box.number, box.path))
            closed += box.share / len(start)
        else:
            for half in halve(box):
                heapq.heappush(heap, (low, next(order), half))
    return Tree(tried, depth, leaves, closed, whole=not heap)


def bound(claim: Claim, box: Box) -> tuple[float, Negative | None]:
    """Lower bound of the margin on a box, and a point where it is certainly negative."""
    spaces = reals(claim)
    sides = zip(spaces.values(), box.sides, strict=True)
    ends = [[_place(space, u) for u in side] for space, side in sides]
    hulls = [lo.union(hi) for lo, hi in ends]
    middle = [_inside(s, hull) for s, hull in zip(spaces.values(), hulls, strict=True)]
    at = _slopes(claim, box, spaces, [arb(m) for m in middle])
    downhill = [
        _inside(space, lo if slope.mid() >= 0 else hi)
        for space, slope, (lo, hi) in zip(spaces.values(), at.gradient, ends, strict=True)
    ]
    for place in (middle, downhill):
        point = {**box.fixed, **dict(zip(spaces, place, strict=True))}
        margin = ball_margin(claim, point, ctx.prec)
        if margin < 0:
            return -math.inf, (point, float(margin.mid()))
    over = _slopes(claim, box, spaces, hulls)
    mean_value = at.value
    for slope, hull, centre in zip(over.gradient, hulls, middle, strict=True):
        mean_value += slope * (hull - centre)
    best = max(_lower(over.value), _lower(mean_value))
    if best < 0:
        face = [
            lo if slope >= 0 else hi if slope <= 0 else hull
            for slope, (lo, hi), hull in zip(over.gradient, ends, hulls, strict=True)
        ]
        best = max(best, _lower(_slopes(claim, box, spaces, face).value))
    if best < 0 and len(spaces) == 1:
        best = max(best, _taylor(claim, box, next(iter(spaces)), arb(middle[0]), hulls[0]))
    return best, None


def _taylor(claim: Claim, box: Box, name: str, centre: arb, hull: arb) -> float:
    """Lower bound by Taylor's theorem in one parameter; −∞ where it has none."""
    radius = arb(abs(hull - centre).upper())
    try:
        at, over = (
            claim.reduced(**box.fixed, **{name: Jet.line(start, radius)})
            for start in (centre, hull)
        )
        rest = over.coefficients()[ORDER] * arb(0, 1)
        known = at.coefficients()[:ORDER]
    except (ArithmeticError, AttributeError, TypeError, ValueError):  # it has no series here
        return -math.inf
    return min(_lower(_polynomial(known, arb(*piece)) + rest) for piece in PIECES)


def _polynomial(coefficients: list[arb], t: arb) -> arb:
    total = arb(0)
    for coefficient in reversed(coefficients):
        total = total * t + coefficient
    return total


def _slopes(claim: Claim, box: Box, spaces: dict[str, Real], values: list[arb]) -> Dual:
    """Reduced margin and its gradient over balls."""
    size = len(values)
    seeds = [Dual(v, tuple(arb(int(i == j)) for j in range(size))) for i, v in enumerate(values)]
    params = {**box.fixed, **dict(zip(spaces, seeds, strict=True))}
    try:
        margin = claim.reduced(**params)
    except Exception as error:
        shown = {**box.fixed, **dict(zip(spaces, values, strict=True))}
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
