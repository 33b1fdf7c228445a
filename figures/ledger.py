"""The ledger at a glance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes

from figures.base import FIGURES, Figure, Panels
from figures.results import load_verdicts

__all__ = ["Ledger"]

KINDS = ("symbolic", "certificate", "search", "property", "simulation")
"""Kinds of evidence, strongest first; what a simulation would say may not be given."""

COLUMN = 40
"""Claims below each other, before a column stands beside."""


@FIGURES.register("ledger")
class Ledger(Figure):
    """One row a claim: verdict, kinds of evidence, controls refuted."""

    name = "ledger"
    title = "The ledger at a glance"
    section = "claims"
    place = 1
    needs = ("ledger.json",)

    def load(self, run: Path) -> list[dict[str, Any]]:
        """Read the verdicts."""
        return load_verdicts(run)

    def panels(self, data: list[dict[str, Any]]) -> Panels:
        """Columns of claims, balanced."""
        columns = -(-max(1, len(data)) // COLUMN)
        return Panels(1, columns, width=6.6, height=0.6 + 0.235 * _rows(data))

    def plot(self, data: list[dict[str, Any]], axes: np.ndarray) -> np.ndarray:
        """Draw a lozenge for the verdict and a dot for each kind of evidence."""
        rows = _rows(data)
        for k, ax in enumerate(axes.flat):
            self._column(ax, data[k * rows : (k + 1) * rows], rows)
        return axes

    def _column(self, ax: Axes, verdicts: Sequence[Mapping[str, Any]], rows: int) -> None:
        columns = np.arange(2.1, 2.1 + len(KINDS))
        for height, verdict in enumerate(verdicts):
            self._row(ax, height, verdict, columns)
        ax.set_yticks(range(len(verdicts)), [str(verdict["id"]) for verdict in verdicts])
        ax.set_xticks([0.75, *columns, columns[-1] + 1.0], ["verdict", *KINDS, "controls"])
        ax.xaxis.tick_top()
        ax.tick_params(length=0, labelsize="x-small")
        ax.set_xlim(-0.1, columns[-1] + 1.5)
        ax.set_ylim(rows - 0.5, -0.5)
        ax.grid(axis="x", visible=False)
        ax.spines[:].set_visible(False)

    def _row(self, ax: Axes, height: int, verdict: Mapping[str, Any], columns: np.ndarray) -> None:
        color = self.style.color(str(verdict["status"]))
        as_expected = not verdict.get("expected") or verdict["expected"] == verdict["status"]
        text = str(verdict["status"]) + (
            "" if as_expected else f" (expected {verdict['expected']})"
        )
        ax.text(
            0.75, height, text, ha="center", va="center", color=self.style.paper, weight="bold",
            fontsize="x-small",
            bbox={"boxstyle": "round,pad=0.25", "facecolor": color, "edgecolor": "none"},
        )  # fmt: skip
        evidence = {str(e.get("kind")): e for e in verdict.get("evidence") or []}
        for at, kind in zip(columns, KINDS, strict=True):
            if kind in evidence and evidence[kind].get("outcome") != "not given":
                mark, fill = _mark(evidence[kind])
                ax.plot(
                    at, height, mark, color=color, markersize=6, markeredgewidth=1.3, fillstyle=fill
                )
        refuted, total = controls_refuted(verdict)
        if total:
            ax.text(
                columns[-1] + 1.0, height, f"{refuted} of {total}", ha="center", va="center",
                fontsize="x-small",
            )  # fmt: skip

    def caption(self, data: list[dict[str, Any]]) -> str:
        """Say how to read it."""
        counts: dict[str, int] = {}
        for verdict in data:
            counts[str(verdict["status"])] = counts.get(str(verdict["status"]), 0) + 1
        told = ", ".join(f"{count} {status}" for status, count in counts.items())
        return (
            f"{len(data)} claims: {told}. A full dot is evidence that counts (the claim held and "
            "every control was refuted), a ring evidence that does not count, a cross a violation "
            "found. Controls are false siblings that the evidence must refute: how many of them "
            "it did."
        )


def _rows(verdicts: Sequence[object]) -> int:
    """Claims in the longest column."""
    columns = -(-max(1, len(verdicts)) // COLUMN)
    return -(-max(1, len(verdicts)) // columns)


def _mark(evidence: Mapping[str, Any]) -> tuple[str, Literal["full", "none"]]:
    """Marker and filling for a piece of evidence."""
    if evidence.get("outcome") == "violated":
        return "X", "full"
    return "o", "full" if evidence.get("accepted") else "none"


def controls_refuted(verdict: Mapping[str, Any]) -> tuple[int, int]:
    """How many controls some evidence refuted, of how many."""
    refuted: dict[str, bool] = {}
    for evidence in verdict.get("evidence") or []:
        for control in evidence.get("controls") or []:
            key = str(control["id"])
            refuted[key] = refuted.get(key, False) or bool(control.get("refuted"))
    return sum(refuted.values()), len(refuted)
