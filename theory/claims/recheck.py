"""Before a violation counts: the margin again, beyond the reach of rounding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from theory.claims.base import Claim, MarginError, brief
from theory.claims.domain import stack
from theory.claims.evidence import HOLDS, UNRESOLVED, VIOLATED

__all__ = ["ball_margin", "recheck", "tolerance"]

#: Bits of precision of the balls; each is tried only if the one before did not decide.
PRECISIONS = (64, 128, 256, 512)


def tolerance(scale: Any) -> NDArray[np.float64]:
    """How far below zero a float64 margin must be: 1e-12 + 64 roundings of its largest term."""
    return np.asarray(1e-12 + 64 * np.finfo(np.float64).eps * np.asarray(scale))


def recheck(claim: Claim, point: Mapping[str, Any]) -> tuple[str, float]:
    """Decide one point: ``holds``, ``violated``, or ``not resolved`` for a tie.

    In balls where the margin accepts them; else against `tolerance`.

    Returns
    -------
    outcome : str
    margin : float
    """
    points = stack(point)
    margin = float(claim.evaluate(points)[0])
    if claim.balls:
        for bits in PRECISIONS:
            ball = ball_margin(claim, point, bits)
            if ball >= 0:
                return HOLDS, float(ball.mid())
            if ball < 0:
                return VIOLATED, float(ball.mid())
        return UNRESOLVED, margin
    if margin >= 0:
        return HOLDS, margin
    beyond = margin < -tolerance(claim.scales(points)[0])
    return (VIOLATED if beyond else UNRESOLVED), margin


def ball_margin(claim: Claim, point: Mapping[str, Any], bits: int) -> arb:
    """Margin of one point (floats, integers or balls) in ball arithmetic of `bits` bits."""
    kept = ctx.prec
    ctx.prec = bits
    try:
        ball = claim.margin(**{name: as_ball(value) for name, value in point.items()})
    except Exception as error:
        raise MarginError(
            f"the margin of claim {claim.id!r} declares that it accepts balls but raised "
            f"{type(error).__name__}: {error} (at {brief(point)})."
        ) from error
    finally:
        ctx.prec = kept
    if not isinstance(ball, arb):
        raise MarginError(
            f"the margin of claim {claim.id!r} declares that it accepts balls but returned "
            f"{type(ball).__name__} for them; compute with the balls it is given."
        )
    return ball


def as_ball(value: Any) -> Any:
    """Exact ball of a float; integers stay integers (orders, dimensions)."""
    if isinstance(value, arb):
        return value
    number = np.asarray(value).item()
    return number if isinstance(number, int) else arb(number)
