"""HTML in small pure functions; everything that is text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["Markup", "code_block", "join", "paragraph", "table", "tag"]


class Markup(str):
    """Text that is HTML already; any other string is escaped where it is used."""

    __slots__ = ()


def _safe(child: object) -> str:
    return child if isinstance(child, Markup) else escape(str(child), quote=False)


def join(*children: object) -> Markup:
    """Children one after the other."""
    return Markup("".join(_safe(child) for child in children))


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """An element. ``class_`` and ``for_`` stand for the reserved words, ``_`` for ``-``.

    Examples
    --------
    >>> tag("p", "a < b", class_="note")
    '<p class="note">a &lt; b</p>'
    """
    parts = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        attribute = key.rstrip("_").replace("_", "-")
        parts.append(attribute if value is True else f'{attribute}="{escape(str(value))}"')
    opening = f"<{' '.join(parts)}>"
    if name in ("img", "meta", "source", "br", "link"):
        return Markup(opening)
    return Markup(f"{opening}{join(*children)}</{name}>")


def paragraph(*children: object, class_: str | None = None) -> Markup:
    """A paragraph."""
    return tag("p", *children, class_=class_)


def code_block(text: str, label: str) -> Markup:
    """Preformatted text that scrolls in its own box and can be reached with the keyboard."""
    return tag("pre", tag("code", text), tabindex=0, role="region", aria_label=label)


def table(caption: str, head: Sequence[object], rows: Iterable[Sequence[object]]) -> Markup:
    """A table in a box that scrolls by itself; the first cell of a row is its header."""
    header = tag("tr", *(tag("th", cell, scope="col") for cell in head))
    body = [
        tag("tr", tag("th", row[0], scope="row"), *(tag("td", cell) for cell in row[1:]))
        for row in rows
    ]
    inner = tag("table", tag("caption", caption), tag("thead", header), tag("tbody", *body))
    return tag("div", inner, class_="scroll", tabindex=0, role="region", aria_label=caption)
