"""Numbers as people read them."""

from __future__ import annotations

import math
from typing import Any

from theory.statistics import Interval

__all__ = ["ANGLES", "duration", "interval", "number", "signed_interval"]

ANGLES = frozenset({"gap_angle", "smallest_principal_angle"})
"""Metrics kept in radians and shown in degrees."""


def number(value: Any, digits: int = 3) -> str:
    """Three significant decimals; a dash for what was not measured.

    Examples
    --------
    >>> number(0.12345), number(-0.5), number(1234.5), number(2e-7), number(None)
    ('0.123', '−0.500', '1234', '2.00e−07', '–')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, float) and math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if isinstance(value, int):
        return f"{value}".replace("-", "−")
    size = abs(value)
    if size and not 1e-3 <= size < 1e6:
        text = f"{value:.2e}"
    elif size >= 100:
        text = f"{value:.0f}"
    elif size >= 10:
        text = f"{value:.1f}"
    else:
        text = f"{value:.{digits}f}"
    return text.replace("-", "−")


def interval(found: Interval | None, factor: float = 1.0) -> str:
    """Mean with its 95 % interval, to the same decimals: ``0.510 [0.480, 0.540]``."""
    if found is None:
        return "–"
    mean, low, high = _alike(found, factor)
    return mean if math.isnan(found.low) else f"{mean} [{low}, {high}]"


def signed_interval(found: Interval, factor: float = 1.0) -> str:
    """A difference with its sign: ``+0.050 [+0.010, +0.090]``."""
    mean, low, high = _alike(found, factor, sign="+")
    return mean if math.isnan(found.low) else f"{mean} [{low}, {high}]"


def _alike(found: Interval, factor: float, sign: str = "") -> list[str]:
    """Mean and bounds to the decimals of the largest of them."""
    values = [factor * value for value in found[:3]]
    size = max(abs(value) for value in values if not math.isnan(value))
    if size and not 1e-3 <= size < 1e6:
        form = ".2e"
    else:
        form = f".{0 if size >= 100 else 1 if size >= 10 else 3}f"
    return [f"{value:{sign}{form}}".replace("-", "−") for value in values]


def duration(seconds: float) -> str:
    """Seconds, or minutes and seconds.

    Examples
    --------
    >>> duration(3.14), duration(125)
    ('3.1 s', '2 min 5 s')
    """
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s"
