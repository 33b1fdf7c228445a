"""The embeddings that each repair left, read from a run folder."""

from __future__ import annotations

from pathlib import Path

from figures.folder import find
from gaplab.records import Embeddings, RecordError

__all__ = ["load_repaired"]

_ORDER = (
    "none",
    "translation",
    "centering",
    "realign",
    "removal",
    "whitening",
    "rotation",
    "procrustes",
    "cca",
    "shared_projection",
)


def load_repaired(run: Path) -> dict[str, Embeddings]:
    """Embeddings by repair, ``none`` (before any) first; two views or more each.

    Raises
    ------
    RecordError
        If a file holds fewer than two views.
    """
    found = {path.stem: Embeddings.load(path) for path in find(run, "repairs/*.safetensors")}
    for method, saved in found.items():
        if len(saved.views) < 2:
            raise RecordError(f"repairs/{method}.safetensors holds one view; a gap needs two.")
    return dict(sorted(found.items(), key=lambda item: _place(item[0])))


def _place(method: str) -> tuple[int, str]:
    """The toolkit's own repairs in the report's order, others after them by name."""
    return (_ORDER.index(method) if method in _ORDER else len(_ORDER), method)
