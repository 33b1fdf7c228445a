"""What an engine finds, and when it counts."""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from theory.claims.base import Claim
from theory.errors import InputError

__all__ = ["PROFILES", "ControlResult", "Engine", "Evidence", "Finding", "Profile"]

HOLDS, VIOLATED, UNRESOLVED, PARTIAL, FAILED, NOT_GIVEN = (
    "holds",
    "violated",
    "not resolved",
    "partial",
    "failed",
    "not given",
)


@dataclass(frozen=True)
class Profile:
    """How much is computed: counts of evaluations, never seconds.

    Attributes
    ----------
    examples : int
        Hypothesis examples per claim.
    samples, batches : int
        Random points of the search and the number of batches (shapes) they come in.
    starts, proposals, rounds : int
        Per batch: local descents, moves tried per round, rounds.
    gradients : int
        Gradient steps of the lowest descents of each shape.
    boxes : int
        Largest number of boxes of a certificate; twice as many along a line.
    anew : bool
        Whether certificates are computed even if they are stored.
    """

    name: str
    examples: int
    samples: int
    batches: int
    starts: int
    proposals: int
    rounds: int
    gradients: int
    boxes: int
    anew: bool


PROFILES = {
    "quick": Profile("quick", 30, 4096, 16, 4, 12, 12, 4, 5000, anew=False),
    "full": Profile("full", 1000, 131_072, 128, 4, 16, 60, 30, 50_000, anew=True),
}


@dataclass(frozen=True)
class Finding:
    """What one engine finds about one claim.

    Attributes
    ----------
    outcome : str
        ``holds``, ``violated``, ``not resolved`` (ties within rounding), ``partial`` (a
        certificate that did not close), ``failed`` (a proof step that is not one) or
        ``not given`` (no simulation).
    counts : dict of str to int
        What was computed.
    worst : float or None
        Smallest margin met.
    at : dict or None
        Where, as plain numbers; for a violation, the counterexample.
    share : float or None
        Share of the random points at which the margin was ≥ 0.
    note : str
        One sentence for the reader.
    lemmas : tuple of str
        Ids of the claims on which the finding rests.
    trees : tuple of str
        How a certificate that was computed closed the boxes; kept beside the ledger.
    """

    outcome: str
    counts: Mapping[str, int] = field(default_factory=dict)
    worst: float | None = None
    at: dict[str, Any] | None = None
    share: float | None = None
    note: str = ""
    lemmas: tuple[str, ...] = ()
    trees: tuple[str, ...] = ()


@dataclass(frozen=True)
class ControlResult:
    """Whether the evidence refuted one false sibling."""

    id: str
    statement: str
    near: str
    refuted: bool
    worst: float | None = None
    at: dict[str, Any] | None = None
    share: float | None = None


@dataclass(frozen=True)
class Evidence:
    """A finding, of which kind, and what the same engine made of the controls."""

    kind: str
    finding: Finding
    controls: tuple[ControlResult, ...] = ()

    @property
    def outcome(self) -> str:
        """Outcome of the finding."""
        return self.finding.outcome

    @property
    def counts(self) -> bool:
        """Whether the claim held and every control was refuted."""
        return self.outcome == HOLDS and all(c.refuted for c in self.controls)


class Engine(ABC):
    """One kind of evidence, gathered the same way for any claim of the right form."""

    kind: ClassVar[str]

    def applies(self, claim: Claim) -> bool:
        """Whether the claim has the form this engine needs."""
        return True

    @abstractmethod
    def examine(self, claim: Claim, profile: Profile, seed: int, readable: bool) -> Finding:
        """Try the claim. With `readable`, a violation is shrunk for a reader."""

    def gather(self, claim: Claim, profile: Profile, seed: int) -> Evidence:
        """Try the claim and every control with the same effort."""
        finding = self.examine(claim, profile, seed, readable=True)
        return Evidence(self.kind, finding, self.try_controls(claim, profile, seed))

    def try_controls(self, claim: Claim, profile: Profile, seed: int) -> tuple[ControlResult, ...]:
        """Try to refute every false sibling of the claim."""
        results = []
        for control in (kind() for kind in claim.controls):
            found = self.examine(control, profile, seed, readable=False)
            results.append(
                ControlResult(
                    id=control.id,
                    statement=control.statement,
                    near=control.near,
                    refuted=found.outcome == VIOLATED,
                    worst=found.worst,
                    at=found.at,
                    share=found.share,
                )
            )
        return tuple(results)

    def rng(self, claim: Claim, seed: int) -> np.random.Generator:
        """Return a generator that depends on seed, claim and kind only: never on order or jobs."""
        return np.random.default_rng(
            [seed, zlib.crc32(claim.id.encode()), zlib.crc32(self.kind.encode())]
        )


def profile_named(name: str) -> Profile:
    """Look a profile up; an unknown name raises InputError."""
    try:
        return PROFILES[name]
    except (KeyError, TypeError):
        raise InputError(f"unknown profile {name!r}; use one of {', '.join(PROFILES)}.") from None
