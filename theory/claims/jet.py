"""Taylor coefficients along a line through a box: they close boxes on which gradients fail.

A margin that is smooth but small varies little more than it is large; its bound by a gradient errs
by the square of the box's side, that by `ORDER` coefficients by a much higher power.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb, arb_series

__all__ = ["ORDER", "Jet"]

#: Order of the remainder.
ORDER = 7

_FUNCTIONS: dict[str, Callable[[arb_series], arb_series]] = {
    "sqrt": arb_series.sqrt,
    "exp": arb_series.exp,
    "log": arb_series.log,
    "log1p": lambda x: (1 + x).log(),
    "expm1": lambda x: x.exp() - 1,
    "sin": arb_series.sin,
    "cos": arb_series.cos,
    "tan": arb_series.tan,
    "acos": arb_series.acos,
    "sinh": lambda x: (x.exp() - (-x).exp()) / 2,
    "cosh": lambda x: (x.exp() + (-x).exp()) / 2,
    "tanh": lambda x: 1 - 2 / ((2 * x).exp() + 1),
}


class Jet:
    """A quantity at the points c + t·d of a line: balls of its Taylor coefficients in t.

    NumPy's functions find the methods ``sqrt``, ``exp``, … by name, so a margin written for
    arrays works unchanged.

    Parameters
    ----------
    series : arb_series
        Of length `ORDER` + 1.
    """

    def __init__(self, series: arb_series) -> None:
        self.series = series

    @classmethod
    def line(cls, start: arb, direction: arb) -> Jet:
        """The quantity start + t · direction."""
        return cls.of([start, direction])

    @classmethod
    def of(cls, coefficients: list[arb]) -> Jet:
        """The quantity with the given coefficients; those that are missing are zero."""
        return cls(arb_series(coefficients, ORDER + 1))

    @property
    def value(self) -> arb:
        """Ball of the quantity at t = 0."""
        return self.series[0]

    def coefficients(self) -> list[arb]:
        """Coefficients of t⁰, …, t^ORDER."""
        return [self.series[k] for k in range(ORDER + 1)]

    def at_start(self, value: arb) -> Jet:
        """Return the same quantity with a sharper ball at t = 0."""
        return Jet.of([value, *self.coefficients()[1:]])

    def intersect(self, other: Jet) -> Jet:
        """The quantity, where both enclose it."""
        pairs = zip(self.coefficients(), other.coefficients(), strict=True)
        return Jet.of([_sharper(a, b) for a, b in pairs])

    def integrate(self, slope: Jet, value: arb) -> Jet:
        """Return a function of self whose derivative is `slope` and which is `value` at t = 0."""
        along = (slope.series * self.series.derivative()).integral()
        return Jet.of([value, *(along[k] for k in range(1, ORDER + 1))])

    def __add__(self, other: Any) -> Jet:
        return Jet(self.series + _series(other))

    def __sub__(self, other: Any) -> Jet:
        return Jet(self.series - _series(other))

    def __rsub__(self, other: Any) -> Jet:
        return Jet(_series(other) - self.series)

    def __mul__(self, other: Any) -> Jet:
        return Jet(self.series * _series(other))

    def __truediv__(self, other: Any) -> Jet:
        return Jet(self.series / _series(other))

    def __rtruediv__(self, other: Any) -> Jet:
        return Jet(_series(other) / self.series)

    def __pow__(self, power: Any) -> Jet:
        if isinstance(power, Jet):
            raise TypeError("a variable exponent; write exp(p·log x)")
        return Jet(self.series * self.series if power == 2 else self.series ** arb(power))

    def __neg__(self) -> Jet:
        return Jet(-self.series)

    __radd__ = __add__
    __rmul__ = __mul__

    def __getattr__(self, name: str) -> Callable[[], Jet]:
        if name not in _FUNCTIONS:
            raise AttributeError(name)
        return lambda: Jet(_FUNCTIONS[name](self.series))


def _sharper(a: arb, b: arb) -> arb:
    """What two enclosures of one number have in common; one that says nothing is left out."""
    if not (a.is_finite() and b.is_finite()):
        return a if a.is_finite() else b
    return a.intersection(b)


def _series(value: Any) -> arb_series:
    return value.series if isinstance(value, Jet) else arb_series([arb(value)], ORDER + 1)
