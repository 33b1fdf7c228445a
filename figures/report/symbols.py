"""What the commands of LaTeX stand for."""

import string

__all__ = ["ACCENTS", "FONTS", "FUNCTIONS", "LIMITS", "OPERATORS", "SPACES", "SYMBOLS"]


def _words(text: str) -> list[str]:
    return text.split()


_GREEK = _words(
    "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι "
    "kappa κ lambda λ mu μ nu ν xi ξ pi π rho ρ sigma σ tau τ upsilon υ phi φ varphi φ chi χ psi ψ "
    "omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω"
)

SYMBOLS = {f"\\{name}": sign for name, sign in zip(_GREEK[::2], _GREEK[1::2], strict=True)} | {
    r"\infty": "∞",
    r"\partial": "∂",
    r"\nabla": "∇",
    r"\ell": "ℓ",
    r"\emptyset": "∅",
    r"\varnothing": "∅",
    r"\ldots": "…",
    r"\dots": "…",
    r"\cdots": "⋯",
    r"\top": "⊤",
    r"\circ": "∘",
    r"\degree": "°",
    r"\angle": "∠",
    r"\prime": "′",
    r"\%": "%",
    r"\#": "#",
    r"\&": "&",
    r"\_": "_",
    r"\$": "$",
}
"""Commands that are letters."""

OPERATORS = {
    r"\le": "≤",
    r"\leq": "≤",
    r"\ge": "≥",
    r"\geq": "≥",
    r"\ne": "≠",
    r"\neq": "≠",
    r"\lt": "<",
    r"\gt": ">",
    r"\ll": "≪",
    r"\gg": "≫",
    r"\approx": "≈",
    r"\equiv": "≡",
    r"\sim": "∼",
    r"\simeq": "≃",
    r"\cong": "≅",
    r"\propto": "∝",
    r"\pm": "±",
    r"\mp": "∓",
    r"\cdot": "·",
    r"\times": "×",
    r"\div": "÷",
    r"\in": "∈",
    r"\notin": "∉",
    r"\subset": "⊂",
    r"\subseteq": "⊆",
    r"\supset": "⊃",
    r"\setminus": "∖",
    r"\cap": "∩",
    r"\cup": "∪",
    r"\perp": "⊥",
    r"\parallel": "∥",
    r"\oplus": "⊕",
    r"\otimes": "⊗",
    r"\to": "→",
    r"\rightarrow": "→",
    r"\leftarrow": "←",
    r"\leftrightarrow": "↔",
    r"\mapsto": "↦",
    r"\Rightarrow": "⇒",
    r"\implies": "⟹",
    r"\iff": "⟺",
    r"\Leftrightarrow": "⇔",
    r"\forall": "∀",
    r"\exists": "∃",
    r"\neg": "¬",
    r"\land": "∧",
    r"\wedge": "∧",
    r"\lor": "∨",
    r"\vee": "∨",
    r"\mid": "∣",
    r"\vert": "|",
    r"\lvert": "|",
    r"\rvert": "|",
    r"\Vert": "‖",
    r"\lVert": "‖",
    r"\rVert": "‖",
    r"\|": "‖",
    r"\langle": "⟨",
    r"\rangle": "⟩",
    r"\{": "{",
    r"\}": "}",
    r"\colon": ":",
    r"\sum": "∑",
    r"\prod": "∏",
    r"\int": "∫",
    r"\bigcup": "⋃",
    r"\bigcap": "⋂",
}
"""Commands that are relations, operators, arrows and fences."""

FUNCTIONS = {
    f"\\{name}": name
    for name in _words(
        "log ln exp cos sin tan arccos arcsin arctan cosh sinh tanh min max sup inf lim arg det "
        "dim ker Pr deg gcd"
    )
} | {r"\argmin": "arg min", r"\argmax": "arg max", r"\limsup": "lim sup", r"\liminf": "lim inf"}
"""Functions written upright."""

LIMITS = frozenset(
    rf"\{name}" for name in ("min", "max", "sup", "inf", "lim", "sum", "prod", "argmin", "argmax")
)
"""Commands whose scripts stand below and above."""

SPACES = {
    r"\,": "0.17em",
    r"\:": "0.22em",
    r"\>": "0.22em",
    r"\;": "0.28em",
    r"\ ": "0.33em",
    r"\quad": "1em",
    r"\qquad": "2em",
    r"\!": "-0.17em",
    r"\\": "1em",
    r"\textstyle": "0em",
    r"\displaystyle": "0em",
}
"""Spaces, by width; a change of style is a space of none."""

ACCENTS = {
    r"\bar": "¯",
    r"\overline": "¯",
    r"\hat": "^",
    r"\widehat": "^",
    r"\tilde": "~",
    r"\widetilde": "~",
    r"\vec": "→",
    r"\dot": "˙",
}
"""Marks above a letter."""


def _letters(upper: int, lower: int | None = None, **exceptions: str) -> dict[str, str]:
    found = {c: chr(upper + k) for k, c in enumerate(string.ascii_uppercase)}
    if lower is not None:
        found |= {c: chr(lower + k) for k, c in enumerate(string.ascii_lowercase)}
    return found | exceptions


FONTS = {
    r"\mathbb": _letters(0x1D538, C="ℂ", H="ℍ", N="ℕ", P="ℙ", Q="ℚ", R="ℝ", Z="ℤ"),
    r"\mathcal": _letters(0x1D49C, B="ℬ", E="ℰ", F="ℱ", H="ℋ", I="ℐ", L="ℒ", M="ℳ", R="ℛ"),
    r"\mathbf": _letters(0x1D400, 0x1D41A),
    r"\boldsymbol": _letters(0x1D400, 0x1D41A),
}
"""Alphabets of the font commands."""
