"""One registry per family (losses, metrics, repairs, constraints, data sets, figures)."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Generic, TypeVar

from theory.errors import InputError

__all__ = ["Registry"]

T = TypeVar("T", bound=Callable[..., Any])


class Registry(Mapping[str, T], Generic[T]):
    """Names to factories (classes or functions) of one family.

    Parameters
    ----------
    family : str
        What the members are, in the singular, for messages: ``"loss"``.

    Examples
    --------
    >>> shapes = Registry("shape")
    >>> @shapes.register("square")
    ... def square(side=1.0):
    ...     return side**2
    >>> shapes.names()
    ['square']
    >>> shapes.create("square", side=3.0)
    9.0
    """

    def __init__(self, family: str) -> None:
        self.family = family
        self._members: dict[str, T] = {}

    def register(self, name: str) -> Callable[[T], T]:
        """Decorate a factory so that it is found under `name`.

        Raises
        ------
        InputError
            If the name is taken.
        """

        def add(member: T) -> T:
            if name in self._members:
                taken = self._members[name]
                raise InputError(
                    f"{self.family} {name!r} is already registered by "
                    f"{taken.__module__}.{taken.__qualname__}; choose another name."
                )
            self._members[name] = member
            return member

        return add

    def names(self) -> list[str]:
        """Registered names, sorted."""
        return sorted(self._members)

    def create(self, name: str, **options: Any) -> Any:
        """Call the factory registered under `name` with `options`.

        Raises
        ------
        InputError
            If the name is unknown or an option is not one of the factory's.
        """
        factory = self[name]
        known = _parameters(factory)
        if not any(p.kind is p.VAR_KEYWORD for p in known.values()):
            for option in options:
                if option not in known:
                    listed = ", ".join(known) or "none"
                    raise InputError(
                        f"{self.family} {name!r} has no option {option!r}; its options: {listed}."
                    )
        return factory(**options)

    def __getitem__(self, name: str) -> T:
        try:
            return self._members[name]
        except KeyError:
            near = difflib.get_close_matches(str(name), self._members, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise InputError(
                f"unknown {self.family} {name!r}; registered: {', '.join(self.names())}.{hint}"
            ) from None

    def __contains__(self, name: object) -> bool:
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __len__(self) -> int:
        return len(self._members)


@cache
def _parameters(factory: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    """Parameters of a factory; reading a signature takes longer than most of them."""
    return inspect.signature(factory).parameters
