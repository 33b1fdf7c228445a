"""Files without a header are rows of a type that somebody has to tell."""

import numpy as np
import pytest
from typer.testing import CliRunner

from gaplab.cli import app
from gaplab.records import Embeddings, RawFormat, RecordError, load_views
from theory.sphere import normalize


@pytest.fixture
def rows(rng):
    return normalize(rng.normal(size=(60, 4))).astype(np.float32)


def test_rows_come_back_as_a_memory_map(rows, tmp_path):
    rows.tofile(tmp_path / "image.bin")
    np.save(tmp_path / "text.npy", rows)
    found = load_views([tmp_path / "image.bin", tmp_path / "text.npy"], RawFormat("float32", 4))
    assert isinstance(found.views["image"], np.memmap)
    np.testing.assert_array_equal(found.views["image"], rows)
    assert list(found.views) == ["image", "text"]


@pytest.mark.parametrize("text", ["float32", "float32:", "int8:4", "float32:4:4", "4", "float32:²"])
def test_a_format_is_a_type_and_columns(text):
    with pytest.raises(RecordError, match=r"write one of float16, float32, float64, a colon"):
        RawFormat.parse(text)


def test_no_columns_are_refused():
    with pytest.raises(RecordError, match="at least 1"):
        RawFormat.parse("float32:0")


def test_what_does_not_fit_is_one_sentence(rows, tmp_path):
    path = tmp_path / "image.dat"
    with pytest.raises(RecordError, match="is not a file"):
        load_views([path])
    rows.tofile(path)
    with pytest.raises(RecordError, match="no header; say what it holds with --raw"):
        load_views([path])
    with pytest.raises(RecordError, match="960 bytes, which are not whole rows of 7 numbers"):
        load_views([path], RawFormat("float32", 7))
    (tmp_path / "empty.dat").write_bytes(b"")
    with pytest.raises(RecordError, match="0 bytes"):
        load_views([tmp_path / "empty.dat"], RawFormat("float32", 4))


def test_the_command_line_repairs_raw_files(rows, rng, tmp_path):
    text = normalize(rows + 0.3 * rng.normal(size=rows.shape)).astype(np.float32)
    rows.tofile(tmp_path / "image.bin")
    text.tofile(tmp_path / "text.bin")
    files = [str(tmp_path / name) for name in ("image.bin", "text.bin")]
    out = tmp_path / "fixed.safetensors"
    result = CliRunner().invoke(
        app,
        ["repair", "translation", *files, "--raw", "float32:4", "--out", str(out), "--normalize"],
    )
    assert result.exit_code == 0, result.output
    assert Embeddings.load(out).views["image"].shape == rows.shape
    bad = CliRunner().invoke(app, ["diagnose", *files])
    assert bad.exit_code == 2
    assert "--raw float32:512" in bad.stderr.replace("\n", " ")
