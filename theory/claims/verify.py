"""Gather the evidence for claims and derive their verdicts."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import joblib

from theory.claims.base import Claim, get, names
from theory.claims.certificate import CertificateEngine
from theory.claims.evidence import Engine, Evidence, Finding, Profile, profile_named
from theory.claims.ledger import Ledger
from theory.claims.property_check import PropertyEngine
from theory.claims.search import SearchEngine
from theory.claims.simulation_check import Simulations, check_simulations, simulation_evidence
from theory.claims.symbolic import SymbolicEngine
from theory.claims.verdict import Verdict, derive, errored, rests_on
from theory.errors import InputError

__all__ = ["ENGINES", "judge", "verify"]

#: Every kind of evidence, in the order it is gathered.
ENGINES: tuple[Engine, ...] = (
    PropertyEngine(),
    SearchEngine(),
    CertificateEngine(),
    SymbolicEngine(),
)

Progress = Callable[[int, int, str], None]


def verify(
    ids: str | Iterable[str] | None = None,
    profile: str = "quick",
    seed: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
    claims: Iterable[type[Claim]] | None = None,
    simulations: Simulations | None = None,
) -> Ledger:
    """Examine claims and derive a verdict for each.

    Parameters
    ----------
    ids : str or iterable of str, optional
        Which claims; by default every claim of `claims` if that is given, else every registered
        one.
    profile : {"quick", "full"}
        Budgets, counted in evaluations.
    seed : int
        Same seed, same verdicts, whatever `jobs`.
    jobs : int
        Processes.
    progress : callable, optional
        Called as ``progress(done, total, message)`` after each claim.
    claims : iterable of Claim classes, optional
        Claims beside the registered ones, such as `load_claims` returns.
    simulations : dict, optional
        Results of named experiments, from name to the rows of its table of measured against
        predicted values; without them that evidence says "not given".

    Returns
    -------
    Ledger

    Raises
    ------
    InputError
        For an unknown id or profile. A claim that fails is no exception: its verdict is
        ``error``, and the others are examined all the same.

    Examples
    --------
    >>> ledger = verify("G.3")
    >>> [(v.id, v.status) for v in ledger], ledger.exit_code
    ([('G.3', 'proved')], 0)
    """
    budget = profile_named(profile)
    if not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed is {seed!r}; give an integer >= 0.")
    if not isinstance(jobs, int) or (jobs < 1 and jobs != -1):
        raise InputError(f"jobs is {jobs!r}; give a number of processes >= 1, or -1 for all cores.")
    if simulations is not None:
        check_simulations(simulations)
    chosen = _choose(ids, claims)
    tasks = (joblib.delayed(_timed)(kind, budget, seed) for kind in chosen)
    results = joblib.Parallel(n_jobs=jobs, return_as="generator")(tasks)
    verdicts: dict[str, Verdict] = {}
    timings: dict[str, float] = {}
    for kind, (found, seconds) in zip(chosen, results, strict=True):
        verdict = _settle(kind, found, budget, seed, verdicts, simulations)
        verdicts[verdict.id] = verdict
        timings[verdict.id] = seconds
        if progress is not None:
            progress(len(verdicts), len(chosen), f"{verdict.id}: {verdict.status}")
    return Ledger(tuple(verdicts.values()), profile, seed, timings)


@dataclass(frozen=True)
class _Found:
    """What the engines find about one claim, before the claims it rests on are asked."""

    evidence: tuple[Evidence, ...] = ()
    without: Finding | None = None
    error: str = ""


def judge(kind: type[Claim], profile: Profile, seed: int) -> Verdict:
    """Verdict of one claim; whatever it raises becomes the status ``error``."""
    return _settle(kind, _gather(kind, profile, seed), profile, seed, {})


def _gather(kind: type[Claim], profile: Profile, seed: int) -> _Found:
    try:
        claim = kind()
        claim.domain.check()
        evidence = tuple(e.gather(claim, profile, seed) for e in ENGINES if e.applies(claim))
        without = None
        if claim.without is not None:
            without = SearchEngine().examine(claim.without(), profile, seed, readable=True)
        return _Found(evidence, without)
    except InputError as error:
        return _Found(error=f"claim {kind.id!r}: {error}")
    except Exception as error:  # a user's claim may raise anything: the others must go on
        return _Found(error=f"claim {kind.id!r} raised {type(error).__name__}: {error}.")


def _settle(
    kind: type[Claim],
    found: _Found,
    profile: Profile,
    seed: int,
    known: Mapping[str, Verdict],
    simulations: Simulations | None = None,
) -> Verdict:
    """Derive the verdict, with those of the claims it rests on: known, or judged now."""
    if found.error:
        return errored(_bare(kind), found.error)
    claim = kind()
    statuses = {}
    for lemma in rests_on(claim, found.evidence):
        if lemma == claim.id:
            return errored(claim, f"claim {claim.id!r} rests on itself.")
        if lemma not in names():
            return errored(claim, f"claim {claim.id!r} rests on {lemma!r}, which is no claim.")
        statuses[lemma] = known[lemma].status if lemma in known else _status(lemma, profile, seed)
    simulated = simulation_evidence(claim, simulations)
    evidence = found.evidence if simulated is None else (*found.evidence, simulated)
    return derive(claim, evidence, found.without, statuses)


@functools.lru_cache(maxsize=64)
def _status(claim_id: str, profile: Profile, seed: int) -> str:
    return judge(get(claim_id), profile, seed).status


def _choose(
    ids: str | Iterable[str] | None, claims: Iterable[type[Claim]] | None
) -> list[type[Claim]]:
    own: dict[str, type[Claim]] = {}
    for kind in claims or ():
        if kind.id in own:
            raise InputError(f"claim {kind.id!r} is given twice; choose another id for one.")
        own[kind.id] = kind
    if ids is None:
        return list(own.values()) if claims is not None else [get(i) for i in names()]
    wanted = [ids] if isinstance(ids, str) else list(dict.fromkeys(ids))
    return [own[i] if i in own else get(i) for i in wanted]


def _timed(kind: type[Claim], profile: Profile, seed: int) -> tuple[_Found, float]:
    start = time.perf_counter()
    found = _gather(kind, profile, seed)
    return found, time.perf_counter() - start


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
