import json

import numpy as np
import pytest
from typer.testing import CliRunner

from gaplab.cli import app
from gaplab.records import Embeddings, read_json
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


@pytest.fixture
def labelled(rng, tmp_path):
    """Three unit views of 120 items with classes."""
    labels = np.arange(120) % 3
    shared = rng.normal(size=(120, 6)) + 2 * np.eye(6)[labels]
    paths = []
    for k, name in enumerate(("image", "text", "audio")):
        rows = shared + 0.1 * rng.normal(size=shared.shape) + 2 * np.eye(6)[3 + k]
        paths.append(tmp_path / f"{name}-3.npy")
        np.save(paths[-1], rows / np.linalg.norm(rows, axis=1, keepdims=True))
    np.save(tmp_path / "labels.npy", labels)
    return paths


@pytest.fixture
def _few_draws(monkeypatch):
    monkeypatch.setattr("theory.diagnosis.judging.DRAWS", 4)
    monkeypatch.setattr("theory.diagnosis.judging.RESAMPLES", 60)


@pytest.mark.parametrize("method", repairs.names())
def test_a_saved_repair_is_applied_to_other_files(method, labelled, tmp_path):
    for path in labelled:
        rows = np.load(path)
        for name, part in (("fit", rows[::2]), ("other", rows[1::2])):
            np.save(tmp_path / f"{path.stem}-{name}.npy", part)
    halves = [
        [tmp_path / f"{path.stem}-{name}.npy" for path in labelled] for name in ("fit", "other")
    ]
    kept, out = tmp_path / "kept.safetensors", tmp_path / "o.safetensors"
    result = run(method, *halves[0], "--out", tmp_path / "f.safetensors", "--save", kept)
    assert result.exit_code == 0, result.output
    result = run("--apply", kept, *halves[1], "--out", out)
    assert result.exit_code == 0, result.output
    fitted = repairs.create(method).fit(*map(np.load, halves[0]))
    expected = fitted.transform(*map(np.load, halves[1]))
    saved = Embeddings.load(out)
    assert saved.made["repair"] == method
    for ours, theirs in zip(saved.views.values(), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.usefixtures("_few_draws")
@pytest.mark.parametrize("columns", [80, 120])
def test_all_compares_every_repair(columns, labelled, tmp_path):
    out = tmp_path / f"{columns}.json"
    options = ["--labels", str(tmp_path / "labels.npy"), "--out", str(out), "--jobs", "1"]
    runner = CliRunner(env={"COLUMNS": str(columns), "NO_COLOR": "1"})
    result = runner.invoke(app, ["repair", "--all", *map(str, labelled), *options])
    assert result.exit_code == 0, result.output
    lines = [line for line in result.output.splitlines() if not line.startswith("table: ")]
    assert max(map(len, lines)) <= columns
    for method in ("none", *repairs.names()):
        assert method in result.output
    for told in ("Recommended: ", "fitted on 60 pairs, judged on 60 others", "neighbours kept",
                 "V-measure",):  # fmt: skip
        assert told in " ".join(result.output.split()), told
    record = read_json(out)
    assert [row["method"] for row in record["rows"]] == ["none", *repairs.names()]
    assert record["names"] == ["image-3", "text-3", "audio-3"]


@pytest.mark.usefixtures("_few_draws")
def test_all_as_json_prints_nothing_else(files):
    record = json.loads(run("--all", *files, "--json", "--jobs", "1").stdout)
    change = next(r for r in record["rows"] if r["method"] == "procrustes")["changes"]
    assert change["centroid_gap"]["high"] < 0
    assert "v_measure" not in change  # no labels


def test_rows_of_other_lengths_are_scaled_only_when_told(files, tmp_path):
    out = tmp_path / "o.safetensors"
    np.save(tmp_path / "long.npy", 3 * np.load(files[1]))
    result = run("translation", files[0], tmp_path / "long.npy", "--out", out)
    assert (result.exit_code, "pass normalize" in result.stderr) == (2, True), result.output
    assert not out.exists()
    result = run("translation", files[0], tmp_path / "long.npy", "--out", out, "--normalize")
    assert result.exit_code == 0, result.output
    saved, expected = Embeddings.load(out), tmp_path / "e.safetensors"
    run("translation", *files, "--out", expected)
    for ours, theirs in zip(
        saved.views.values(), Embeddings.load(expected).views.values(), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_no_shared_subspace_says_what_to_do(tmp_path, rng):
    for name, columns in (("a", slice(0, 3)), ("b", slice(3, 6))):
        rows = np.zeros((50, 6))
        rows[:, columns] = rng.normal(size=(50, 3))
        np.save(tmp_path / f"{name}.npy", rows / np.linalg.norm(rows, axis=1, keepdims=True))
    out = tmp_path / "o.safetensors"
    result = run("shared_projection", tmp_path / "a.npy", tmp_path / "b.npy", "--out", out)
    assert result.exit_code == 2, result.output
    assert "share no direction" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--all", "A", "B", "--apply", "A"], "exclude each other"),
        (["--all", "A", "B", "--out", "o.txt"], "name a .json file"),
        (["--all", "A", "B", "--save", "s.safetensors"], "--all does not go with --save"),
        (["--all", "A"], "holds one view"),
        (["--all", "A", "EQUAL"], "all rows of"),
        (["--all", "A", "B", "--labels", "ONE"], "single class"),
        (["translation", "A", "B"], "--out is missing"),
        (["translation", "A", "B", "--json", "--out", "o.safetensors"], "--json does not go with"),
        (["translation", "--out", "o.safetensors"], "no files are named"),
        (["--apply", "A", "A", "B", "--out", "o.safetensors"], "cannot be read"),
        (["--apply", "ABSENT", "A", "B", "--out", "o.safetensors"], "is not a file"),
    ],
)
def test_what_does_not_go_together(arguments, message, files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("equal.npy", np.tile(np.load(files[0])[0], (40, 1)))
    np.save("one.npy", np.zeros(40))
    before = sorted(tmp_path.rglob("*"))
    named = {"A": files[0], "B": files[1], "EQUAL": "equal.npy", "ONE": "one.npy",
             "ABSENT": "absent.safetensors"}  # fmt: skip
    result = run(*(named.get(argument, argument) for argument in arguments))
    assert (result.exit_code, message in result.stderr) == (2, True), result.output
    assert sorted(tmp_path.rglob("*")) == before
