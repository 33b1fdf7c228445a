"""From evidence to verdict: the only place where a status is decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from theory.claims.base import Claim, Source
from theory.claims.evidence import VIOLATED, Evidence, Finding

__all__ = ["STATUSES", "Verdict", "derive", "errored"]

#: Weakest first; ``error`` is no verdict about the statement.
STATUSES = ("error", "open", "refuted", "conditional", "supported", "certified", "proved")

#: Strength of each kind of evidence once it counts.
_STRENGTH = {
    "property": "supported",
    "search": "supported",
    "certificate": "certified",
    "symbolic": "proved",
}


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
    message: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether the status is the one declared (always, if none is)."""
        return self.expected is None or self.status == self.expected


def derive(claim: Claim, evidence: tuple[Evidence, ...], without: Finding | None) -> Verdict:
    """Decide the status of a claim from its evidence alone.

    A confirmed violation refutes; otherwise the strongest evidence that counts decides. A
    violation beside a proof or a certificate is a contradiction: an error of the house.

    Parameters
    ----------
    claim : Claim
    evidence : tuple of Evidence
    without : Finding or None
        What the search finds about the claim without its hypothesis.
    """
    accepted = {_STRENGTH[e.kind] for e in evidence if e.counts}
    strength = max(accepted, key=STATUSES.index, default="open")
    violation = next((e.finding for e in evidence[::-1] if e.outcome == VIOLATED), None)
    if violation is not None:
        if strength in ("proved", "certified"):
            return errored(claim, f"contradiction: {strength}, yet violated at {violation.at}.")
        return _verdict(claim, "refuted", "refuted", evidence, violation, claim.id)
    if without is not None and without.outcome == VIOLATED and strength != "open":
        of = claim.without.id if claim.without else claim.id
        return _verdict(claim, "conditional", strength, evidence, without, of)
    return _verdict(claim, strength, strength, evidence)


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
        message=message,
    )
