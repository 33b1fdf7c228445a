"""Formulas as well-formed MathML that says what the LaTeX says."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.report.mathml import mathml
from theory import claims
from theory.claims.base import get


def parse(latex):
    return ElementTree.fromstring(mathml(latex))


def visible(latex):
    row = parse(latex).find("semantics")[0]
    return "".join(row.itertext())


def shape(latex):
    """Names and texts of the formula, without rows of one."""

    def told(node):
        inner = [told(child) for child in node]
        return f"{node.tag}({node.text or ','.join(inner)})"

    return ",".join(told(child) for child in parse(latex).find("semantics")[0])


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("x", "mi(x)"),
        ("x_1^2", "msubsup(mi(x),mn(1),mn(2))"),
        ("x^2_1", "msubsup(mi(x),mn(1),mn(2))"),
        (r"\tfrac12 L", "mfrac(mn(1),mn(2)),mi(L)"),
        ("x^12", "msup(mi(x),mn(1)),mn(2)"),
        (r"\frac{a+b}{c}", "mfrac(mrow(mi(a),mo(+),mi(b)),mi(c))"),
        (r"\sqrt{x}", "msqrt(mi(x))"),
        (r"\sqrt[3]{x}", "mroot(mi(x),mn(3))"),
        (r"\min_{x} f", "munder(mi(min),mi(x)),mspace(),mi(f)"),
        (r"\sum_{i=1}^N", "munderover(mo(∑),mrow(mi(i),mo(=),mn(1)),mi(N))"),
        (r"\bar x", "mover(mi(x),mo(¯))"),
        (r"\mathbb{R}^h", "msup(mi(ℝ),mi(h))"),
        (r"f'(0.95)", "msup(mi(f),mo(′)),mo((),mn(0.95),mo())"),
        (".98", "mn(.98)"),
        ("-1", "mo(−),mn(1)"),
        ("a<b", "mi(a),mo(<),mi(b)"),
        (r"\left(x\right)", "mrow(mo((),mi(x),mo()))"),
        (r"\operatorname{sign} x", "mi(sign),mi(x)"),
        (r"\log f", "mi(log),mspace(),mi(f)"),
        (r"\log(f)", "mi(log),mo((),mi(f),mo())"),
        (r"\strange{x}", "mtext(strange),mi(x)"),
    ],
)
def test_shapes(latex, expected):
    assert shape(latex) == expected


def test_text_keeps_its_spaces():
    text = parse(r"x \text{ if } y").find("semantics")[0][1].text
    assert text == "\u00a0if\u00a0"


def test_source_is_kept():
    node = parse(r"\frac{a}{b} < c")
    assert node.find("semantics/annotation").text == r"\frac{a}{b} < c"
    assert node.get("display") is None
    assert ElementTree.fromstring(mathml("x", block=True)).get("display") == "block"


PIECES = [*"\\{}[]^_'$&~.,|<>x1 α", r"\frac", r"\left", r"\right", r"\text", r"\sqrt"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_anything_gives_well_formed_markup(latex):
    assert parse(latex).tag.endswith("math")


@pytest.mark.parametrize("claim", claims.names())
def test_every_claim_is_understood_whole(claim):
    """No command of a registered statement falls back to its name."""
    found = get(claim)()
    for latex in (found.statement, *(control().statement for control in found.controls)):
        assert "\\" not in visible(latex)
        unknown = [node.text for node in parse(latex).iter("mtext")]
        assert all(f"\\{text}" not in latex for text in unknown if text), unknown
