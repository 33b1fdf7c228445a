"""``gaplab train`` and ``gaplab embed`` as a newcomer meets them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gaplab.cli.app import app
from gaplab.records import Embeddings, read_json

pytest.importorskip("open_clip", reason="the extra 'real' is not installed")


def call(*arguments: str) -> Any:
    return CliRunner().invoke(app, [*arguments])


@pytest.fixture(scope="module")
def options(tiny_model: str) -> list[str]:
    settings = {"model": tiny_model, "epochs": 1, "batch_size": 512, "records": 2}
    return [f"--set={key}={json.dumps(value)}" for key, value in settings.items()]


def test_train_then_embed(options: list[str], tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="the extra 'real' is not installed")
    out = tmp_path / "run"
    board = "--set=tensorboard=true"
    done = call("train", "--loss", "infonce", "--seeds", "1", *options, board, "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "chance / floor" in done.output
    assert "data: Optical Recognition of Handwritten Digits" in done.output
    assert list((out / "tensorboard" / "seed-0").glob("events.*"))
    target = tmp_path / "val.safetensors"
    done = call("embed", str(out), "--part", "val", "--out", str(target))
    assert done.exit_code == 0, done.output
    embeddings = Embeddings.load(target)
    assert list(embeddings.views) == ["image", "text"]
    assert embeddings.views["text"].shape == (180, 16)
    assert embeddings.captions is not None
    again = call("embed", str(out), "--out", str(target))
    assert again.exit_code == 2
    assert "exists; name a new file" in again.output


def test_a_table_is_begun_and_resumed(options: list[str], tmp_path: Path) -> None:
    out = tmp_path / "table"
    chosen = ["--method", "gap_closing", "--seeds", "2"]
    done = call("train", "--table", "digits", *chosen, *options, "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "5 %, Holm" in done.output
    first = read_json(out / "table.json")
    done = call("train", "--resume", str(out))
    assert done.exit_code == 0, done.output
    assert read_json(out / "table.json") == first
    refused = call("train", "--resume", str(out), "--method", "gap")
    assert refused.exit_code == 2
    assert "has no method 'gap'" in " ".join(refused.output.split())
    done = call("train", "--resume", str(out), "--method", "gap_closing", "--method", "sigmoid")
    assert done.exit_code == 0, done.output
    grown = read_json(out / "table.json")
    assert grown["trained"] == [*first["trained"], "sigmoid"]
    assert {row["method"] for row in first["rows"]} < {row["method"] for row in grown["rows"]}
    made = read_json(out / "manifest.json")
    assert made["config"]["methods"] == ["gap_closing", "sigmoid"]
    assert len(made["extended"]) == 1
    done = call("train", "--resume", str(out))  # goes on with all of them
    assert read_json(out / "table.json") == grown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--table", "digit"], "Did you mean 'digits'"),
        (["train", "--table", "digits", "--set", "loss=infonce"], "a table has its own losses"),
        (["train", "--method", "clip"], "name it with --table"),
        (["train", "--table", "digits", "--set", "epoch=1"], "unknown setting 'epoch'"),
        (["train", "--dataset", "digit"], "Did you mean 'digits'"),
        (["train", "--set", "device=tpu9"], "device 'tpu9' is unknown"),
        (["train", "--set", "temperature=-1"], "temperature"),
        (["train", "--set", "precision=fp8"], "precision is 'fp8'"),
        (["train", "--set", "temperature_schedule=[0.1]"], "first and its last"),
        (["train", "--set", "swapping_share=.1"], "nothing is swapped"),
        (["train", "--set", "freeze=[1]"], "give names of modalities"),
        (["embed", "nowhere", "--out", "x.safetensors"], "neither a folder of gaplab train"),
        (["embed", "ViT-B-32", "--out", "x.npy"], "does not end in .safetensors"),
        (["embed", "ViT-Z", "--pretrained", "openai", "-o", "x.safetensors"], "unknown to open"),
    ],
)
def test_bad_input_is_one_sentence(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*arguments)
    assert done.exit_code == 2, done.output
    assert message in " ".join(done.output.split())
    assert not list(tmp_path.iterdir())
