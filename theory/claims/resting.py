"""Which claims of the ledger an enclosure rests on, noted while it is computed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["recording", "uses"]

_used: ContextVar[set[str] | None] = ContextVar("claims used", default=None)


@contextmanager
def recording() -> Iterator[set[str]]:
    """Collect the ids that `uses` names inside the block."""
    used: set[str] = set()
    token = _used.set(used)
    try:
        yield used
    finally:
        _used.reset(token)


def uses(*claims: str) -> None:
    """Note that what is being computed rests on these claims."""
    used = _used.get()
    if used is not None:
        used.update(claims)
