import numpy as np
import pytest
from typer.testing import CliRunner

from gaplab.cli import app
from gaplab.records import Embeddings
from theory import repairs


@pytest.fixture
def files(rng, tmp_path):
    shared = rng.normal(size=(40, 6))
    for name, shift in (("image", 2.0), ("text", -2.0)):
        rows = shared + 0.1 * rng.normal(size=shared.shape)
        rows[:, 0] += shift
        np.save(tmp_path / f"{name}.npy", rows / np.linalg.norm(rows, axis=1, keepdims=True))
    return [tmp_path / "image.npy", tmp_path / "text.npy"]


def run(*arguments):
    runner = CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"})
    return runner.invoke(app, ["repair", *(str(a) for a in arguments)])


@pytest.mark.parametrize("method", repairs.names())
def test_writes_what_the_repair_returns(method, files, tmp_path):
    out = tmp_path / "fixed.safetensors"
    result = run(method, *files, "--out", out)
    assert result.exit_code == 0, result.output
    assert "true-pair cosine" in result.output
    views = [np.load(path) for path in files]
    expected = repairs.create(method).fit(*views).transform(*views)
    saved = Embeddings.load(out)
    assert list(saved.views) == ["image", "text"]
    assert saved.made["repair"] == method
    for ours, theirs in zip(saved.views.values(), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_options_reach_the_repair(files, tmp_path):
    result = run(
        "translation", *files, "--out", tmp_path / "o.safetensors", "--set", "normalize=false"
    )
    assert result.exit_code == 0, result.output
    assert Embeddings.load(tmp_path / "o.safetensors").made["options"] == {"normalize": False}


def test_bad_input_names_the_file_and_writes_nothing(files, tmp_path, rng):
    out = tmp_path / "o.safetensors"
    np.save(tmp_path / "short.npy", rng.normal(size=(7, 6)))
    np.save(tmp_path / "nan.npy", np.full((40, 6), np.nan))
    np.save(tmp_path / "int.npy", np.ones((40, 6), dtype=int))
    for other, message in (("short", "short.npy"), ("nan", "nan.npy"), ("int", "int.npy")):
        result = run("translation", files[0], tmp_path / f"{other}.npy", "--out", out)
        assert (result.exit_code, message in result.stderr) == (2, True), result.output
    assert run("translation", files[0], "--out", out).exit_code == 2
    assert run("trnslation", *files, "--out", out).exit_code == 2
    assert run("translation", *files, "--out", tmp_path / "o.txt").exit_code == 2
    assert not out.exists()
    out.write_text("mine")
    assert run("translation", *files, "--out", out).exit_code == 2
    assert out.read_text() == "mine"
