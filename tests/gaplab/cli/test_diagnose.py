import json

import numpy as np
import pytest
from typer.testing import CliRunner

from gaplab.cli import app
from gaplab.records import Embeddings, read_json


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch):
    monkeypatch.setattr("theory.diagnosis.diagnosing.DRAWS", 4)
    monkeypatch.setattr("theory.diagnosis.diagnosing.RESAMPLES", 60)


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def folder(rng, tmp_path):
    """Image, text and audio of 60 items in 5 dimensions, with labels and captions."""
    shared = rng.normal(size=(60, 5))
    for k, name in enumerate(("image", "text", "audio")):
        rows = shared + 0.1 * rng.normal(size=shared.shape) + 2 * np.eye(5)[k]
        np.save(tmp_path / f"{name}.npy", unit(rows))
    labels = np.arange(60) % 3
    np.save(tmp_path / "labels.npy", labels)
    (tmp_path / "labels.txt").write_text("\n".join(["cat", "dog", "owl"][k] for k in labels))
    (tmp_path / "captions.json").write_text(json.dumps([f"a {k // 2}" for k in range(60)]))
    return tmp_path


@pytest.fixture
def run(folder, monkeypatch):
    monkeypatch.chdir(folder)
    return lambda *arguments, columns=80: CliRunner(
        env={"COLUMNS": str(columns), "NO_COLOR": "1"}
    ).invoke(app, ["diagnose", *map(str, arguments), "--jobs", "1"])


@pytest.mark.parametrize("columns", [80, 120])
def test_tables_fit_the_terminal(run, columns):
    result = run("image.npy", "text.npy", "--labels", "labels.npy", columns=columns)
    assert result.exit_code == 0, result.output
    assert max(map(len, result.output.splitlines())) <= columns
    for told in ("60 pairs of image, text in 5 dimensions", "R@1 image → text", "V-measure",
                 "bootstrap", "4 × 30", "held-out", "N.T3′", "κ, text"):  # fmt: skip
        assert told in result.output, told


def test_json_is_all_that_is_printed(run):
    result = run("image.npy", "text.npy", "--labels", "labels.txt", "--json")
    assert result.exit_code == 0, result.output
    record = json.loads(result.stdout)
    gap = record["estimates"]["centroid_gap"]
    assert gap["low"] < gap["value"] < gap["high"]
    assert gap["method"] == "bootstrap of pairs"
    assert record["names"] == ["image", "text"]
    assert record["estimates"]["v_measure"]["method"] == "4 subsamples of 30"


def test_every_format_and_several_views_in_one_file(run, folder):
    views = {name: np.load(folder / f"{name}.npy") for name in ("image", "text", "audio")}
    np.savez(folder / "both.npz", image=views["image"], text=views["text"])
    Embeddings(views, labels=np.arange(60) % 3, captions=[str(k) for k in range(60)]).save(
        folder / "all.safetensors"
    )
    two = json.loads(run("both.npz", "--json").stdout)
    files = json.loads(run("image.npy", "text.npy", "--json").stdout)
    assert two["estimates"] == files["estimates"]
    three = json.loads(run("all.safetensors", "--json").stdout)
    assert three["names"] == ["image", "text", "audio"]
    assert {"centroid_gap_12", "v_measure", "knn"} <= set(three["estimates"])  # labels came along
    assert three["captions"]["share"] == 0
    assert len(three["pairs"]) == 3
    shown = run("all.safetensors")
    assert "centroid gap, text, audio" in shown.output
    assert max(map(len, shown.output.splitlines())) <= 80


def test_out_holds_the_page_and_html_is_the_page_alone(run, folder):
    result = run("image.npy", "text.npy", "--captions", "captions.json", "--out", "found",
                 "--html", "page.html")  # fmt: skip
    assert result.exit_code == 0, result.output
    made = read_json(folder / "found" / "manifest.json")
    assert (made["kind"], made["status"]) == ("diagnose", "done")
    record = read_json(folder / "found" / "diagnosis.json")
    assert record["captions"]["share"] == 1
    page = (folder / "page.html").read_text()
    for told in ("100% of the items share their caption", "data:image/png;base64", "κ, text",
                 "Y.T3 (A6)", "smallest principal angle"):  # fmt: skip
        assert told in page, told
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")


