"""Make a counterexample readable: round numbers, small dimensions, coordinate vectors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from theory.claims.base import Claim, MarginError
from theory.claims.domain import stack
from theory.claims.evidence import VIOLATED
from theory.claims.recheck import recheck

__all__ = ["shrink"]

Point = dict[str, Any]

#: A shrunk violation keeps this share of the margin found, or of its largest term.
KEEP, KEEP_OF_SCALE = 0.3, 0.01


def shrink(claim: Claim, point: Point, budget: int = 400) -> tuple[Point, float]:
    """Simplify a violating point one parameter at a time while it still clearly violates.

    Parameters
    ----------
    claim : Claim
    point : dict
        A confirmed violation (values without batch axis).
    budget : int
        Largest number of candidates tried.

    Returns
    -------
    point : dict
    margin : float
        The margin there.
    """
    margin = recheck(claim, point)[1]
    enough = KEEP * margin
    progress = True
    while progress and budget > 0:
        progress = False
        for candidate in _candidates(claim, point):
            budget -= 1
            if budget < 0:
                break
            found = _violation(claim, candidate)
            if found is not None and found <= max(enough, _clear(claim, candidate)):
                point, margin, progress = candidate, found, True
                break
    return point, margin


def _violation(claim: Claim, candidate: Point) -> float | None:
    """Margin of a candidate that lies in the domain and violates the claim."""
    if not claim.domain.contains(candidate):
        return None
    try:
        outcome, margin = recheck(claim, candidate)
    except MarginError:
        return None
    return margin if outcome == VIOLATED else None


def _clear(claim: Claim, candidate: Point) -> float:
    return -KEEP_OF_SCALE * float(claim.scales(stack(candidate))[0])


def _candidates(claim: Claim, point: Point) -> Iterator[Point]:
    """All structure at its simplest, then one parameter at a time, shapes first."""
    domain = claim.domain
    simplest = _simplest(claim, point)
    if any(not np.array_equal(simplest[name], point[name]) for name in domain):
        yield simplest
    for name in domain.shape_names:
        for value in domain.spaces[name].simpler(_plain(point[name]), {}):
            candidate = {**point, name: value}
            shape = domain.shape_of(candidate)
            for other, space in domain.spaces.items():
                if name in space.needs:
                    candidate[other] = space.resize(point[other], shape)
            yield candidate
            yield _simplest(claim, candidate)
    shape = domain.shape_of(point)
    for name, space in domain.spaces.items():
        if name not in domain.shape_names:
            for value in space.simpler(_plain(point[name]), shape):
                yield {**point, name: value}


def _simplest(claim: Claim, point: Point) -> Point:
    """Every structured parameter in its simplest form."""
    shape = claim.domain.shape_of(point)
    simple = dict(point)
    for name, space in claim.domain.spaces.items():
        if space.needs:
            simple[name] = next(space.simpler(_plain(point[name]), shape), point[name])
    return simple


def _plain(value: Any) -> Any:
    array = np.asarray(value)
    return array.item() if array.ndim == 0 else array
