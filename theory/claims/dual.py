"""Balls that carry their gradient: what the certificate needs to close boxes quickly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb

__all__ = ["Dual"]

#: Elementary functions as (name, derivative from argument and value).
_CHAIN: dict[str, Callable[[arb, arb], arb]] = {
    "sqrt": lambda x, y: 1 / (2 * y),
    "exp": lambda x, y: y,
    "log": lambda x, y: 1 / x,
    "log1p": lambda x, y: 1 / (1 + x),
    "expm1": lambda x, y: y + 1,
    "sin": lambda x, y: x.cos(),
    "cos": lambda x, y: -x.sin(),
    "tan": lambda x, y: 1 + y * y,
    "acos": lambda x, y: -1 / (1 - x * x).sqrt(),
    "sinh": lambda x, y: x.cosh(),
    "cosh": lambda x, y: x.sinh(),
    "tanh": lambda x, y: 1 - y * y,
}


class Dual:
    """A ball and the balls of its partial derivatives.

    NumPy's functions find the methods ``sqrt``, ``exp``, … by name, so a margin written for
    arrays works unchanged.
    """

    def __init__(self, value: arb, gradient: tuple[arb, ...]) -> None:
        self.value, self.gradient = value, gradient

    def chain(self, value: arb, slope: arb) -> Dual:
        """Return a function of self with the given value and derivative."""
        return Dual(value, tuple(slope * g for g in self.gradient))

    def __add__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            pairs = zip(self.gradient, other.gradient, strict=True)
            return Dual(self.value + other.value, tuple(a + b for a, b in pairs))
        return Dual(self.value + other, self.gradient)

    def __mul__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            pairs = zip(self.gradient, other.gradient, strict=True)
            gradient = tuple(a * other.value + self.value * b for a, b in pairs)
            return Dual(self.value * other.value, gradient)
        return self.chain(self.value * other, arb(other))

    def __truediv__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return self * other.chain(1 / other.value, -1 / (other.value * other.value))
        return self * (1 / arb(other))

    def __pow__(self, power: Any) -> Dual:
        if isinstance(power, Dual):
            raise TypeError("a variable exponent; write exp(p·log x)")
        if power == 2:
            square = self.value * self.value
            return self.chain(square.nonnegative_part(), 2 * self.value)
        exponent = arb(power)
        return self.chain(self.value**exponent, exponent * self.value ** (exponent - 1))

    def __neg__(self) -> Dual:
        return self * -1

    def __sub__(self, other: Any) -> Dual:
        return self + (-other)

    def __rsub__(self, other: Any) -> Dual:
        return -self + other

    def __rtruediv__(self, other: Any) -> Dual:
        return self.chain(1 / self.value, -1 / (self.value * self.value)) * other

    __radd__ = __add__
    __rmul__ = __mul__

    def __getattr__(self, name: str) -> Callable[[], Dual]:
        if name not in _CHAIN:
            raise AttributeError(name)

        def apply() -> Dual:
            value = getattr(self.value, name)()
            return self.chain(value, _CHAIN[name](self.value, value))

        return apply
