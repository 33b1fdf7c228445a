"""Gather the evidence for claims and derive their verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from theory.claims.base import Claim, get, names
from theory.claims.case import Case
from theory.claims.evidence import Profile, profile_named
from theory.claims.ledger import Ledger
from theory.claims.simulation_check import Simulations, check_simulations
from theory.claims.stored import check_certificates
from theory.claims.verdict import Verdict
from theory.errors import InputError

__all__ = ["judge", "verify"]

Progress = Callable[[int, int, str], None]


def verify(
    ids: str | Iterable[str] | None = None,
    profile: str = "quick",
    seed: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
    claims: Iterable[type[Claim]] | None = None,
    simulations: Simulations | None = None,
    certificates: Mapping[str, Any] | None = None,
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
    certificates : dict, optional
        What an earlier ledger holds under ``certificates``: of those that still fit claim and
        engine, ``quick`` closes only a random sample of the boxes again.

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
    own = None if claims is None else _unique(claims)
    chosen = _choose(ids, own)
    stored = {} if budget.anew else check_certificates(certificates)
    case = Case(budget, seed, stored, simulations, own or {})
    for done in case.settle(chosen, jobs):
        wanted = [kind.id for kind in chosen if kind.id in case.verdicts]
        if progress is not None and done in wanted:
            progress(len(wanted), len(chosen), f"{done}: {case.verdicts[done].status}")
    return case.ledger(chosen, profile)


def judge(kind: type[Claim], profile: Profile, seed: int) -> Verdict:
    """Verdict of one claim; whatever it raises becomes the status ``error``."""
    case = Case(profile, seed, {}, None, {})
    for _ in case.settle([kind], jobs=1):
        pass
    return case.verdicts[kind.id]


def _unique(claims: Iterable[type[Claim]]) -> dict[str, type[Claim]]:
    own: dict[str, type[Claim]] = {}
    for kind in claims:
        if kind.id in own:
            raise InputError(f"claim {kind.id!r} is given twice; choose another id for one.")
        own[kind.id] = kind
    return own


def _choose(
    ids: str | Iterable[str] | None, own: Mapping[str, type[Claim]] | None
) -> list[type[Claim]]:
    given = own or {}
    if ids is None:
        return [get(i) for i in names()] if own is None else list(own.values())
    wanted = [ids] if isinstance(ids, str) else list(dict.fromkeys(ids))
    try:
        return [given[i] if i in given else get(i) for i in wanted]
    except InputError as error:
        known = f" Claims given: {', '.join(given)}." if given else ""
        raise InputError(f"{error}{known}") from None
