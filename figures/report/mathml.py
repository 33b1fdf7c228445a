r"""LaTeX of the ledger as MathML, which browsers show and screen readers speak.

The subset is what statements of theorems use: letters, numbers, sub- and superscripts,
``\frac``, ``\sqrt``, Greek, relations, operators, named functions, fonts, accents, ``\left`` and
``\right``, ``\text``. A command outside it appears by its name, so that nothing is lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from figures.report.html import Markup, tag
from figures.report.symbols import ACCENTS, FONTS, FUNCTIONS, LIMITS, OPERATORS, SPACES, SYMBOLS

__all__ = ["mathml"]

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[0-9]+(?:\.[0-9]+)?|\.[0-9]+|\s+|.", re.DOTALL)
_RAW = frozenset({r"\text", r"\mathrm", r"\textrm", r"\operatorname", r"\textit", r"\mbox"})
_FENCES = frozenset({"(", "[", "|", "}", ")", "]", ",", r"\left", r"\bigl", r"\Bigl", r"\|"})
_BIG = frozenset("∑∏∫⋃⋂")
_STRETCHED = {r"\{": "{", r"\}": "}", r"\|": "‖", ".": ""}


def mathml(latex: str, *, block: bool = False) -> Markup:
    r"""A formula as a ``<math>`` element whose source is kept as annotation.

    Parameters
    ----------
    latex : str
        Without dollar signs.
    block : bool
        Displayed on a line of its own.

    Examples
    --------
    >>> "<mfrac><mn>1</mn><mi>τ</mi></mfrac>" in mathml(r"\frac{1}{\tau}")
    True
    """
    row = tag("mrow", *_Parser(latex).sequence())
    note = tag("annotation", latex, encoding="application/x-tex")
    return tag("math", tag("semantics", row, note), display="block" if block else None)


class _Parser:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, latex: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(latex)
        self.at = 0

    def sequence(self, *ends: str) -> list[Markup]:
        """Everything up to one of `ends` (consumed) or the end of the formula."""
        done: list[Markup] = []
        while (token := self._peek()) is not None:
            if token in ends:
                self.at += 1
                break
            item = self._scripted()
            if item is not None:
                done.append(item)
                if token in FUNCTIONS and not self._opens():
                    done.append(tag("mspace", width="0.17em"))
        return done

    def _peek(self) -> str | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _next(self) -> str:
        token = self._peek()
        self.at += 1
        return token or ""

    def _skip_space(self) -> None:
        while (token := self._peek()) is not None and token.isspace():
            self.at += 1

    def _opens(self) -> bool:
        """Whether a fence, a space or the end comes next, so that a function needs no gap."""
        self._skip_space()
        token = self._peek()
        return token is None or token in _FENCES or token in SPACES

    def _scripted(self) -> Markup | None:
        """One atom with the scripts that follow it."""
        head = self._peek()
        base = self._atom()
        if base is None:
            return None
        below = above = None
        while True:
            self._skip_space()
            mark = self._peek()
            if mark == "_" and below is None:
                self.at += 1
                below = self._argument()
            elif mark == "^" and above is None:
                self.at += 1
                above = self._argument()
            elif mark == "'":
                self.at += 1
                above = tag("mo", "′") if above is None else tag("mrow", above, tag("mo", "′"))
            else:
                break
        under = head in LIMITS
        if below is not None and above is not None:
            return tag("munderover" if under else "msubsup", base, below, above)
        if below is not None:
            return tag("munder" if under else "msub", base, below)
        if above is not None:
            return tag("mover" if under else "msup", base, above)
        return base

    def _argument(self) -> Markup:
        """What a command or a script applies to: a group, one letter, or one digit as in TeX."""
        self._skip_space()
        if (token := self._peek()) is not None and len(token) > 1 and token[0].isdigit():
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]
        return self._atom() or tag("mrow")

    def _atom(self) -> Markup | None:
        token = self._next()
        if token.isspace() or token in ("", "}", "&", "$"):
            return None
        if token in ("_", "^"):  # a script without a base
            self.at -= 1
            return tag("mrow")
        if token == "{":
            return _row(self.sequence("}"))
        if token.startswith("\\"):
            return self._command(token)
        if token[-1].isdigit():
            return tag("mn", token)
        if token.isalpha():
            return tag("mi", token)
        if token == "~":
            return tag("mspace", width="0.33em")
        return _operator({"-": "−", "*": "∗", "'": "′"}.get(token, token))

    def _command(self, token: str) -> Markup | None:
        name = token.removesuffix("*")
        if name in SPACES:
            return tag("mspace", width=SPACES[name])
        if name in SYMBOLS:
            return tag("mi", SYMBOLS[name])
        if name in OPERATORS:
            return _operator(OPERATORS[name])
        if name in FUNCTIONS:
            return tag("mi", FUNCTIONS[name])
        if name in _RAW:
            return self._raw(name)
        if name in (r"\frac", r"\tfrac", r"\dfrac"):
            return tag("mfrac", self._argument(), self._argument())
        if name == r"\sqrt":
            return self._root()
        if name in FONTS:
            return self._font(FONTS[name])
        if name in ACCENTS:
            mark = tag("mo", ACCENTS[name], stretchy="false" if name != r"\overline" else None)
            return tag("mover", self._argument(), mark, accent="true")
        if name == r"\left":
            return self._fenced()
        if name in (r"\bigl", r"\bigr", r"\Bigl", r"\Bigr", r"\big", r"\Big", r"\middle"):
            return self._fence()
        if name in (r"\displaystyle", r"\limits", r"\nolimits", r"\right"):
            return None
        return tag("mtext", name.lstrip("\\"))

    def _raw(self, name: str) -> Markup:
        text = self._text()
        if name == r"\operatorname":
            return tag("mi", text)
        kept = re.sub(r"^\s|\s$", "\u00a0", text)  # MathML drops ordinary outer spaces
        return tag("mi", text) if name == r"\mathrm" and len(text) > 1 else tag("mtext", kept)

    def _text(self) -> str:
        self._skip_space()
        if self._peek() != "{":
            return self._next()
        self.at += 1
        depth, parts = 1, []
        while (token := self._peek()) is not None:
            self.at += 1
            depth += (token == "{") - (token == "}")
            if depth == 0:
                break
            if token not in ("{", "}", "$"):
                parts.append(token)
        return "".join(_plain(part) for part in parts)

    def _root(self) -> Markup:
        self._skip_space()
        if self._peek() == "[":
            self.at += 1
            degree = _row(self.sequence("]"))
            return tag("mroot", self._argument(), degree)
        return tag("msqrt", self._argument())

    def _font(self, alphabet: dict[str, str]) -> Markup:
        text = self._text()
        return tag("mi", "".join(alphabet.get(letter, letter) for letter in text))

    def _fence(self) -> Markup:
        self._skip_space()
        token = self._next()
        mark = _STRETCHED.get(token, OPERATORS.get(token, token))
        return tag("mo", mark, stretchy="true") if mark else tag("mrow")

    def _fenced(self) -> Markup:
        opening = self._fence()
        inside = self.sequence(r"\right")
        closing = self._fence() if self._peek() is not None else tag("mrow")
        return tag("mrow", opening, *inside, closing)


def _plain(token: str) -> str:
    return SYMBOLS.get(token, OPERATORS.get(token, token.lstrip("\\") if len(token) > 1 else token))


def _row(items: Sequence[Markup]) -> Markup:
    return items[0] if len(items) == 1 else tag("mrow", *items)


def _operator(mark: str) -> Markup:
    if mark in ("(", ")", "[", "]", "|", "‖", "{", "}", "⟨", "⟩"):
        return tag("mo", mark, stretchy="false")
    return tag("mo", mark, largeop="true" if mark in _BIG else None)
