"""The ledger on disk: what `gaplab verify` found, as JSON for machines and Markdown for people."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gaplab.records.errors import RecordError
from gaplab.records.files import read_json, write_json, write_text

__all__ = ["load_ledger", "save_ledger"]

_KEYS = {"id", "status", "expected", "evidence", "counterexample"}


def save_ledger(ledger: Mapping[str, Any], markdown: str, folder: str | os.PathLike[str]) -> Path:
    """Write ``ledger.json`` and ``ledger.md`` into `folder`; the path of the first."""
    write_text(markdown, Path(folder) / "ledger.md")
    return write_json(ledger, Path(folder) / "ledger.json")


def load_ledger(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read ``ledger.json``.

    Returns
    -------
    dict
        ``profile``, ``seed``; ``verdicts``, a list; ``stale``, ids of claims whose stored
        certificate was not used; ``timings``, seconds by claim, all that differs between two runs
        with the same seed. A verdict has ``id`` (stable), ``status`` (proved, certified, supported,
        conditional, refuted, open or error), ``expected``, ``statement`` (LaTeX), ``source`` (key
        and number), ``hypotheses``, ``beyond``, ``domain``, ``strength``, ``given``, ``lemmas``
        (id to status), ``message`` (of an error), ``counterexample`` (parameters as numbers, or
        null) of the claim ``counterexample_of``, with the ``margin`` there, and ``evidence``: a
        list with ``kind`` (property, search, certificate, symbolic, simulation), ``accepted``,
        ``outcome``, ``counts``, ``worst`` margin ``at`` a point, ``share`` of random points where
        the claim held, ``note``, ``lemmas``, and ``controls``, each with ``id``, ``statement``,
        ``near``, ``refuted``, ``worst``, ``at`` and ``share``.

    Raises
    ------
    RecordError
        If the file is no ledger: ``verdicts`` absent, or a verdict without its keys.
    """
    ledger = read_json(path)
    verdicts = ledger.get("verdicts") if isinstance(ledger, dict) else None
    if not isinstance(verdicts, list):
        raise RecordError(f"{path} has no list of verdicts; make it with gaplab verify --out.")
    for verdict in verdicts:
        missing = _KEYS - set(verdict)
        if missing:
            raise RecordError(
                f"{path}: verdict {verdict.get('id', '?')} lacks {', '.join(sorted(missing))}; "
                "make the ledger again with gaplab verify --out."
            )
    return ledger
