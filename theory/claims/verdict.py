"""From evidence to verdict: the only place where a status is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from theory.claims.base import VERDICTS, Claim, Source
from theory.claims.evidence import VIOLATED, Evidence, Finding

__all__ = ["STATUSES", "Verdict", "derive", "errored", "rests_on"]

#: Weakest first; ``error`` is no verdict about the statement.
STATUSES = ("error", *VERDICTS)

#: Strength of each kind of evidence once it counts.
_STRENGTH = {
    "simulation": "supported",
    "property": "supported",
    "search": "supported",
    "certificate": "certified",
    "symbolic": "proved",
}

#: Kinds of evidence that may rest on other claims.
_RIGOROUS = ("certificate", "symbolic")


@dataclass(frozen=True)
class Verdict:
    """What the evidence says about one claim.

    Attributes
    ----------
    id, statement, source, hypotheses, beyond, domain, expected
        As the claim declares them.
    status : str
        proved, certified, supported, conditional, refuted, open or error.
    strength : str
        How well a conditional claim is supported under its hypothesis; else the status.
    evidence : tuple of Evidence
    counterexample : dict or None
        Parameters, as plain numbers, at which `counterexample_of` is violated.
    counterexample_of : str or None
        The claim itself, or for a conditional claim the one without its hypothesis.
    margin : float or None
        The margin at the counterexample.
    given : str or None
        The hypothesis of a conditional claim.
    lemmas : dict of str to str
        Claims on which proof or certificate rest, with their status.
    message : str
        What went wrong, for an error.
    """

    id: str
    status: str
    expected: str | None
    statement: str
    source: Source | None
    hypotheses: tuple[str, ...]
    beyond: str
    domain: str
    strength: str
    evidence: tuple[Evidence, ...] = ()
    counterexample: dict[str, Any] | None = None
    counterexample_of: str | None = None
    margin: float | None = None
    given: str | None = None
    lemmas: dict[str, str] = field(default_factory=dict)
    message: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether the status is the one declared (always, if none is)."""
        return self.expected is None or self.status == self.expected


def rests_on(claim: Claim, evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    """Ids of the claims on which proof and certificate of a claim rest."""
    rigorous = [e for e in evidence if e.kind in _RIGOROUS]
    used = [name for e in rigorous for name in e.finding.lemmas]
    return tuple(sorted({*(claim.lemmas if rigorous else ()), *used}))


def derive(
    claim: Claim,
    evidence: tuple[Evidence, ...],
    without: Finding | None,
    lemmas: Mapping[str, str] | None = None,
) -> Verdict:
    """Decide the status of a claim from its evidence alone.

    A confirmed violation refutes; otherwise the strongest evidence that counts decides. A
    violation beside a proof or a certificate is a contradiction: an error of the house. Proof and
    certificate count no more than the weakest claim they rest on.

    Parameters
    ----------
    claim : Claim
    evidence : tuple of Evidence
    without : Finding or None
        What the search finds about the claim without its hypothesis.
    lemmas : dict of str to str, optional
        Status of every claim that `rests_on` names.
    """
    known = dict(lemmas or {})
    accepted = {_strength(claim, e, known) for e in evidence if e.counts}
    strength = max(accepted, key=STATUSES.index, default="open")
    violation = next((e.finding for e in evidence[::-1] if e.outcome == VIOLATED), None)
    if violation is not None:
        if strength in ("proved", "certified"):
            return errored(claim, f"contradiction: {strength}, yet violated at {violation.at}.")
        return _verdict(claim, "refuted", "refuted", evidence, violation, claim.id, known)
    if without is not None and without.outcome == VIOLATED and strength != "open":
        of = claim.without.id if claim.without else claim.id
        return _verdict(claim, "conditional", strength, evidence, without, of, known)
    return _verdict(claim, strength, strength, evidence, lemmas=known)


def _strength(claim: Claim, evidence: Evidence, lemmas: Mapping[str, str]) -> str:
    """Strength of evidence that counts: its kind's, or that of the weakest claim it rests on."""
    own = _STRENGTH[evidence.kind]
    if evidence.kind not in _RIGOROUS:
        return own
    below = [lemmas.get(i, "open") for i in (*claim.lemmas, *evidence.finding.lemmas)]
    weakest = min([own, *below], key=STATUSES.index)
    return weakest if STATUSES.index(weakest) >= STATUSES.index("supported") else "open"


def errored(claim: Claim, message: str) -> Verdict:
    """Verdict of a claim that could not be examined."""
    return _verdict(claim, "error", "error", message=message)


def _verdict(
    claim: Claim,
    status: str,
    strength: str,
    evidence: tuple[Evidence, ...] = (),
    violation: Finding | None = None,
    of: str | None = None,
    lemmas: Mapping[str, str] | None = None,
    message: str = "",
) -> Verdict:
    return Verdict(
        id=claim.id,
        status=status,
        expected=claim.expected,
        statement=claim.statement,
        source=claim.source,
        hypotheses=tuple(claim.hypotheses),
        beyond=claim.beyond,
        domain=repr(claim.domain),
        strength=strength,
        evidence=evidence,
        counterexample=violation.at if violation else None,
        counterexample_of=of,
        margin=violation.worst if violation else None,
        given=claim.given,
        lemmas=dict(lemmas or {}),
        message=message,
    )
