"""The ledger: every verdict of one run, for programs and for readers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from theory.bibliography import cite
from theory.claims.evidence import Evidence, Finding
from theory.claims.verdict import Verdict

__all__ = ["Ledger"]


@dataclass(frozen=True)
class Ledger:
    """Verdicts in the order they were asked for.

    Attributes
    ----------
    verdicts : tuple of Verdict
        The same for the same seed, profile and ids, whatever the number of jobs.
    timings : dict of str to float
        Seconds per claim; the only part that changes from run to run.
    profile : str
    seed : int
    certificates : dict of str to dict
        Those that were computed, as plain data to be stored and given to a later `verify`.
    stale : tuple of str
        Claims whose stored certificate was not used: claim or engine have changed since.
    """

    verdicts: tuple[Verdict, ...]
    profile: str
    seed: int
    timings: dict[str, float] = field(default_factory=dict)
    certificates: dict[str, dict[str, Any]] = field(default_factory=dict)
    stale: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.verdicts)

    def __len__(self) -> int:
        return len(self.verdicts)

    def __getitem__(self, claim_id: str) -> Verdict:
        for verdict in self.verdicts:
            if verdict.id == claim_id:
                return verdict
        raise KeyError(claim_id)

    @property
    def exit_code(self) -> int:
        """0 if every verdict is the one its claim declares as expected, else 1."""
        return 0 if all(v.as_expected for v in self.verdicts) else 1

    def to_dict(self) -> dict[str, Any]:
        """Return what ``ledger.json`` holds: every field but the certificates."""
        return {
            "profile": self.profile,
            "seed": self.seed,
            "verdicts": [_verdict_dict(v) for v in self.verdicts],
            "stale": list(self.stale),
            "timings": dict(self.timings),
        }

    def to_markdown(self) -> str:
        """Return the ledger for a reader: a table, then every claim with its evidence."""
        lines = [
            "# Ledger of claims",
            "",
            f"Profile `{self.profile}`, seed {self.seed}. A verdict follows from its evidence; "
            "evidence counts only if it also refutes every control.",
            "",
            *self._stale_lines(),
            "| claim | verdict | expected | evidence that counts |",
            "|---|---|---|---|",
        ]
        for v in self.verdicts:
            kinds = ", ".join(e.kind for e in v.evidence if e.counts) or "–"
            lines.append(f"| {_cell(v.id)} | **{v.status}** | {v.expected or '–'} | {kinds} |")
        for v in self.verdicts:
            lines += ["", *_section(v)]
        return "\n".join(lines) + "\n"

    def _stale_lines(self) -> list[str]:
        if not self.stale:
            return []
        ids = ", ".join(f"`{i}`" for i in self.stale)
        return [f"Stored certificates of another version of claim or engine, not used: {ids}.", ""]


def _cell(text: str) -> str:
    """Text as a cell of a Markdown table, where a bar would end it."""
    return text.replace("|", r"\|")


def _section(v: Verdict) -> list[str]:
    lines = [f"## {v.id} — {v.status}", ""]
    if v.statement:
        lines += [f"$$ {v.statement} $$", ""]
    if v.source:
        lines.append(f"- Source: {cite(v.source[0])}, {v.source[1]}.")
    lines += [f"- Assuming: {h}." for h in v.hypotheses]
    lines.append(f"- Domain: {v.domain}.")
    if v.beyond:
        lines.append(f"- Where it stops: {v.beyond}")
    if v.message:
        lines.append(f"- Error: {v.message}")
    if v.given:
        lines.append(f"- Holds given {v.given} ({v.strength} there).")
    if v.lemmas:
        rests = ", ".join(f"{name} ({status})" for name, status in v.lemmas.items())
        lines.append(f"- Rests on: {rests}.")
    if v.counterexample is not None:
        lines.append(
            f"- Counterexample to {v.counterexample_of}, margin {v.margin:.6g}: "
            f"`{_paste(v.counterexample)}`"
        )
    lines += [_evidence_line(e) for e in v.evidence]
    if v.evidence and not any(e.controls for e in v.evidence):
        lines.append("- Controls: none were given.")
    return lines + _control_lines(v)


def _evidence_line(e: Evidence) -> str:
    counts = ", ".join(f"{n} {name}" for name, n in e.finding.counts.items())
    worst = "" if e.finding.worst is None else f"; smallest margin {e.finding.worst:.3g}"
    refuted = sum(c.refuted for c in e.controls)
    controls = f"; refuted {refuted} of {len(e.controls)} controls" if e.controls else ""
    verdict = e.outcome if e.counts or e.outcome != "holds" else "holds, but does not count"
    note = f" {e.finding.note}" if e.finding.note else ""
    return f"- {e.kind}: **{verdict}** ({counts or 'stopped at the first'}{worst}{controls}).{note}"


def _control_lines(v: Verdict) -> list[str]:
    best = max((e.controls for e in v.evidence), key=len, default=())
    shares = {c.id: c.share for e in v.evidence for c in e.controls if c.share is not None}
    lines = []
    for control in best:
        by = ", ".join(
            e.kind for e in v.evidence for c in e.controls if c.id == control.id and c.refuted
        )
        share = (
            f", true at {shares[control.id]:.1%} of random points" if control.id in shares else ""
        )
        near = f" Near the truth: {control.near}." if control.near else ""
        lines.append(
            f"- Control {control.id} (${control.statement}${share}): refuted by {by or 'nothing'}."
            f"{near}"
        )
    return lines


def _paste(point: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in point.items())


def _verdict_dict(v: Verdict) -> dict[str, Any]:
    """Fields in their order, sequences as lists, evidence with whether it counts."""
    out = {f.name: getattr(v, f.name) for f in dataclasses.fields(v)}
    out["source"] = list(v.source) if v.source else None
    out["hypotheses"] = list(v.hypotheses)
    out["evidence"] = [
        {
            "kind": e.kind,
            "accepted": e.counts,
            **_finding_dict(e.finding),
            "controls": [dataclasses.asdict(c) for c in e.controls],
        }
        for e in v.evidence
    ]
    return out


def _finding_dict(finding: Finding) -> dict[str, Any]:
    """Fields of a finding but its trees, which are kept beside the ledger."""
    kept = {f.name: getattr(finding, f.name) for f in dataclasses.fields(finding)}
    del kept["trees"]
    return {**kept, "counts": dict(finding.counts), "lemmas": list(finding.lemmas)}
