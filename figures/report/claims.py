"""The ledger in the report: one table, and the details of every claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from figures.report.html import Markup, code_block, join, paragraph, table, tag
from figures.report.mathml import mathml
from figures.words import number
from theory.bibliography import cite

__all__ = ["claim_details", "ledger"]


def badge(status: str) -> Markup:
    """A verdict as a coloured word."""
    return tag("span", status, class_=f"badge {status}")


def ledger(verdicts: Sequence[Mapping[str, Any]]) -> Markup:
    """One row a claim: statement, verdict, expectation, and the evidence that counts."""
    rows = [
        (
            tag("a", verdict["id"], href=f"#claim-{slug(verdict['id'])}"),
            badge(verdict["status"]),
            verdict.get("expected") or "–",
            ", ".join(_evidence_names(verdict)) or "–",
            mathml(str(verdict.get("statement") or "")),
        )
        for verdict in verdicts
    ]
    head = ("claim", "verdict", "expected", "evidence that counts", "statement")
    return table("Ledger of claims", head, rows)


def slug(identifier: str) -> str:
    """An anchor for a claim's id."""
    return "".join(c if c.isalnum() else "-" for c in identifier).lower()


def _evidence_names(verdict: Mapping[str, Any]) -> list[str]:
    found = verdict.get("evidence") or []
    return [str(e["kind"]) for e in found if isinstance(e, Mapping) and e.get("accepted")]


def claim_details(verdict: Mapping[str, Any]) -> Markup:
    """Everything about one claim, folded: source, hypotheses, evidence, counterexample."""
    facts: list[tuple[str, object]] = []
    if verdict.get("source"):
        key, place = verdict["source"]
        facts.append(("Source", f"{cite(key)}, {place}"))
    facts += [("Assuming", hypothesis) for hypothesis in verdict.get("hypotheses") or []]
    if verdict.get("domain"):
        facts.append(("Domain", verdict["domain"]))
    if verdict.get("beyond"):
        facts.append(("Where it stops", verdict["beyond"]))
    if verdict.get("given"):
        facts.append(("Holds given", verdict["given"]))
    if verdict.get("message"):
        facts.append(("Error", verdict["message"]))
    facts += [(str(e.get("kind")), _evidence_text(e)) for e in verdict.get("evidence") or []]
    body: list[Markup] = [
        tag(
            "p",
            mathml(str(verdict.get("statement") or ""), block=True),
            class_="formula",
            tabindex=0,
        ),
        tag(
            "dl", *(join(tag("dt", name), tag("dd", text)) for name, text in facts), class_="facts"
        ),
    ]
    body += _controls(verdict)
    body += _counterexample(verdict)
    return tag(
        "details",
        tag("summary", f"{verdict['id']}: ", badge(verdict["status"])),
        *body,
        id=f"claim-{slug(verdict['id'])}",
    )


def _evidence_text(evidence: Mapping[str, Any]) -> str:
    counts = evidence.get("counts") or {}
    done = ", ".join(f"{n} {name}" for name, n in counts.items())
    controls = evidence.get("controls") or []
    parts = [str(evidence.get("outcome", ""))]
    if done:
        parts.append(done)
    if evidence.get("worst") is not None:
        parts.append(f"smallest margin {number(evidence['worst'])}")
    if controls:
        refuted = sum(bool(c.get("refuted")) for c in controls)
        parts.append(f"refuted {refuted} of {len(controls)} controls")
    if evidence.get("outcome") == "holds" and not evidence.get("accepted"):
        parts.append("does not count")
    text = "; ".join(part for part in parts if part)
    return f"{text}. {evidence.get('note') or ''}".strip()


def _controls(verdict: Mapping[str, Any]) -> list[Markup]:
    by_id: dict[str, tuple[Mapping[str, Any], list[str]]] = {}
    for evidence in verdict.get("evidence") or []:
        for control in evidence.get("controls") or []:
            refuters = by_id.setdefault(str(control["id"]), (control, []))[1]
            if control.get("refuted"):
                refuters.append(str(evidence.get("kind")))
    rows = [
        (
            name,
            mathml(str(control.get("statement") or "")),
            control.get("near") or "–",
            ", ".join(refuters) or "nothing",
        )
        for name, (control, refuters) in by_id.items()
    ]
    if not rows:
        return []
    head = ("control", "false statement", "near the truth", "refuted by")
    return [table(f"Controls of {verdict['id']}", head, rows)]


def _counterexample(verdict: Mapping[str, Any]) -> list[Markup]:
    point = verdict.get("counterexample")
    if point is None:
        return []
    of = verdict.get("counterexample_of") or verdict["id"]
    margin = verdict.get("margin")
    told = f"Counterexample to {of}" + ("" if margin is None else f", margin {number(margin, 6)}")
    text = (
        ", ".join(f"{name}={value!r}" for name, value in point.items())
        if isinstance(point, Mapping)
        else str(point)
    )
    return [paragraph(told + ":"), code_block(text, told)]
