"""Property evidence: Hypothesis draws points of the domain and shrinks what fails."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from theory.claims.base import Claim
from theory.claims.domain import stack
from theory.claims.evidence import HOLDS, UNRESOLVED, VIOLATED, Engine, Finding, Profile
from theory.claims.recheck import recheck

__all__ = ["PropertyEngine"]

#: Largest share of points that may tie before the evidence says nothing.
MAX_TIES = 0.1


class _ViolationError(AssertionError):
    """Raised inside the property, so that Hypothesis shrinks it."""


class PropertyEngine(Engine):
    """Seeded Hypothesis runs over the strategy of the domain."""

    kind = "property"

    def examine(self, claim: Claim, profile: Profile, seed: int, readable: bool) -> Finding:
        """Run `profile.examples` examples; stop at the first confirmed violation."""
        tried = ties = 0
        failing: dict[str, Any] = {}
        phases = (Phase.generate, Phase.shrink) if readable else (Phase.generate,)

        @seeded(int(self.rng(claim, seed).integers(2**63)))
        @settings(
            max_examples=profile.examples,
            database=None,
            deadline=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(claim.domain.strategy())
        def holds(point: dict[str, Any]) -> None:
            nonlocal tried, ties
            tried += 1
            margin = claim.evaluate(stack(point))[0]
            if margin >= 0:
                return
            outcome, exact = recheck(claim, point)
            if outcome == VIOLATED:
                failing.update(at=point, worst=exact)
                raise _ViolationError
            ties += outcome == UNRESOLVED

        try:
            holds()
        except _ViolationError:
            at = claim.domain.plain(failing["at"])
            return Finding(VIOLATED, worst=failing["worst"], at=at)
        counts = {"examples": tried, "ties": ties}
        return Finding(UNRESOLVED if ties > MAX_TIES * tried else HOLDS, counts)
