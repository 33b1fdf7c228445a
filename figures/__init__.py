"""One figure a file, drawn from saved records, and the report.

`names` lists the figures, `available` those whose records a run folder holds, `draw` gives one
as a matplotlib figure, `save_all` writes them with their captions.
"""

from figures import (
    gap_dynamics,
    landscape,
    ledger,
    methods,
    predictions,
    repairs,
    similarities,
    simulations,
    spectra,
    tradeoff,
    training,
)
from figures.base import FIGURES, Figure, Panels
from figures.catalogue import FORMATS, available, draw, missing, names, save_all
from figures.style import STYLES, Style

__all__ = [
    "FIGURES",
    "FORMATS",
    "STYLES",
    "Figure",
    "Panels",
    "Style",
    "available",
    "draw",
    "gap_dynamics",
    "landscape",
    "ledger",
    "methods",
    "missing",
    "names",
    "predictions",
    "repairs",
    "save_all",
    "similarities",
    "simulations",
    "spectra",
    "tradeoff",
    "training",
]
