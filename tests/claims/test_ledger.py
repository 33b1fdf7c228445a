"""The ledger as a record: JSON-ready, readable, complete."""

import json

import pytest

from theory.claims import Claim, Domain, verify


class Below(Claim):
    """Refuted."""

    id = "below"
    statement = r"t \le 2"
    domain = Domain(t=(0.0, 10.0))

    def margin(self, t):
        return 2 - t


@pytest.fixture(scope="module")
def ledger():
    return verify(["G.3", "below"], seed=5, claims=[Below])


def test_json_holds_what_the_verdicts_hold(ledger):
    record = json.loads(json.dumps(ledger.to_dict()))
    assert [v["id"] for v in record["verdicts"]] == ["G.3", "below"]
    assert (record["profile"], record["seed"]) == ("quick", 5)
    for written, verdict in zip(record["verdicts"], ledger, strict=True):
        assert {"id", "status", "expected", "evidence", "counterexample"} <= set(written)
        assert written["status"] == verdict.status
        assert written["counterexample"] == verdict.counterexample
        assert [e["kind"] for e in written["evidence"]] == [e.kind for e in verdict.evidence]


def test_markdown_shows_formula_source_controls_and_counterexample(ledger):
    text = ledger.to_markdown()
    for verdict in ledger:
        assert f"## {verdict.id} — {verdict.status}" in text
        assert f"$$ {verdict.statement} $$" in text
        for evidence in verdict.evidence:
            assert all(control.id in text for control in evidence.controls)
    assert "Grassucci" in text
    assert f"t={ledger['below'].counterexample['t']!r}" in text


def test_lookup_by_id(ledger):
    assert ledger["below"].status == "refuted"
    assert len(ledger) == 2
    with pytest.raises(KeyError):
        ledger["Y.T9"]
