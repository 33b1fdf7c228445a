"""Evidence from outside: a user's own claims, and the simulations of a run."""

import dataclasses

import pytest
from typer.testing import CliRunner

from gaplab.cli import app
from gaplab.records import RunFolder, load_certificates, load_ledger, write_json
from theory.claims.evidence import PROFILES


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"})
    return lambda *arguments: runner.invoke(app, ["verify", *map(str, arguments)])


def row(quantity, measured):
    return {
        "quantity": quantity,
        "setting": "κ=1",
        "predicted": 0.0 if "angle" in quantity else -1.0,
        "measured": measured,
        "low": measured,
        "high": measured,
        "n_seeds": 3,
        "unit": "",
        "source": "Y.T2",
    }


def test_simulations_of_a_run_are_evidence(run, tmp_path):
    with RunFolder.create(tmp_path / "cone", "simulate", {"experiment": "cone"}) as folder:
        rows = [row("angle between the best centres", 0.0), row("lowest centre-pair loss", -1.0)]
        write_json(rows, folder.file("table.json"))
    result = run("--claim", "Y.T2", "--simulations", "cone", "--out", "ledger")
    assert result.exit_code == 0, result.output
    (verdict,) = load_ledger(tmp_path / "ledger" / "ledger.json")["verdicts"]
    accepted = {e["kind"] for e in verdict["evidence"] if e["accepted"]}
    assert "simulation" in accepted


def test_a_run_without_simulations_is_refused(run, tmp_path):
    RunFolder.create(tmp_path / "empty", "train", {})
    result = run("--claim", "Y.T2", "--simulations", "empty")
    assert result.exit_code == 2
    assert "holds no simulation" in result.stderr


def test_a_users_false_claim_is_refuted_with_its_counterexample(run, tmp_path):
    (tmp_path / "mine.py").write_text(
        "from theory.claims import Claim, Domain, register\n"
        "@register\n"
        "class Small(Claim):\n"
        "    id = 'user.small'\n"
        "    statement = 't^2 \\\\le 5t'\n"
        "    domain = Domain(t=(0.0, 6.0))\n"
        "    expected = 'supported'\n"
        "    def margin(self, t):\n"
        "        return 5 * t - t**2\n"
    )
    result = run("--claims", "mine.py")
    assert result.exit_code == 1
    assert "refuted" in result.output
    assert "user.small fails by" in result.output


BALLS = """
from theory.claims import Claim, Domain, register

@register
class Root(Claim):
    id = "user.root"
    statement = r"1 + t^2 \\ge t"
    domain = Domain(t=(0.0, 3.0))
    balls = True

    def margin(self, t):
        return 1 + t * t - t
"""


def test_full_writes_certificates_that_quick_checks_again_until_the_claim_changes(
    run, tmp_path, monkeypatch
):
    monkeypatch.setitem(PROFILES, "full", dataclasses.replace(PROFILES["quick"], anew=True))
    mine, kept = tmp_path / "mine.py", tmp_path / "kept.json"

    def certificate(*arguments):
        out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        result = run("--claims", "mine.py", "--out", out, *arguments)
        assert result.exit_code == 0, result.output
        (verdict,) = load_ledger(out / "ledger.json")["verdicts"]
        assert verdict["status"] == "certified"
        return next(e for e in verdict["evidence"] if e["kind"] == "certificate"), result, out

    mine.write_text(BALLS)
    made, _, out = certificate("--profile", "full", "--certificates", kept)
    assert "leaves re-checked" not in made["counts"]
    assert set(load_certificates(kept)) == {"user.root"}
    assert load_certificates(out / "certificates.json") == load_certificates(kept)

    again, _, _ = certificate("--certificates", kept)
    assert again["counts"]["leaves re-checked"] >= 1
    assert "Stored certificate" in again["note"]

    mine.write_text(BALLS.replace("- t\n", "- 0.9 * t\n"))
    anew, result, _ = certificate("--certificates", kept)
    assert "leaves re-checked" not in anew["counts"]
    assert "not used: user.root" in result.output
