"""A simulation that was stopped goes on to the very same numbers."""

import errno
import os

import numpy as np
import pytest
import xarray as xr

from gaplab.records import RecordError
from sim import simulate, simulate_all, state

BASE = {"h": 3, "n": 16, "steps": 24, "seeds": (0, 1), "log_points": 6, "metrics": ["centroid_gap"]}


class StoppedError(Exception):
    """Stands for a kill."""


@pytest.fixture(autouse=True)
def _always(monkeypatch):
    monkeypatch.setattr(state, "EVERY_SECONDS", 0.0)


def stop_at(step):
    def progress(done, total, message):
        if done >= step:
            raise StoppedError

    return progress


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"optimiser": "adam"},
        {"optimiser": "flow"},
        {"optimiser": "adam", "learned_temperature": True},
        {"optimiser": "flow", "learned_temperature": True, "dtype": "float32"},
        {"schedule": np.linspace(2, 5, 25).tolist(), "loss": "gap_closing"},
        {"batch": 6, "mismatched": 0.5, "pair_noise": 0.1, "fresh_noise": True, "duplicates": 2},
        {"constraint": "cone", "optimiser": "flow"},
        {"constraint": "subspace", "constraint_options": {"centres": "orthogonal"}},
        {"constraint": "relu", "constraint_options": {"hidden": (16,)}, "held_out": 3},
    ],
)
def test_resumes_to_the_same_numbers(fields, tmp_path):
    config, file = {**BASE, **fields}, tmp_path / "a.safetensors"
    whole = simulate(config)
    for step in (3, 11, 20):
        with pytest.raises(StoppedError):
            simulate(config, state=file, progress=stop_at(step))
        assert file.is_file()
    seen = []
    again = simulate(config, state=file, progress=lambda done, *_: seen.append(done))
    assert seen[0] >= 11
    xr.testing.assert_identical(again, whole)


def test_several_batches_resume_where_they_were(tmp_path):
    configs = [{**BASE, "n": n, "keep_views": True} for n in (8, 10, 12)]
    file, whole = tmp_path / "a.safetensors", simulate_all(configs)
    with pytest.raises(StoppedError):
        simulate_all(configs, state=file, progress=stop_at(40))
    seen = []
    again = simulate_all(configs, state=file, progress=lambda done, *_: seen.append(done))
    assert seen[0] >= 39
    for found, wanted in zip(again, whole, strict=True):
        xr.testing.assert_identical(found, wanted)


def test_a_full_disk_leaves_the_last_good_state(tmp_path, monkeypatch):
    file = tmp_path / "a.safetensors"
    with pytest.raises(StoppedError):
        simulate(BASE, state=file, progress=stop_at(5))
    kept = file.read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.write_bytes", full)
        with pytest.raises(OSError, match="No space left"):
            simulate(BASE, state=file)
    assert file.read_bytes() == kept
    assert list(tmp_path.iterdir()) == [file]
    xr.testing.assert_identical(simulate(BASE, state=file), simulate(BASE))


def test_states_of_others_and_damaged_ones_are_refused(tmp_path, monkeypatch):
    file = tmp_path / "a.safetensors"
    simulate(BASE, state=file)
    with pytest.raises(RecordError, match=r"a.safetensors is of another simulation .*delete it"):
        simulate({**BASE, "temperature": 0.4}, state=file)
    with monkeypatch.context() as patch:
        patch.setattr("sim.state.LAYOUT", 1)
        with pytest.raises(RecordError, match=r"another version of gaplab; delete it"):
            simulate(BASE, state=file)
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(RecordError, match=r"a.safetensors is damaged .*starts again"):
        simulate(BASE, state=file)


def test_the_state_is_kept_now_and_then(tmp_path, monkeypatch):
    monkeypatch.setattr(state, "EVERY_SECONDS", 3600.0)
    simulate(BASE, state=tmp_path / "a.safetensors")
    assert not list(tmp_path.iterdir())
