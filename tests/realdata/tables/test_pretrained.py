"""Pretrained rows: run where weights and data are, else labelled with the reason."""

from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
from typer.testing import CliRunner

from gaplab.cli.app import app
from gaplab.records import RunFolder, read_json
from realdata import Towers
from realdata.tables import pretrained
from theory.errors import InputError


def test_a_row_that_can_be_run_is_and_others_say_why(
    tiny_model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = tmp_path / "weights.safetensors"
    safetensors.torch.save_file(Towers(tiny_model, seed=1).clip.state_dict(), weights)
    rng = np.random.default_rng(0)
    arrays = {
        f"{part}_{what}": value
        for part, n in (("train", 100), ("test", 40))
        for what, value in (
            ("images", rng.integers(0, 256, (n, 32, 32, 3), dtype=np.uint8)),
            ("labels", np.arange(n) % 10),
        )
    }
    np.savez(tmp_path / "cifar10_subset.npz", class_names=np.array(list("abcdefghij")), **arrays)
    monkeypatch.setenv("GAPLAB_DATA", str(tmp_path))
    rows = (
        pretrained.Row(tiny_model, "cifar10", (70.0, 5.0), (90.0, 80.0)),
        pretrained.Row(tiny_model, "cifar100", (70.0, 5.0), (90.0, 80.0)),
    )
    run = RunFolder.create(tmp_path / "run", "table", {})
    found = pretrained.pretrained_table(run, rows=rows, weights=str(weights), n_train=60)
    assert [row["status"] for row in found] == ["run", "not run"]
    assert found[0]["n_test"] == 40
    assert 0.0 <= found[0]["before"]["angle"] <= 180.0
    assert 0.0 <= found[0]["before"]["top1"] <= 100.0
    assert "CIFAR-100 is not here" in found[1]["reason"]
    assert len(read_json(run.path / "table.json")) == 2
    text = (run.path / "table.md").read_text()
    assert text.count("*published*") == 2
    assert "not run: CIFAR-100 is not here" in text


def test_the_command_labels_what_it_could_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*args: object, **options: object) -> None:
        raise InputError("the weights 'openai' of ViT-B-32 cannot be loaded (no network).")

    monkeypatch.setattr(pretrained, "Towers", unreachable)
    out = tmp_path / "run"
    done = CliRunner().invoke(app, ["train", "--table", "pretrained", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert done.output.count("not run:") == len(pretrained.ROWS)
    done = CliRunner().invoke(app, ["train", "--table", "pretrained", "--set", "epochs=3"])
    assert done.exit_code == 2
    assert "no setting 'epochs'" in done.output
    done = CliRunner().invoke(app, ["train", "--resume", str(out)])
    assert done.exit_code == 2
    assert "begin anew with --table pretrained" in " ".join(done.output.split())
