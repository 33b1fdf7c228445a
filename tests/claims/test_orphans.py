"""The ledger contradicts itself nowhere and leaves nothing out."""

import importlib
import inspect
import pkgutil
from collections import Counter

import pytest

import theory.claims
from theory.claims import Claim, Control, names
from theory.claims.base import get

MODULES = [m.name for m in pkgutil.iter_modules(theory.claims.__path__, "theory.claims.")]
CLASSES = {
    kind
    for module in map(importlib.import_module, MODULES)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, Claim) and kind.__module__.startswith("theory.claims.")
}


def test_every_claim_that_is_written_is_registered():
    written = {kind for kind in CLASSES if kind.id and not issubclass(kind, Control)}
    assert {kind.id for kind in written if get(kind.id) is not kind} == set()


def test_every_control_belongs_to_the_claim_that_its_id_names():
    used = {control for name in names() for control in get(name).controls}
    written = {kind for kind in CLASSES if kind.id and issubclass(kind, Control)}
    assert {control.id for control in written - used} == set()
    for name in names():
        for control in get(name).controls:
            assert control.id.startswith(f"{name}/"), control.id


def test_ids_are_unique():
    ids = [*names(), *(control.id for name in names() for control in get(name).controls)]
    assert [i for i, count in Counter(ids).items() if count > 1] == []


@pytest.mark.parametrize("name", names())
def test_an_expectation_needs_an_engine_that_can_meet_it(name):
    """Proved needs a proof, certified balls or a proof from lemmas: numerics are never enough."""
    claim = get(name)()
    if claim.expected == "proved":
        assert claim.proof() is not None
    if claim.expected == "certified":
        assert claim.balls or (claim.proof() is not None and claim.proof().lemmas)
    assert (claim.given is None) == (claim.without is None) == (claim.expected != "conditional")


@pytest.mark.parametrize("name", names())
def test_what_a_claim_rests_on_is_in_the_ledger_and_not_in_a_circle(name):
    def above(claim_id):
        claim = get(claim_id)()
        proofs = [p for p in (claim.proof(), claim.tie()) if p is not None]
        return {*claim.lemmas, *(lemma for proof in proofs for lemma in proof.lemmas)}

    seen, todo = set(), above(name)
    while todo:
        assert name not in todo
        seen |= todo
        todo = set().union(*map(above, todo)) - seen
    assert seen <= set(names())
