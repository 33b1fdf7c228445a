"""The report: one self-contained HTML file from a run folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from figures.folder import manifest
from figures.report.page import page
from figures.report.pictures import draw_pictures
from figures.report.sections import build_sections
from gaplab.records import RecordError, write_text

__all__ = ["write_report"]

_LEADS = {
    "reproduce": "What the theory of the modality gap claims, checked by machine; what it "
    "predicts, simulated; and what it explains in models trained on real pairs.",
    "train": "A contrastive model trained on real pairs, judged on held-out ones.",
    "simulate": "Embeddings moved by gradient flow on the sphere, beside the predictions.",
    "compare": "Dynamics of several runs on one clock.",
    "verify": "What the theory of the modality gap claims, checked by machine.",
}


def write_report(run: str | os.PathLike[str], figures: Iterable[str] | None = None) -> Path:
    """Write ``report.html`` into a run folder.

    The page stands alone: styles and pictures are inside, and it has no scripts. What the run
    does not hold is named as not run. The pictures are drawn anew, for light and dark pages, into
    the run's ``figures/``.

    Parameters
    ----------
    run : path
        A run folder: of a reproduction, or of a single command.
    figures : iterable of str, optional
        Names of the figures to show; all that the run has records for by default.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    RecordError
        If `run` is not a folder, or a table or ledger in it cannot be read.
    InputError
        If a figure's name is unknown.
    """
    folder = Path(run)
    if not folder.is_dir():
        raise RecordError(f"{run} is not a folder; name a run folder of gaplab's.")
    kind = str(manifest(folder).get("kind", ""))
    pictures = draw_pictures(folder, figures)
    lead = _LEADS.get(kind, "Results of one run.")
    document = page("The modality gap: report", lead, build_sections(folder, pictures))
    return write_text(document, folder / "report.html")
