"""The ledger as a record: JSON-ready, readable, complete."""

import json

import pytest

from theory.claims import verify


@pytest.fixture(scope="module")
def ledger():
    return verify(["G.3", "Y.T3"], seed=5)


def test_json_holds_what_the_verdicts_hold(ledger):
    record = json.loads(json.dumps(ledger.to_dict()))
    assert [v["id"] for v in record["verdicts"]] == ["G.3", "Y.T3"]
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
    assert f"h={ledger['Y.T3'].counterexample['h']!r}" in text


def test_lookup_by_id(ledger):
    assert ledger["Y.T3"].status == "refuted"
    assert len(ledger) == 2
    with pytest.raises(KeyError):
        ledger["Y.T9"]
