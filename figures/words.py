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
    """Mean with its 95 % interval: ``0.51 [0.48, 0.54]``."""
    if found is None:
        return "–"
    mean = number(found.mean * factor)
    if math.isnan(found.low):
        return mean
    return f"{mean} [{number(found.low * factor)}, {number(found.high * factor)}]"


def signed_interval(found: Interval, factor: float = 1.0) -> str:
    """A difference with its sign: ``+0.05 [+0.01, +0.09]``."""

    def signed(value: float) -> str:
        return ("+" if value > 0 else "") + number(value * factor)

    if math.isnan(found.low):
        return signed(found.mean)
    return f"{signed(found.mean)} [{signed(found.low)}, {signed(found.high)}]"


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
