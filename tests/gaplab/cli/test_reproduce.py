"""The main job, whole, at the smallest size: every stage runs and hands on what the next needs."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from figures.results import load_tables
from gaplab.cli import app, reproduce
from gaplab.records import RunFolder, load_ledger, load_trajectory, read_json
from realdata import tables

SMALL = ["--set", "epochs=1", "--set", "batch_size=256", "--set", "records=4"]


@pytest.fixture
def small(monkeypatch):
    whole = reproduce.run_verify
    monkeypatch.setattr(reproduce, "EXPERIMENTS", ("circle",))
    monkeypatch.setattr(reproduce, "SEEDS", {"quick": 2})
    monkeypatch.setattr(
        reproduce, "run_verify", lambda _, *rest, **more: whole(["G.3", "N.6"], *rest, **more)
    )


def run(*arguments):
    runner = CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"})
    return runner.invoke(app, ["reproduce", *arguments])


def test_ends_in_a_report_of_its_own_numbers(small, tmp_path):
    out = tmp_path / "run"
    result = run("--jobs", "1", "--out", str(out), *SMALL)
    assert result.exit_code == 0, result.output
    folder = RunFolder.open(out)
    assert folder.manifest["status"] == "done"
    stages = ["simulate", "verify", "train", "repair", "compare", "figures"]
    assert list(folder.manifest["seconds"]) == stages
    for name in (*stages, "report", "total"):
        assert name in result.output
    first, second = load_ledger(out / "ledger.json")["verdicts"]
    assert (first["id"], second["id"]) == ("G.3", "N.6")
    assert "simulation" in {e["kind"] for e in second["evidence"] if e["accepted"]}
    for loss in reproduce.LOSSES:
        assert load_trajectory(out / "training" / loss / "trajectory.nc").sizes["run"] == 2
    methods = {row["method"] for row in read_json(out / "repairs" / "table.json")}
    assert {"none", "translation", "procrustes", "rotation", "shared_projection"} <= methods
    assert load_trajectory(out / "comparison" / "matched" / "trajectory.nc").sizes["run"] == 2
    assert {row["quantity"] for row in read_json(out / "comparison" / "comparison.json")} > {
        "centroid_gap",
        "true_pair_cosine",
    }
    page = (out / "report.html").read_text()
    seeds = read_json(out / "training" / "infonce" / "evaluation.json")["seeds"]
    gap = sum(seed["centroid_gap"] for seed in seeds) / len(seeds)
    assert "G.3" in page
    assert f"{gap:.3f}" in page
    assert "data:image/png;base64," in page
    assert "http://" not in page.replace("http://www.w3.org", "")

    again = run("--out", str(out))
    assert again.exit_code == 2
    assert "not empty" in again.stderr


def test_settings_of_the_comparison_are_not_to_be_changed(tmp_path):
    result = run("--out", str(tmp_path / "run"), "--set", "loss=sigmoid")
    assert result.exit_code == 2
    assert "fixed in reproduce" in result.stderr
    assert not (tmp_path / "run").exists()


def test_tables_are_trained_where_their_data_are_and_else_say_why(
    tmp_path, tiny_model, monkeypatch
):
    short = {"model": tiny_model, "epochs": 1, "batch_size": 512, "records": 2}
    digits = tables.create("digits").chosen(["gap_closing"])
    here = replace(digits, settings={**digits.settings, **short}, n_seeds=1)
    absent = replace(here, name="captions", settings={**here.settings, "dataset": "coco"})
    known = {"digits": here, "captions": absent}
    monkeypatch.setattr(tables, "create", known.__getitem__)
    monkeypatch.setattr(tables, "names", lambda: list(known))
    monkeypatch.delenv("GAPLAB_DATA", raising=False)
    monkeypatch.chdir(tmp_path)
    asked = []
    monkeypatch.setattr(reproduce, "project_pretrained", asked.append)
    with RunFolder.create(tmp_path / "run", "reproduce", {}) as folder:
        reproduce._train_tables(folder, seed=3, jobs=1)
    found = load_tables(folder.path)
    assert [seed["seed"] for seed in _evaluated(folder, "digits", "gap_closing")] == [3]
    assert found["digits"]["findings"]
    assert "MSCOCO" in found["captions"]["not_run"]
    assert asked == [folder.path / "tables" / "pretrained"]
    manifest = RunFolder.open(folder.path / "tables" / "digits").manifest
    assert manifest["config"]["seeds"] == [3]  # what --resume needs
    assert list(folder.manifest["seconds"]) == ["table digits", "table captions"]


def _evaluated(folder, table, method):
    return read_json(folder.path / "tables" / table / method / "evaluation.json")["seeds"]
