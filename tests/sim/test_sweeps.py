"""Sweeps: what cells find depends neither on where they run nor on who stops them."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from gaplab.records import RecordError, RunError, load_trajectory, read_json
from sim import experiments, state
from sim.sweeps import Sweep, grid_of, run_sweeps
from theory.errors import InputError

CASES = [[2, 40.0], [2, 65.0], [3, 65.0]]
SMALL = {"n": 8, "cases": CASES, "kappa": 1e3}


def swept(folder, overrides=SMALL, seeds=(0, 1), experiment="circle"):
    return Sweep(folder, experiment, "quick", seeds, overrides)


def found_in(folder):
    return read_json(folder / "table.json"), load_trajectory(folder / "trajectory.nc")


def same(folder, other):
    table, runs = found_in(folder)
    wanted, expected = found_in(other)
    assert table == wanted
    xr.testing.assert_identical(runs, expected)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The sweep in one go, in this process."""
    folder = tmp_path_factory.mktemp("whole")
    run_sweeps([swept(folder)])
    return folder


def test_a_sweep_finds_what_the_experiment_finds(whole):
    result = experiments.create("circle").run(seeds=(0, 1), **SMALL)
    table, runs = found_in(whole)
    assert table == result.table
    xr.testing.assert_identical(runs, result.trajectory)
    assert not (whole / "cells").exists()


def test_several_values_span_a_grid(tmp_path):
    overrides = {"kappa": 1e3, "cases": CASES[:1], "tau": (0.4, 0.5), "n": (8, 10)}
    names = [name for name, _ in grid_of("circle", "quick", overrides)]
    assert names == ["tau=0.4, n=8", "tau=0.4, n=10", "tau=0.5, n=8", "tau=0.5, n=10"]
    rows = run_sweeps([swept(tmp_path, overrides, seeds=(0,))])
    assert [row["setting"].split(", ", 3)[3] for row in rows] == names
    runs = load_trajectory(tmp_path / "trajectory.nc")
    assert len(set(runs["run"].values.astype(str))) == 4
    assert set(runs["setting"].values.astype(str)) == {row["setting"] for row in rows}


def test_points_that_name_themselves_are_not_named_twice(tmp_path):
    rows = run_sweeps([swept(tmp_path, {**SMALL, "cases": CASES[:1], "tau": (0.4, 0.5)}, (0,))])
    assert [row["setting"] for row in rows] == ["h=2, τ=0.4, from 40°", "h=2, τ=0.5, from 40°"]


def test_several_values_of_a_sequence_are_the_sequence():
    ((name, settings),) = grid_of("cone", "quick", {"kappas": (1, 5), "gaps": 30.0})
    assert name == ""
    assert settings["kappas"] == (1, 5)
    assert settings["gaps"] == (30.0,)


def test_finished_cells_are_not_done_again(whole, tmp_path, monkeypatch):
    """Three cells: the first two are there when the third fails; only it is done again."""
    sweep = swept(tmp_path)
    done, fill = [], experiments.EXPERIMENTS["circle"].fill

    def failing(self, lab, settings):
        if lab._cell is not None:
            done.append(lab._cell)
            if len(done) == 3:
                raise OSError(28, "No space left on device")
        fill(self, lab, settings)

    with monkeypatch.context() as patch:
        patch.setattr(experiments.EXPERIMENTS["circle"], "fill", failing)
        with pytest.raises(OSError, match="No space left"):
            run_sweeps([sweep])
    before = {p.name: p.read_bytes() for p in (tmp_path / "cells").iterdir()}
    assert sorted(before) == ["0-0-0.json", "0-0-0.nc", "0-1-0.json", "0-1-0.nc"]
    assert len(swept(tmp_path).tasks()) == 1
    run_sweeps([swept(tmp_path)])
    same(tmp_path, whole)
    assert swept(tmp_path).finished
    assert swept(tmp_path).tasks() == []
    assert run_sweeps([swept(tmp_path)]) == found_in(whole)[0]


def test_a_full_disk_keeps_what_is_there(whole, tmp_path, monkeypatch):
    """While gathering: the cells stay, and the next try has nothing else to do."""

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Sweep, "_join", full)
        with pytest.raises(OSError, match="No space left"):
            run_sweeps([swept(tmp_path)])
    assert swept(tmp_path).tasks() == []
    with monkeypatch.context() as patch:
        patch.setattr("pathlib.Path.write_bytes", full)
        with pytest.raises(OSError, match="No space left"):
            swept(tmp_path).gather()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cells"]
    swept(tmp_path).gather()
    same(tmp_path, whole)


def test_a_cell_goes_on_from_its_state(whole, tmp_path, monkeypatch):
    """A kill in the middle of the second cell leaves its state, and nothing once it is done."""
    monkeypatch.setattr(state, "EVERY_SECONDS", 0.0)
    told = []

    def progress(done, total, message):
        told.append(message)
        if done > 1500:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweeps([swept(tmp_path)], progress=progress)
    left = {p.name for p in (tmp_path / "cells").iterdir()}
    assert left == {"0-0-0.json", "0-0-0.nc", "0-1-0.state-1.safetensors"}
    again = []
    run_sweeps([swept(tmp_path)], progress=lambda *args: again.append(args))
    assert again[0][0] > 400  # of the 1000 of this cell
    same(tmp_path, whole)


