"""Domains: named parameters, each with its space."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from theory.claims.spaces import Choice, Integer, Real, Space
from theory.errors import InputError

__all__ = ["Domain", "Points"]

#: Many points: one array per parameter, batch axis first.
Points = dict[str, NDArray[Any]]


class Domain:
    """Where a claim is claimed: one space for every argument of its margin.

    Parameters
    ----------
    **spaces : Space, (lo, hi) or list of numbers
        A pair is the real interval [lo, hi], a list the finite set of its numbers; or any
        `Real`, `Integer`, `Choice`, `UnitRows`, `UnitVector`, `SubspacePair`. An integer
        parameter that fixes the shape of another is constant within a batch.

    Examples
    --------
    >>> domain = Domain(t=(0.0, 10.0), h=[3, 4])
    >>> points = domain.sample(np.random.default_rng(0), 5)
    >>> points["t"].shape, domain.contains({"t": 2.0, "h": 5})
    ((5,), False)
    """

    def __init__(self, **spaces: Any) -> None:
        self.spaces: dict[str, Space] = {name: _as_space(name, s) for name, s in spaces.items()}
        needed = [n for s in self.spaces.values() for n in s.needs]
        needed += [n for n, s in self.spaces.items() if isinstance(s, Choice) and s.fixed]
        self.shape_names = tuple(dict.fromkeys(needed))
        self._strategies: dict[Any, st.SearchStrategy[Any]] = {}

    def __repr__(self) -> str:
        return ", ".join(f"{name} ∈ {space}" for name, space in self.spaces.items())

    def __iter__(self) -> Iterator[str]:
        return iter(self.spaces)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_strategies": {}}

    def check(self) -> None:
        """Raise InputError if a parameter has nowhere to be."""
        if not self.spaces:
            raise InputError("the domain has no parameters; name at least one.")
        for name, space in self.spaces.items():
            space.check(name)
        for name, space in self.spaces.items():
            for needed in space.needs:
                if not isinstance(self.spaces.get(needed), Choice):
                    raise InputError(
                        f"the shape of {name} needs an integer parameter {needed!r}; "
                        f"add {needed}=Integer(lo, hi) to the domain."
                    )

    def shapes(self, rng: np.random.Generator, count: int) -> list[dict[str, int]]:
        """`count` combinations of the parameters that fix shapes; each takes all its values."""
        columns = {}
        for name in self.shape_names:
            options = np.asarray(_options(self.spaces[name]))
            rounds = [rng.permutation(options) for _ in range(-(-count // len(options)))]
            columns[name] = np.concatenate(rounds)[:count]
        return [{n: c[i].item() for n, c in columns.items()} for i in range(count)]

    def sample(
        self, rng: np.random.Generator, size: int, shape: Mapping[str, int] | None = None
    ) -> Points:
        """Draw `size` points of one shape, given or drawn."""
        shape = self.shapes(rng, 1)[0] if shape is None else shape
        points: Points = {name: np.full(size, shape[name]) for name in self.shape_names}
        for name, space in self.spaces.items():
            if name not in points:
                points[name] = space.sample(rng, size, shape)
        return {name: points[name] for name in self.spaces}

    def strategy(self) -> st.SearchStrategy[dict[str, Any]]:
        """Hypothesis strategy of one point, a dict of values without batch axis."""

        @st.composite
        def point(draw: st.DrawFn) -> dict[str, Any]:
            drawn = {name: draw(self._strategy(name, {})) for name in self.shape_names}
            shape = {name: int(value) for name, value in drawn.items()}
            for name in self.spaces:
                if name not in drawn:
                    drawn[name] = draw(self._strategy(name, shape))
            return {name: drawn[name] for name in self.spaces}

        return point()

    def _strategy(self, name: str, shape: Mapping[str, int]) -> st.SearchStrategy[Any]:
        """Strategy of one parameter, made once a shape: Hypothesis spends long on new ones."""
        key = (name, *(shape.get(needed) for needed in self.spaces[name].needs))
        if key not in self._strategies:
            self._strategies[key] = self.spaces[name].strategy(shape)
        return self._strategies[key]

    def move(self, points: Points, step: NDArray[Any], rng: np.random.Generator) -> Points:
        """Move a random half of the parameters of each point by a step of relative size `step`.

        Parameters that fix shapes stay.
        """
        shape = self.shape_of(points)
        free = [name for name in self.spaces if name not in self.shape_names]
        size = len(step)
        chosen = rng.random((len(free), size)) < 0.5
        chosen[rng.integers(len(free), size=size), np.arange(size)] = True
        moved = dict(points)
        for name, mask in zip(free, chosen, strict=True):
            values = points[name]
            there = self.spaces[name].move(values, step, rng, shape)
            moved[name] = np.where(mask.reshape(-1, *(1,) * (values.ndim - 1)), there, values)
        return moved

    def shape_of(self, points: Mapping[str, Any]) -> dict[str, int]:
        """Values of the shape parameters of one point or of one batch."""
        return {name: int(np.ravel(points[name])[0]) for name in self.shape_names}

    def contains(self, point: Mapping[str, Any]) -> bool:
        """Whether one point (values without batch axis) lies in the domain."""
        if set(point) != set(self.spaces):
            return False
        if not all(self.spaces[n].contains(point[n], {}) for n in self.shape_names):
            return False
        shape = self.shape_of(point)
        return all(
            s.contains(point[n], shape) for n, s in self.spaces.items() if n not in self.shape_names
        )

    def plain(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """Return the point as numbers and lists that can be printed and pasted."""
        return {name: space.plain(point[name]) for name, space in self.spaces.items()}


def stack(point: Mapping[str, Any]) -> Points:
    """One point as a batch of one."""
    return {name: np.asarray(value)[None, ...] for name, value in point.items()}


def take(points: Points, index: Any) -> Points:
    """Return the points at `index` (an integer gives one point without batch axis)."""
    return {name: values[index] for name, values in points.items()}


def _options(space: Space) -> tuple[float, ...]:
    assert isinstance(space, Choice)  # `check` has seen to it
    return space.options


def _as_space(name: str, given: Any) -> Space:
    if isinstance(given, Space):
        return given
    if isinstance(given, tuple) and len(given) == 2:
        return Real(*given)
    if isinstance(given, (list, range)):
        return Choice(given)
    if isinstance(given, (set, frozenset)):
        return Choice(sorted(given))
    raise InputError(
        f"the domain of {name} is {given!r}; give (lo, hi), a list of numbers, or a space such "
        "as Integer(1, 8) or UnitRows(4, 3)."
    )


__all__ += ["Integer", "stack", "take"]
