"""Stored certificates: used only as long as claim and engine stand, and never on trust."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaplab.records import load_certificates
from theory.claims import Choice, Claim, Domain, Real, load_claims, names, stored, verify
from theory.claims import functions as f
from theory.claims.base import get
from theory.claims.certificate import CertificateEngine
from theory.claims.evidence import FAILED, HOLDS, PARTIAL, PROFILES, VIOLATED
from theory.claims.stored import Certificate, check_certificates, decode, digest, encode
from theory.errors import InputError

#: Too few boxes for the claims below, and enough.
SMALL, LARGE = (dataclasses.replace(PROFILES["quick"], boxes=n) for n in (10, 400))


class Bound(Claim):
    """An Amos-type bound in two dimensions."""

    id = "bound"
    balls = True
    domain = Domain(h=Choice([4, 8]), z=Real(1.0, 60.0, log=True))

    def margin(self, h, z):
        return f.ratio(h / 2 - 1, z) - z / (h / 2 + f.sqrt(z**2 + (h / 2) ** 2))


class Narrower(Bound):
    """The same id and shape of tree, but false at some leaves."""

    def margin(self, h, z):
        return super().margin(h, z) - 1e-2


def examine(claim, profile=SMALL, given=None):
    return CertificateEngine(given).examine(claim(), profile, 0, readable=True)


@pytest.fixture(scope="module")
def certificate():
    found = examine(Bound, LARGE)
    return Certificate("", found.counts["balls"], found.counts["depth"], found.trees)


def test_a_stored_certificate_is_checked_again_by_sample(certificate):
    found = examine(Bound, given=certificate)
    assert found.outcome == HOLDS
    assert found.counts["balls"] == certificate.balls > SMALL.boxes
    assert found.counts["leaves"] == len(certificate.leaves())
    assert found.counts["leaves re-checked"] == 16
    assert f"16 of its {found.counts['leaves']} leaves closed again at random" in found.note
    assert "B.2" in found.lemmas


def test_without_it_the_small_budget_does_not_close():
    assert examine(Bound).outcome == PARTIAL


def test_a_certificate_that_lies_is_found_out(certificate):
    assert examine(Narrower, given=certificate).outcome in (VIOLATED, FAILED)
    pruned = dataclasses.replace(certificate, trees=("0", "0"))
    assert examine(Bound, given=pruned).outcome == FAILED
    short = dataclasses.replace(certificate, trees=("0",))
    assert "another domain" in examine(Bound, given=short).note


def test_a_run_gives_its_certificates_and_takes_those_that_fit():
    first = verify(claims=[Bound])
    assert set(first.certificates) == {"bound"}
    second = verify(claims=[Bound], certificates=first.certificates)
    assert (second["bound"].status, second.stale) == ("certified", ())
    (evidence,) = (e for e in second["bound"].evidence if e.kind == "certificate")
    assert "leaves re-checked" in evidence.finding.counts
    assert not second.certificates

    changed = {"bound": {**first.certificates["bound"], "digest": "other"}}
    third = verify(claims=[Bound], certificates=changed)
    assert third.stale == ("bound",)
    assert third.to_dict()["verdicts"] == first.to_dict()["verdicts"]
    assert "not used: `bound`" in third.to_markdown()


def test_a_claim_that_does_not_close_has_no_certificate():
    assert examine(Bound).trees == examine(Narrower, LARGE).trees == ()


def test_the_digest_follows_the_code_of_what_the_claim_uses(tmp_path, monkeypatch):
    assert digest(get("Y.T2")) == digest(get("Y.T2")) != digest(get("N.1|psi"))
    before = digest(get("Y.T2"))
    monkeypatch.setattr(stored, "ENGINE", stored.ENGINE[:1])
    monkeypatch.setattr(stored, "_used", lambda module: set())
    assert digest(get("Y.T2")) != before

    text = """
from theory.claims import Claim, Domain, register
@register
class Mine(Claim):
    id = "mine"
    statement = "true"
    domain = Domain(t=(0.0, 1.0))
    def margin(self, t):
        return 1 + t
"""
    own = []
    for k, (old, new) in enumerate([("", ""), ("1 + t", "1 + t  # a comment"), ("1 + t", "2 + t")]):
        file = tmp_path / f"{k}" / "mine.py"
        file.parent.mkdir()
        file.write_text(text.replace(old, new))
        (mine,) = load_claims(file)
        own.append(digest(mine))
    assert own[0] == own[1] != own[2]


@given(st.lists(st.booleans(), max_size=40))
def test_trees_are_read_as_they_are_written(splits):
    leaves, todo = [], [""]
    for split in splits:
        if not todo:
            break
        path = todo.pop()
        if split:
            todo += [path + "1", path + "0"]
        else:
            leaves.append(path)
    leaves += todo[::-1]
    assert sorted(decode(encode(leaves))) == sorted(leaves)
    assert sum(2.0 ** -len(leaf) for leaf in leaves) == 1


@pytest.mark.parametrize("tree", ["", "1", "10", "00", "1002", "2"])
def test_what_is_no_tree_is_refused(tree):
    with pytest.raises(ValueError, match="not a tree"):
        list(decode(tree))


@pytest.mark.parametrize(
    "given",
    [
        [],
        {"bound": {}},
        {"bound": {"digest": "", "balls": 1, "depth": 0, "trees": ["10"]}},
        {"bound": None},
    ],
)
def test_what_is_no_certificate_is_one_sentence(given):
    with pytest.raises(InputError, match="certificate"):
        check_certificates(given)


def test_every_stored_certificate_of_the_house_is_up_to_date():
    """Write them again: gaplab verify --profile full --certificates FILE."""
    kept = check_certificates(load_certificates())
    assert set(kept) <= set(names())
    assert [name for name, one in kept.items() if one.digest != digest(get(name))] == []
