"""The claims of one run and those they rest on: each examined once, in any number of processes."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import joblib

from theory.claims.base import Claim, MarginError, get, names
from theory.claims.certificate import CertificateEngine
from theory.claims.evidence import Engine, Evidence, Finding, Profile
from theory.claims.ledger import Ledger
from theory.claims.property_check import PropertyEngine
from theory.claims.search import SearchEngine
from theory.claims.simulation_check import Simulations, simulation_evidence
from theory.claims.stored import Certificate, digest
from theory.claims.symbolic import SymbolicEngine
from theory.claims.verdict import Verdict, derive, errored, rests_on
from theory.errors import InputError

__all__ = ["Case", "engines"]


def engines(stored: Certificate | None = None) -> tuple[Engine, ...]:
    """Every kind of evidence, in the order it is gathered."""
    return PropertyEngine(), SearchEngine(), CertificateEngine(stored), SymbolicEngine()


@dataclass(frozen=True)
class _Found:
    """What the engines find about one claim, before the claims it rests on are asked."""

    evidence: tuple[Evidence, ...] = ()
    without: Finding | None = None
    error: str = ""
    seconds: float = 0.0


class Case:
    """The claims of one run and those they rest on, each examined once."""

    def __init__(
        self,
        profile: Profile,
        seed: int,
        stored: Mapping[str, Certificate],
        simulations: Simulations | None,
        own: Mapping[str, type[Claim]],
    ) -> None:
        self.profile, self.seed, self.simulations, self.own = profile, seed, simulations, own
        self.stored = stored
        self.kinds: dict[str, type[Claim]] = {}
        self.found: dict[str, _Found] = {}
        self.verdicts: dict[str, Verdict] = {}

    def settle(self, chosen: Iterable[type[Claim]], jobs: int) -> Iterator[str]:
        """Reach a verdict on every claim, and say on which as it is reached."""
        todo, examine = list(chosen), _gather
        while todo:
            self.kinds.update({kind.id: kind for kind in todo})
            calls = [(kind, self.profile, self.seed, self._certificate(kind)) for kind in todo]
            tasks = (joblib.delayed(examine)(*call) for call in calls)
            results = joblib.Parallel(jobs, return_as="generator", batch_size=1)(tasks)
            for kind, found in zip(todo, results, strict=True):
                self.found[kind.id] = found
                yield from self._conclude()
            # What claims rest on is asked for again and again where claims come one by one.
            todo, jobs, examine = self._lemmas(), 1, _gather_once
        for claim_id in [i for i in self.found if i not in self.verdicts]:
            message = f"claim {claim_id!r} rests on itself, by way of the claims it names."
            self.verdicts[claim_id] = errored(_bare(self.kinds[claim_id]), message)
            yield claim_id

    def ledger(self, chosen: Iterable[type[Claim]], profile: str) -> Ledger:
        """Return what is known about the claims that were chosen."""
        ids = [kind.id for kind in chosen]
        return Ledger(
            verdicts=tuple(self.verdicts[i] for i in ids),
            profile=profile,
            seed=self.seed,
            timings={i: self.found[i].seconds for i in ids},
            certificates={
                i: Certificate(digest(self.kinds[i]), balls, depth, trees).to_dict()
                for i in ids
                for balls, depth, trees in _computed(self.found[i].evidence)
            },
            stale=tuple(
                i for i in ids if i in self.stored and not self._certificate(self.kinds[i])
            ),
        )

    def _certificate(self, kind: type[Claim]) -> Certificate | None:
        """Stored certificate of a claim, if neither claim nor engine have changed since."""
        kept = self.stored.get(kind.id)
        return kept if kept is not None and kept.digest == digest(kind) else None

    def _conclude(self) -> Iterator[str]:
        """Settle every claim that waits for no other."""
        waiting = True
        while waiting:
            waiting = False
            for claim_id in [i for i in self.found if i not in self.verdicts]:
                verdict = self._verdict(self.kinds[claim_id], self.found[claim_id])
                if verdict is not None:
                    self.verdicts[claim_id] = verdict
                    waiting = True
                    yield claim_id

    def _verdict(self, kind: type[Claim], found: _Found) -> Verdict | None:
        """Verdict of a claim; None as long as one that it rests on has none."""
        if found.error:
            return errored(_bare(kind), found.error)
        claim = kind()
        needed = rests_on(claim, found.evidence)
        for lemma in needed:
            if lemma not in self.own and lemma not in names():
                return errored(claim, f"claim {claim.id!r} rests on {lemma!r}, which is no claim.")
        if not all(lemma in self.verdicts for lemma in needed):
            return None
        simulated = simulation_evidence(claim, self.simulations)
        evidence = found.evidence if simulated is None else (*found.evidence, simulated)
        statuses = {lemma: self.verdicts[lemma].status for lemma in needed}
        return derive(claim, evidence, found.without, statuses)

    def _lemmas(self) -> list[type[Claim]]:
        """Claims that others wait for and that nobody has examined."""
        waiting = [i for i in self.found if i not in self.verdicts]
        needed = [n for i in waiting for n in rests_on(self.kinds[i](), self.found[i].evidence)]
        asked = [n for n in dict.fromkeys(needed) if n not in self.found]
        return [self.own[n] if n in self.own else get(n) for n in asked]


def _gather(
    kind: type[Claim], profile: Profile, seed: int, stored: Certificate | None = None
) -> _Found:
    start = time.perf_counter()
    try:
        claim = kind()
        claim.domain.check()
        evidence = tuple(
            e.gather(claim, profile, seed) for e in engines(stored) if e.applies(claim)
        )
        without = None
        if claim.without is not None:
            without = SearchEngine().examine(claim.without(), profile, seed, readable=True)
        return _Found(evidence, without, seconds=time.perf_counter() - start)
    except MarginError as error:  # which names the claim
        return _Found(error=f"{_origin(kind)}{error}")
    except InputError as error:
        return _Found(error=f"{_origin(kind)}claim {kind.id!r}: {error}")
    except Exception as error:  # a user's claim may raise anything: the others must go on
        problem = f"claim {kind.id!r} raised {type(error).__name__}: {error}."
        return _Found(error=f"{_origin(kind)}{problem}")


def _origin(kind: type[Claim]) -> str:
    return f"claims file {kind.origin}: " if kind.origin else ""


_gather_once = functools.lru_cache(maxsize=256)(_gather)


def _computed(evidence: Iterable[Evidence]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Certificates among the evidence that were computed: balls, depth and trees."""
    for e in evidence:
        if e.finding.trees:
            yield e.finding.counts["balls"], e.finding.counts["depth"], e.finding.trees


class _Described(Claim):
    """Stands in for a claim whose class cannot be instantiated."""

    def margin(self, **params: Any) -> Any:
        """Never called."""
        raise NotImplementedError


def _bare(kind: type[Claim]) -> Claim:
    stand_in = _Described()
    for name in (
        "id",
        "statement",
        "domain",
        "source",
        "hypotheses",
        "beyond",
        "expected",
        "given",
    ):
        setattr(stand_in, name, getattr(kind, name))
    return stand_in