def test_a_diverging_cell_keeps_what_it_has_and_the_others(tmp_path, monkeypatch):
    fill = experiments.EXPERIMENTS["circle"].fill

    def wild(self, lab, settings):
        simulate_all = lab.simulate_all

        def rough(asked):
            return simulate_all([(n, {**f, "step_size": 5.0, "h": 3} if "from 65" in n else f)
                                 for n, f in asked])  # fmt: skip

        lab.simulate_all = rough
        fill(self, lab, settings)

    (tmp_path / "next").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(experiments.EXPERIMENTS["circle"], "fill", wild)
        with pytest.raises(
            RunError, match=r"circle: h=2.*from 65°: seed \d diverged at step \d+.*the loss is "
            r".*lower step_size\. \(2 cells diverged\) What was recorded is in "
        ):  # fmt: skip
            run_sweeps(
                [
                    swept(tmp_path, {**SMALL, "tau": 0.05}),
                    swept(tmp_path / "next", {"n": 8, "gap": 50.0, "time": 1.0}, (0,), "caps"),
                ]
            )
    table, runs = found_in(tmp_path)
    assert {row["setting"] for row in table} == {"h=2, τ=0.05, from 40°"}
    assert len(found_in(tmp_path / "next")[0]) == 3  # one that diverges does not stop the next
    assert "h=2, τ=0.05, from 65°, seed 0" in runs["run"].values.astype(str)
    assert len(swept(tmp_path, {**SMALL, "tau": 0.05}).tasks()) == 2


def children(pid):
    """Processes that a process has started, where the system tells."""
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in file.read_text().split()] if file.is_file() else []


def alive(pid):
    """Whether a process runs: one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_killed_and_resumed(whole, tmp_path):
    """SIGKILL, with two processes at work, which do not outlive it; resumed in one."""
    script = (
        "from sim.sweeps import Sweep, run_sweeps\n"
        f"run_sweeps([Sweep({str(tmp_path)!r}, 'circle', 'quick', (0, 1), {SMALL!r})], jobs=2)\n"
    )
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", script], env=alone)
    try:
        limit = time.monotonic() + 120
        while not list(tmp_path.glob("cells/*.nc")):
            assert process.poll() is None
            assert time.monotonic() < limit
            time.sleep(0.005)
        workers = children(process.pid)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    while any(map(alive, workers)):
        assert time.monotonic() < limit
        time.sleep(0.02)
    assert not swept(tmp_path).finished
    assert swept(tmp_path).tasks()
    run_sweeps([swept(tmp_path)])
    same(tmp_path, whole)


def test_a_cluster_that_loses_a_worker_finds_the_same(whole, tmp_path):
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None,
                                 silence_logs=50) as cluster,
        distributed.Client(cluster) as client,
    ):  # fmt: skip
        pids = list(client.run(os.getpid).values())
        failed = []

        def work():
            try:
                run_sweeps([swept(tmp_path)], cluster=cluster.scheduler_address)
            except BaseException as error:
                failed.append(error)

        thread = threading.Thread(target=work)
        thread.start()
        while thread.is_alive() and not list(tmp_path.glob("cells/*.nc")):
            time.sleep(0.005)
        os.kill(pids[0], signal.SIGKILL)
        thread.join(120)
    assert not failed
    same(tmp_path, whole)


def test_clusters_that_cannot_be_used(tmp_path, monkeypatch):
    sweep = swept(tmp_path)
    for name in ("local:", "local:0", "nowhere", "local:two"):
        with pytest.raises(RecordError, match=f"--cluster {name} names no cluster; give local:4"):
            run_sweeps([sweep], cluster=name)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RecordError, match=r'pip install "gaplab\[dask\]"'):
        run_sweeps([sweep], cluster="local:2")


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"m": 3}, "experiment 'circle' has no setting 'm'; its settings: tau, n, kappa, cases"),
        ({"n": "many"}, "setting 'n' is 'many'; give a value such as 64"),
        ({"n": True}, "setting 'n' is True"),
        ({"cases": 5}, r"setting 'cases' has the row 5; give one such as \(2, 40.0\)"),
        ({"cases": [[2]]}, r"setting 'cases' has the row \[2\]"),
        ({"cases": [["two", 40.0]]}, "setting 'cases' is 'two'"),
        ({"cases": []}, "setting 'cases' is empty"),
    ],
)
def test_bad_settings_are_named(overrides, message, tmp_path):
    with pytest.raises(InputError, match=message):
        swept(tmp_path / "none", overrides)
    assert not list(tmp_path.iterdir())


def test_measurements_without_a_number_travel(tmp_path):
    rows = run_sweeps([swept(tmp_path, {"cases": [[3, 0.5, 8]], "time": 0.05}, (0,), "free")])
    rate = next(row for row in rows if "rate" in row["quantity"])
    assert rate["measured"] is None  # too short to decay: JSON has no NaN
    assert np.isfinite(rate["predicted"])
