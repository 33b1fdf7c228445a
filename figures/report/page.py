"""The document around the sections."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from figures.report.html import Markup, join, paragraph, tag
from figures.report.sections import Section

__all__ = ["page"]


def page(title: str, lead: str, sections: Sequence[Section]) -> str:
    """A whole HTML document: skip link, header, contents, main with one region a section."""
    css = resources.files("figures.report").joinpath("page.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", Markup(css)),
    )
    contents = tag(
        "nav",
        tag("ul", *(tag("li", tag("a", s.heading, href=f"#{s.anchor}")) for s in sections)),
        aria_label="Contents",
    )
    main = tag(
        "main",
        *(
            tag(
                "section",
                tag("h2", section.heading, id=f"{section.anchor}-heading"),
                section.body,
                id=section.anchor,
                aria_labelledby=f"{section.anchor}-heading",
            )
            for section in sections
        ),
        id="main",
        tabindex=-1,
    )
    body = tag(
        "body",
        tag("a", "Skip to the content", class_="skip", href="#main"),
        tag("header", tag("h1", title), paragraph(lead, class_="lead")),
        contents,
        main,
        tag("footer", paragraph("Made by gaplab. The page needs no network.")),
    )
    return join(Markup("<!doctype html>\n"), tag("html", head, body, lang="en"), "\n")
