"""One figure a file, drawn from saved records, and the report.

`names` lists the figures, `available` those whose records a run folder holds, `draw` gives one
as a matplotlib figure, `save_all` writes them with their captions.
"""

from figures import (
    comparison,
    cone_lifetime,
    decay,
    diagnosis,
    finite_n,
    gap_dynamics,
    kappa_sweep,
    landscape,
    ledger,
    methods,
    offset,
    optima,
    phase,
    predictions,
    repairs,
    residual,
    scatter,
    similarities,
    simulations,
    spectra,
    stability,
    temperature_sweep,
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
    "comparison",
    "cone_lifetime",
    "decay",
    "diagnosis",
    "draw",
    "finite_n",
    "gap_dynamics",
    "kappa_sweep",
    "landscape",
    "ledger",
    "methods",
    "missing",
    "names",
    "offset",
    "optima",
    "phase",
    "predictions",
    "repairs",
    "residual",
    "save_all",
    "scatter",
    "similarities",
    "simulations",
    "spectra",
    "stability",
    "temperature_sweep",
    "tradeoff",
    "training",
]
