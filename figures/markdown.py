"""Tables as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["markdown_table"]


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; nothing if there are no rows.

    Examples
    --------
    >>> print(markdown_table(("", "N"), [("a", "1")]))
    | | N |
    |---|---|
    | a | 1 |
    """
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    if not lines:
        return ""
    titles = "".join(f" {title} |" if title else " |" for title in head)
    return "\n".join([f"|{titles}", "|---" * len(head) + "|", *lines])
