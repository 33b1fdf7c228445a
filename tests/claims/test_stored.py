"""Stored certificates: used only as long as claim and engine stand, and never on trust."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.claims import Choice, Claim, Domain, Real, names, stored
from theory.claims import functions as f
from theory.claims.base import get
from theory.claims.certificate import CertificateEngine
from theory.claims.evidence import FAILED, HOLDS, PARTIAL, PROFILES, VIOLATED
from theory.claims.stored import Certificate, decode, digest, encode

#: Too few boxes for the claims below, and enough.
SMALL, LARGE = (dataclasses.replace(PROFILES["quick"], boxes=n) for n in (8, 400))


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


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    monkeypatch.setattr(stored, "FOLDER", tmp_path / "certificates")
    made = CertificateEngine().certify(Bound(), LARGE, 0)
    stored.save(made)
    return made


def examine(claim, profile=SMALL, seed=0):
    return CertificateEngine().examine(claim(), profile, seed, readable=True)


def test_a_stored_certificate_is_checked_again_by_sample(certificate):
    found = examine(Bound)
    assert found.outcome == HOLDS
    assert found.counts["boxes"] == certificate.boxes > SMALL.boxes
    assert found.counts["leaves"] == len(certificate.leaves())
    assert found.counts["leaves re-checked"] == 16
    assert "Stored certificate, of which 16 random leaves" in found.note
    assert "B.2" in found.lemmas


def test_a_budget_that_suffices_needs_no_stored_certificate(certificate):
    found = examine(Bound, LARGE)
    assert found.outcome == HOLDS
    assert "leaves" not in found.counts


def test_without_it_the_small_budget_does_not_close(tmp_path, monkeypatch):
    monkeypatch.setattr(stored, "FOLDER", tmp_path / "none")
    assert examine(Bound).outcome == PARTIAL


def test_a_changed_claim_or_engine_drops_the_certificate(certificate, monkeypatch):
    monkeypatch.setattr(stored, "digest", lambda kind: "other")
    assert stored.load(Bound) is None
    assert examine(Bound).outcome == PARTIAL


def test_a_certificate_that_lies_is_found_out(certificate, monkeypatch):
    """Same hash, but the claim is false, or a tree was pruned."""
    monkeypatch.setattr(stored, "digest", lambda kind: certificate.digest)
    assert examine(Narrower).outcome in (VIOLATED, FAILED)
    pruned = dataclasses.replace(certificate, trees=("0", "0"), boxes=10**6)
    stored.save(pruned)
    assert examine(Bound).outcome == FAILED
    stored.save(dataclasses.replace(pruned, trees=("0",)))
    assert "another domain" in examine(Bound).note


def test_a_claim_that_does_not_close_has_no_certificate():
    assert CertificateEngine().certify(Bound(), SMALL, 0) is None
    assert CertificateEngine().certify(Narrower(), LARGE, 0) is None


def test_the_file_is_small_and_plain(certificate):
    (path,) = stored.FOLDER.iterdir()
    fields = json.loads(path.read_text("utf-8"))
    assert fields["claim"] == "bound"
    assert Certificate(**{**fields, "trees": tuple(fields["trees"])}) == certificate
    assert path.stat().st_size < 1000


def test_the_digest_follows_the_source_of_what_the_claim_uses():
    assert digest(get("Y.T2")) == digest(get("Y.T2")) != digest(get("N.1|psi"))


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


def test_every_stored_certificate_of_the_house_is_up_to_date():
    """A stale one is ignored in silence: write it again with python -m theory.claims.certify."""
    files = list(stored.FOLDER.glob("*.json"))
    assert len(files) == sum(stored.load(get(name)) is not None for name in names())
