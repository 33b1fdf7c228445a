"""Parameter spaces that are numbers: how to draw, move and simplify one.

A space knows nothing of any claim. Arrays carry the batch first: a scalar parameter of
`size` points has shape ``(size,)``.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from theory import strategies
from theory.errors import InputError

__all__ = ["Choice", "Integer", "Real", "Shape", "Space"]

Array = NDArray[Any]
#: Values of the parameters that fix array shapes, by name.
Shape = Mapping[str, int]


class Space(ABC):
    """A set of values for one parameter of a claim."""

    #: Names of the integer parameters that fix the shape of a value.
    needs: tuple[str, ...] = ()
    #: Whether values can move by small steps, as `along` makes them.
    smooth: bool = False

    def check(self, name: str) -> None:  # noqa: B027 - a space that cannot be empty has no check
        """Raise InputError if the space is empty or makes no sense."""

    @abstractmethod
    def sample(self, rng: np.random.Generator, size: int, shape: Shape) -> Array:
        """Draw `size` values, edges and degenerate ones included."""

    @abstractmethod
    def strategy(self, shape: Shape) -> st.SearchStrategy[Any]:
        """Hypothesis strategy of one value (no batch axis)."""

    @abstractmethod
    def move(self, value: Array, step: Array, rng: np.random.Generator, shape: Shape) -> Array:
        """Move each value by a random tangent step of relative length `step` and retract."""

    def along(self, value: Array, delta: Array, shape: Shape) -> Array:
        """Return the values at the ambient step `delta` from `value`, retracted to the space."""
        return value

    @abstractmethod
    def simpler(self, value: Any, shape: Shape) -> Iterator[Any]:
        """Values easier to read than `value`, the simplest first (for shrinking)."""

    def resize(self, value: Any, shape: Shape) -> Any:
        """Fit a value to another shape (scalars have none)."""
        return value

    @abstractmethod
    def contains(self, value: Any, shape: Shape) -> bool:
        """Whether `value` (one, no batch axis) belongs to the space."""

    def plain(self, value: Any) -> Any:
        """Return the value as numbers that can be printed and pasted."""
        return np.asarray(value).tolist()


class Real(Space):
    """The interval [lo, hi].

    Parameters
    ----------
    lo, hi : float
        End points, both included.
    log : bool
        Draw and move in the logarithm (needs lo > 0).
    """

    #: Share of draws placed exactly on an end point.
    EDGE = 0.1
    smooth = True

    def __init__(self, lo: float, hi: float, log: bool = False) -> None:
        self.lo, self.hi, self.log = lo, hi, log

    def __repr__(self) -> str:
        return f"[{self.lo:g}, {self.hi:g}]" + (" (log)" if self.log else "")

    def check(self, name: str) -> None:
        """Raise InputError unless lo ≤ hi are finite (and positive on a log scale)."""
        ends = (self.lo, self.hi)
        numbers = all(isinstance(e, (int, float)) and math.isfinite(e) for e in ends)
        if not numbers or self.lo > self.hi:
            raise InputError(
                f"the domain of {name} is empty: ({self.lo}, {self.hi}); "
                "give finite numbers with lo <= hi."
            )
        if self.log and self.lo <= 0:
            raise InputError(
                f"the domain of {name}, ({self.lo}, {self.hi}), cannot be logarithmic; use lo > 0."
            )

    def sample(self, rng: np.random.Generator, size: int, shape: Shape) -> Array:
        """Uniform in the value or its logarithm, with a share on the end points."""
        u = rng.random(size)
        edge = rng.random(size) < self.EDGE
        return self._from_unit(np.where(edge, np.round(u), u))

    def strategy(self, shape: Shape) -> st.SearchStrategy[float]:
        """Floats of the interval, uniform in the logarithm on a log scale."""
        draw = strategies.log_reals if self.log else strategies.reals
        return draw(float(self.lo), float(self.hi))

    def move(self, value: Array, step: Array, rng: np.random.Generator, shape: Shape) -> Array:
        """Gaussian step in units of the range, clipped."""
        u = self._to_unit(value) + step * rng.standard_normal(value.shape)
        return self._from_unit(np.clip(u, 0.0, 1.0))

    def along(self, value: Array, delta: Array, shape: Shape) -> Array:
        """Step in units of the range, clipped."""
        return self._from_unit(np.clip(self._to_unit(value) + delta, 0.0, 1.0))

    def simpler(self, value: Any, shape: Shape) -> Iterator[float]:
        """One, then the value rounded to few digits."""
        if float(value) == 1.0:
            return
        yield 1.0
        for digits in range(1, 7):
            rounded = float(f"{float(value):.{digits - 1}e}")
            if rounded == float(value):
                return
            yield rounded

    def contains(self, value: Any, shape: Shape) -> bool:
        """Whether lo ≤ value ≤ hi."""
        return bool(self.lo <= value <= self.hi)

    def _to_unit(self, value: Array) -> Array:
        width = self._width() or 1.0
        if self.log:
            return (np.log(value) - math.log(self.lo)) / width
        return (value - self.lo) / width

    def _from_unit(self, u: Array) -> Array:
        if self.log:
            value = np.exp(math.log(self.lo) + u * self._width())
        else:
            value = self.lo + u * self._width()
        return np.clip(np.where(u == 1.0, self.hi, value), self.lo, self.hi)

    def _width(self) -> float:
        return math.log(self.hi / self.lo) if self.log else float(self.hi - self.lo)


class Choice(Space):
    """A finite set of numbers.

    Parameters
    ----------
    options : sequence of numbers
        The simplest first: counterexamples are moved towards the front.
    fixed : bool
        Keep the value constant within a batch, as parameters that fix shapes are: worth it
        where the margin is much faster for one value at a time (orders of Bessel functions).
    """

    def __init__(self, options: Sequence[float], fixed: bool = False) -> None:
        self.options = tuple(options)
        self.fixed = fixed

    def __repr__(self) -> str:
        return "{" + ", ".join(f"{o:g}" for o in self.options) + "}"

    def check(self, name: str) -> None:
        """Raise InputError unless there is at least one option, all of them finite numbers."""
        finite = all(isinstance(o, (int, float)) and math.isfinite(o) for o in self.options)
        if not self.options or not finite:
            raise InputError(
                f"the domain of {name} is empty or not finite: {list(self.options)}; "
                "list at least one number."
            )

    def sample(self, rng: np.random.Generator, size: int, shape: Shape) -> Array:
        """Every option equally often on average."""
        return np.asarray(self.options)[rng.integers(len(self.options), size=size)]

    def strategy(self, shape: Shape) -> st.SearchStrategy[float]:
        """Hypothesis strategy over the options."""
        return strategies.choices(self.options)

    def move(self, value: Array, step: Array, rng: np.random.Generator, shape: Shape) -> Array:
        """Redraw a share of the values: there are no small steps between options."""
        redraw = rng.random(value.shape) < 0.25
        return np.where(redraw, self.sample(rng, value.size, {}), value)

    def simpler(self, value: Any, shape: Shape) -> Iterator[float]:
        """Return the options before `value`."""
        yield from self.options[: self.options.index(value)]

    def contains(self, value: Any, shape: Shape) -> bool:
        """Whether value is one of the options."""
        return value in self.options


class Integer(Choice):
    """The integers lo, …, hi."""

    def __init__(self, lo: int, hi: int, fixed: bool = False) -> None:
        super().__init__(range(lo, hi + 1), fixed)
        self.lo, self.hi = lo, hi

    def __repr__(self) -> str:
        return f"{{{self.lo}, …, {self.hi}}}"
