"""One look for all figures: typography, and colours fixed per modality, method and verdict.

The hues are those of Okabe and Ito and of Paul Tol, told apart with every common colour
vision; a marker goes with each method, so that colour is never the only sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import matplotlib as mpl

from theory.errors import InputError

__all__ = ["STYLES", "Style", "get_style", "label", "marker", "marker_of"]

_HUES = {
    # modalities
    "image": ("#0072B2", "#5AB4E5"),
    "text": ("#D55E00", "#FF9A57"),
    "audio": ("#009E73", "#3CCFA3"),
    # losses
    "infonce": ("#4A4F57", "#C3C9D2"),
    "gap_closing": ("#117733", "#5CC97E"),
    # repairs
    "none": ("#4A4F57", "#C3C9D2"),
    "translation": ("#C98500", "#F0B93B"),
    "procrustes": ("#AA4499", "#E08AD2"),
    "rotation": ("#2E86C1", "#79BDEB"),
    "shared_projection": ("#882255", "#F27DA8"),
    "centering": ("#997700", "#D9C04B"),
    "realign": ("#B5502A", "#F2936B"),
    "whitening": ("#44AA99", "#7AD6C7"),
    "cca": ("#5B4FB0", "#A79DF0"),
    "removal": ("#7D6B5D", "#C4B5A8"),
    # what is compared
    "simulation": ("#8A2BE2", "#C79BFF"),
    "true pairs": ("#117733", "#5CC97E"),
    "random pairs": ("#6B7280", "#A8B0BC"),
    # verdicts
    "proved": ("#117733", "#5CC97E"),
    "certified": ("#1F8A70", "#57CBAF"),
    "supported": ("#3B78B8", "#7FB4E8"),
    "conditional": ("#B07A00", "#F0B93B"),
    "refuted": ("#B5432A", "#FF8F70"),
    "open": ("#6B7280", "#A8B0BC"),
    "error": ("#7A1FA2", "#D79AF0"),
}
_SPARE = (("#44AA99", "#7AD6C7"), ("#CC6677", "#F09AA8"), ("#999933", "#CFCF6A"))
_CYCLE = ("image", "text", "audio", "procrustes", "translation", "rotation", "none")
_ALIASES = {"x": "image", "y": "text", "0": "image", "1": "text", "2": "audio"}
_LABELS = {
    "infonce": "CLIP (InfoNCE)",
    "gap_closing": "gap-closing",
    "atp": "ATP",
    "cu": "CU",
    "none": "no repair",
    "procrustes": "Procrustes",
    "realign": "ReAlign",
    "cca": "CCA",
    "removal": "dimension removal",
    "shared_projection": "shared projection",
    "centroid_gap": "centroid gap",
    "gap_angle": "gap angle Δθ",
    "true_pair_cosine": "true-pair cosine",
    "v_measure": "V-measure",
    "knn": "kNN accuracy",
    "logit_scale": "logit scale β = 1/τ",
    "r1_xy": "R@1 image → text",
    "r1_yx": "R@1 text → image",
    "r5_xy": "R@5 image → text",
    "r5_yx": "R@5 text → image",
    "r10_xy": "R@10 image → text",
    "r10_yx": "R@10 text → image",
    "relative_modality_gap": "relative modality gap",
    "uniformity_x": "uniformity, image",
    "uniformity_y": "uniformity, text",
    "effective_rank_x": "effective rank, image",
    "effective_rank_y": "effective rank, text",
    "mean_length_x": "length of the image mean",
    "mean_length_y": "length of the text mean",
    "l2i": "mean pair distance",
}
_MARKERS = {
    "infonce": "o",
    "none": "o",
    "gap_closing": "D",
    "translation": "^",
    "procrustes": "s",
    "rotation": "P",
    "shared_projection": "X",
    "centering": "v",
    "realign": "<",
    "whitening": "p",
    "cca": "h",
    "removal": "d",
}


def label(name: str) -> str:
    """The name as people read it: of a modality, loss, repair or metric."""
    return _LABELS.get(name, name.replace("_", " "))


def marker(name: str) -> str:
    """The marker that goes with a method."""
    return _MARKERS.get(name, "v")


def marker_of(number: int) -> str:
    """A marker for the number-th of things that have none of their own."""
    return ("o", "s", "^", "D", "v", "P", "X")[number % 7]


@dataclass(frozen=True)
class Style:
    """Colours and typography of one medium."""

    name: str
    ink: str
    muted: str
    grid: str
    paper: str
    scale: float = 1.0
    rc: dict[str, Any] = field(default_factory=dict)

    @property
    def dark(self) -> bool:
        """Whether light ink stands on dark paper."""
        return self.name == "dark"

    def color(self, name: str) -> str:
        """The fixed colour of a modality, loss, repair or verdict; a spare one for a new name."""
        hue = _HUES.get(_ALIASES.get(name, name))
        if hue is None:
            hue = _SPARE[sum(name.encode()) % len(_SPARE)]
        return hue[self.dark]

    def cycle(self, number: int) -> str:
        """A colour for the number-th of things that have none of their own."""
        return self.color(_CYCLE[number % len(_CYCLE)])

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Draw inside this block with the style's parameters; the caller's come back after."""
        size = 10 * self.scale
        parameters: dict[str, Any] = {
            "font.family": "DejaVu Sans",  # ships with matplotlib: the same everywhere
            "mathtext.fontset": "dejavusans",
            "font.size": size,
            "axes.titlesize": size,
            "axes.titleweight": "bold",
            "axes.titlelocation": "left",
            "axes.labelsize": 0.95 * size,
            "xtick.labelsize": 0.85 * size,
            "ytick.labelsize": 0.85 * size,
            "legend.fontsize": 0.85 * size,
            "legend.title_fontsize": 0.85 * size,
            "legend.frameon": False,
            "legend.handlelength": 1.6,
            "lines.linewidth": 1.8,
            "lines.solid_capstyle": "round",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.linewidth": 0.6,
            "grid.color": self.grid,
            "axes.edgecolor": self.muted,
            "axes.linewidth": 0.8,
            "xtick.color": self.muted,
            "ytick.color": self.muted,
            "xtick.labelcolor": self.ink,
            "ytick.labelcolor": self.ink,
            "axes.labelcolor": self.ink,
            "axes.titlecolor": self.ink,
            "text.color": self.ink,
            "figure.facecolor": self.paper,
            "axes.facecolor": self.paper,
            "savefig.facecolor": self.paper,
            "figure.dpi": 110,
            "savefig.dpi": 150,
            "svg.hashsalt": "gaplab",
            "svg.fonttype": "path",
            "pdf.fonttype": 42,
            "figure.constrained_layout.use": True,
            "figure.constrained_layout.h_pad": 0.06,
            "figure.constrained_layout.w_pad": 0.06,
            **self.rc,
        }
        with mpl.rc_context(parameters):  # type: ignore[arg-type,unused-ignore]
            yield


STYLES = {
    style.name: style
    for style in (
        Style("screen", ink="#1F2328", muted="#6B7280", grid="#E5E7EB", paper="#FFFFFF"),
        Style("dark", ink="#E6E9EE", muted="#9AA3AF", grid="#2C323B", paper="#14171C"),
        Style(
            "paper",
            ink="#000000",
            muted="#444444",
            grid="#E3E3E3",
            paper="#FFFFFF",
            scale=0.9,
            rc={
                "font.family": "STIXGeneral",
                "mathtext.fontset": "stix",
                "font.size": 10.5,
                "savefig.dpi": 300,
            },
        ),
    )
}
"""The styles, by name."""


def get_style(style: str | Style) -> Style:
    """The style of that name.

    Raises
    ------
    InputError
        If there is none.
    """
    if isinstance(style, Style):
        return style
    if style not in STYLES:
        raise InputError(f"style is {style!r}; choose one of {', '.join(STYLES)}.")
    return STYLES[style]
