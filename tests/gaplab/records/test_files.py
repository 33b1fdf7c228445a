import json

import numpy as np
import pytest

from gaplab.records import RecordError, atomic_path, read_json, write_json


def test_an_interrupted_write_keeps_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def interrupted():
        with atomic_path(path) as part:
            part.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        interrupted()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_json_is_strict_and_knows_numpy(tmp_path):
    value = {"a": np.float32(0.5), "b": np.arange(2), "c": float("nan"), "d": (True, None), 1: "x"}
    path = write_json(value, tmp_path / "v.json")
    assert json.loads(path.read_text()) == read_json(path)
    assert read_json(path) == {"a": 0.5, "b": [0, 1], "c": None, "d": [True, None], "1": "x"}
    with pytest.raises(TypeError, match="cannot write object"):
        write_json({"a": object()}, tmp_path / "w.json")
    assert not (tmp_path / "w.json").exists()


def test_bad_json_is_named(tmp_path):
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(RecordError, match="not JSON"):
        read_json(tmp_path / "a.json")
    with pytest.raises(RecordError, match="does not exist"):
        read_json(tmp_path / "b.json")
