import json
import time

import pytest

from gaplab.records import RecordError, RunFolder


def test_a_run_says_what_it_was(tmp_path):
    run = RunFolder.create(tmp_path / "r", "simulate", {"h": 3})
    with run.stage("free"):
        time.sleep(0.01)
    run.finish()
    again = RunFolder.open(tmp_path / "r")
    assert again.manifest["kind"] == "simulate"
    assert again.manifest["status"] == "done"
    assert again.manifest["config"] == {"h": 3}
    assert again.manifest["seconds"]["free"] >= 0.01
    assert again.manifest["versions"]["python"].startswith("3.")
    assert again.manifest["machine"]["cores"] >= 1


def test_a_failed_stage_is_timed_and_the_run_stays_running(tmp_path):
    run = RunFolder.create(tmp_path / "r", "train", {})
    with pytest.raises(RuntimeError), run.stage("train"):
        raise RuntimeError
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text())
    assert "train" in manifest["seconds"]
    assert manifest["status"] == "running"


def test_never_overwrites(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(RecordError, match="exists and is not empty"):
        RunFolder.create(tmp_path / "mine", "train", {})
    (tmp_path / "file").write_text("keep")
    with pytest.raises(RecordError, match="exists and is not empty"):
        RunFolder.create(tmp_path / "file", "train", {})
    assert (tmp_path / "mine" / "notes.txt").read_text() == "keep"


def test_fresh_names_do_not_collide(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    paths = {RunFolder.create(None, "verify", {}).path for _ in range(3)}
    assert len(paths) == 3
    assert all(path.parent.name == "runs" and path.name.startswith("verify-") for path in paths)


def test_opens_only_runs(tmp_path):
    with pytest.raises(RecordError, match="not a run folder"):
        RunFolder.open(tmp_path)


def test_file_makes_its_folder(tmp_path):
    run = RunFolder.create(tmp_path / "r", "train", {})
    path = run.file("training", "infonce", "a.json")
    assert path.parent.is_dir()
    assert not path.exists()


def test_a_block_writes_how_it_ended(tmp_path):
    with RunFolder.create(tmp_path / "good", "train", {}):
        pass
    with pytest.raises(RuntimeError), RunFolder.create(tmp_path / "bad", "train", {}):
        raise RuntimeError
    assert RunFolder.open(tmp_path / "good").manifest["status"] == "done"
    assert RunFolder.open(tmp_path / "bad").manifest["status"] == "failed"


@pytest.mark.parametrize("path", ["/opt/bin/gaplab", "/opt/lib/gaplab/__main__.py"])
def test_the_command_is_told_by_its_name(path, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", [path, "train", "--seeds", "2"])
    run = RunFolder.create(tmp_path / "run", "train", {})
    assert run.manifest["command"] == "gaplab train --seeds 2"


def test_the_seconds_of_a_resumed_stage_add_up(tmp_path):
    run = RunFolder.create(tmp_path / "run", "train", {})
    with run.stage("train"):
        time.sleep(0.01)
    first = run.manifest["seconds"]["train"]
    again = RunFolder.open(run.path)
    with again.stage("train"):
        time.sleep(0.01)
    assert again.manifest["seconds"]["train"] >= first + 0.009