def write_bad(folder, rng):
    good = np.load(folder / "image.npy")
    np.save(folder / "short.npy", good[:7])
    np.save(folder / "narrow.npy", unit(good[:, :4]))
    np.save(folder / "long.npy", 2 * good)
    np.save(folder / "nan.npy", np.where(np.arange(60)[:, None] == 5, np.nan, good))
    np.save(folder / "equal.npy", np.tile(good[0], (60, 1)))
    np.save(folder / "integers.npy", np.ones((60, 5), dtype=int))
    np.save(folder / "flat.npy", good[:, 0])
    np.save(folder / "few.npy", unit(rng.normal(size=(4, 5))))
    np.save(folder / "one.npy", np.zeros(60))
    np.save(folder / "few-labels.npy", np.arange(9))
    (folder / "table.csv").write_text("1,2\n")
    (folder / "broken.npz").write_bytes(b"nonsense")
    (folder / "broken.safetensors").write_bytes(b"nonsense")
    (folder / "pickled.npy").write_bytes(b"\x80\x04K\x01.")


BAD = [
    (("image.npy", "short.npy"), "image.npy has 60 rows but short.npy has 7"),
    (("image.npy", "narrow.npy"), "image.npy has 5 columns but narrow.npy has 4"),
    (("image.npy", "long.npy"), "rows of long.npy have lengths from 2 to 2, not 1; pass normalize"),
    (("image.npy", "nan.npy"), "row 5 of nan.npy is not finite"),
    (("image.npy", "equal.npy"), "all rows of equal.npy are equal"),
    (("image.npy", "integers.npy"), "integers.npy must hold floating-point numbers"),
    (("image.npy", "flat.npy"), "flat.npy has shape (60,)"),
    (("few.npy", "few.npy"), "4 rows in 5 dimensions"),
    (("image.npy", "text.npy", "--labels", "one.npy"), "labels holds a single class"),
    (("image.npy", "text.npy", "--labels", "few-labels.npy"), "labels has shape (9,)"),
    (("image.npy", "text.npy", "--captions", "labels.csv"), "labels.csv is not a file"),
    (("image.npy", "table.csv"), "table.csv ends in .csv; give .npy, .npz or .safetensors"),
    (("image.npy", "broken.npz"), "broken.npz cannot be read"),
    (("image.npy", "broken.safetensors"), "broken.safetensors cannot be read"),
    (("image.npy", "pickled.npy"), "pickled.npy is not a plain .npy array"),
    (("image.npy", "absent.npy"), "absent.npy is not a file"),
    (("image.npy",), "image.npy holds one view; a gap is between two or more"),
    (("image.npy", "text.npy", "--temperature", "0"), "temperature is 0"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), BAD)
def test_bad_input_is_one_sentence_and_leaves_nothing(run, folder, rng, arguments, message):
    write_bad(folder, rng)
    before = sorted(folder.rglob("*"))
    result = run(*arguments, "--out", "found", "--html", "page.html")
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert sorted(folder.rglob("*")) == before


def test_other_lengths_and_few_rows_pass_when_told(run, folder, rng):
    write_bad(folder, rng)
    told = json.loads(run("image.npy", "long.npy", "--normalize", "--json").stdout)
    assert told["estimates"]["true_pair_cosine"]["value"] == pytest.approx(1)
    assert run("few.npy", "few.npy", "--few-rows").exit_code == 0


def test_nothing_is_overwritten(run, folder):
    (folder / "page.html").write_text("mine")
    (folder / "found").mkdir()
    (folder / "found" / "mine").write_text("mine")
    for option, target in (("--html", "page.html"), ("--out", "found")):
        result = run("image.npy", "text.npy", option, target)
        assert (result.exit_code, "exists" in result.stderr) == (2, True), result.output
    assert (folder / "page.html").read_text() == "mine"
    assert [path.name for path in (folder / "found").iterdir()] == ["mine"]
