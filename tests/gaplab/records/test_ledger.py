import pytest

from gaplab.records import RecordError, load_ledger, save_ledger, write_json

VERDICT = {
    "id": "Y.T2",
    "status": "supported",
    "expected": "supported",
    "evidence": [],
    "counterexample": None,
}


def test_round_trip(tmp_path):
    path = save_ledger({"verdicts": [VERDICT], "seed": 0}, "# Ledger\n", tmp_path)
    assert load_ledger(path) == {"verdicts": [VERDICT], "seed": 0}
    assert (tmp_path / "ledger.md").read_text() == "# Ledger\n"


def test_refuses_what_is_no_ledger(tmp_path):
    with pytest.raises(RecordError, match="no list of verdicts"):
        load_ledger(write_json([1], tmp_path / "a.json"))
    short = {key: value for key, value in VERDICT.items() if key != "evidence"}
    with pytest.raises(RecordError, match=r"verdict Y.T2 lacks evidence"):
        load_ledger(write_json({"verdicts": [short]}, tmp_path / "b.json"))
