"""Colours are fixed, and readable on their paper."""

import itertools

import pytest
from matplotlib.colors import to_rgb

from figures.style import STYLES, get_style, label, marker
from theory import losses, repairs
from theory.errors import InputError

GRAPHICS = 3.0  # contrast that WCAG 2.1 asks of graphics
TEXT = 4.5  # and of text


def luminance(color):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_contrast(style):
    assert contrast(style.ink, style.paper) >= TEXT
    assert contrast(style.muted, style.paper) >= TEXT
    named = ["image", "text", "audio", "simulation", "true pairs", "random pairs", "none"]
    named += [
        *losses.names(),
        *repairs.names(),
        "proved",
        "refuted",
        "conditional",
        "open",
        "error",
    ]
    for name in named:
        assert contrast(style.color(name), style.paper) >= 2.8, name


def test_names_of_one_family_differ():
    style = get_style("screen")
    for family in (("image", "text", "audio"), ("infonce", "gap_closing"), repairs.names()):
        colors = [style.color(name) for name in family]
        assert len(set(colors)) == len(colors)
        for a, b in itertools.combinations(colors, 2):
            assert max(abs(u - v) for u, v in zip(to_rgb(a), to_rgb(b), strict=True)) > 0.1
    marks = [marker(name) for name in ("none", *repairs.names())]
    assert len(set(marks)) == len(marks)


def test_aliases_and_new_names():
    style = get_style("screen")
    assert style.color("x") == style.color("image")
    assert style.color("1") == style.color("text")
    assert style.color("my own loss") == style.color("my own loss")
    assert label("my_own_loss") == "my own loss"
    assert get_style(style) is style
    assert style.cycle(0) != style.cycle(1)
    with pytest.raises(InputError, match="style is 'x'"):
        get_style("x")
