"""The benchmark: that it compares equal things and reports what it found. No times are asserted."""

import json
import time
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info
from typer.testing import CliRunner

from gaplab.cli import app
from gaplab.cli.benchmarks import (
    SIZES,
    SUITES,
    Growth,
    GrowthRow,
    Peer,
    Settings,
    Suite,
    Task,
    base,
    memory,
    names,
    run_suite,
    suite,
)
from gaplab.cli.benchmarks.results import exponent, reached
from gaplab.cli.benchmarks.timing import interleave, limit_threads, spread
from gaplab.records import RunFolder
from theory.errors import InputError

ONCE = Settings("tiny", repeats=1)
CASES = [(name, task) for name in names() for task in suite(name, "tiny").tasks]
IDS = [f"{name}: {task.setting}" for name, task in CASES]
PAIRS = [
    pytest.param(task, peer, id=f"{name}: {task.setting} {peer.name}")
    for name, task in CASES
    for peer in task.peers()
    if not peer.floor
]
UNREACHABLE = 1e-12  # of any ratio of two times


@dataclass(frozen=True)
class Doubling(Task):
    """Twice the numbers below n, for which every ending can be arranged."""

    off: float = 0.0
    requires_peer: str | None = None
    room: float = 0.0

    title = "doubling"
    tolerance = 1e-9

    @property
    def setting(self):
        return f"n = {self.n}"

    def inputs(self):
        return np.arange(self.n, dtype=float)

    def ours(self, inputs):
        return {"twice": 2 * inputs}

    def peers(self):
        return (
            Peer(
                "sum",
                lambda inputs: {"twice": inputs + inputs + self.off},
                time_bar=UNREACHABLE,
                items=self.n,
                requires=self.requires_peer,
                room=self.room,
                if_missed="no sum is slower",
            ),
            Peer("the reading", lambda inputs: {"all": inputs.copy()}, floor=True),
        )

    def remark(self, theirs):
        return "adds"


@pytest.fixture
def run():
    runner = CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"})
    return lambda *arguments: runner.invoke(app, ["bench", *map(str, arguments)])


@pytest.fixture
def doubling(monkeypatch):
    """Register one task as the suite ``doubling``."""

    def add(*tasks):
        monkeypatch.setitem(SUITES._members, "doubling", lambda size: Suite(tasks))

    return add


# -- what is compared


@pytest.mark.parametrize(("task", "peer"), PAIRS)
def test_ours_and_the_peer_compute_the_same(task, peer):
    ours, theirs = task.ours(task.inputs()), peer.run(task.inputs())
    assert task.difference(ours, theirs) <= task.tolerance


@pytest.mark.parametrize(("task", "peer"), PAIRS)
def test_another_result_is_told_from_the_same(task, peer):
    theirs = peer.run(task.inputs())
    wrong = {
        key: value if value.dtype == bool else 1.01 * np.flip(value) + 0.01
        for key, value in ((k, np.asarray(v)) for k, v in theirs.items())
    }
    assert task.difference(task.ours(task.inputs()), wrong) > task.tolerance


@pytest.mark.parametrize(("name", "task"), CASES, ids=IDS)
def test_tasks_are_found_by_their_labels(name, task):
    assert base.find_task(name, "tiny", task.label) == task


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", names())
def test_labels_are_unique(name, size):
    found = suite(name, size)
    labels = [task.label for task in found.tasks]
    assert len(set(labels)) == len(labels)
    assert found.tasks or found.growths


def test_every_full_task_has_a_bar():
    for name in names():
        for task in suite(name, "full").tasks:
            assert any(peer.time_bar is not None for peer in task.peers()), task.label
            for peer in task.peers():
                assert not (peer.floor and peer.time_bar), peer.name


def test_the_warm_up_is_small():
    (task, *_) = suite("subspaces", "full").tasks
    assert task.warm().n == base.WARM_ROWS
    assert task.warm().d == task.d


def test_an_unknown_task_is_named():
    with pytest.raises(InputError, match=r"no task 'x'; its tasks: InfoNCE"):
        base.find_task("infonce", "tiny", "x")


def test_growth_runs_every_size():
    found = run_suite("scaling", ONCE)
    assert found.rows == []
    for row in found.growth:
        assert list(row.n) == sorted(row.n)
        assert len(row.seconds) == len(row.n) >= 3
        assert np.isfinite(row.exponent)
        assert row.reached is None


# -- how it is measured


def test_calls_take_turns():
    order = []
    calls = {key: lambda key=key: order.append(key) or key for key in "abc"}
    seconds = interleave(calls, 3)
    assert "".join(order) == "abc" + "bca" + "cab"
    assert all(s.shape == (3,) and (s >= 0).all() for s in seconds.values())


def test_fast_calls_have_more_rounds():
    calls = {key: lambda: None for key in "ab"}
    assert all(s.shape == (15,) for s in interleave(calls, 3, budget=60.0).values())
    slow = {key: lambda: time.sleep(0.01) for key in "ab"}
    assert all(s.shape == (3,) for s in interleave(slow, 3, budget=0.01).values())


def test_threads_are_limited_and_given_back():
    before = torch.get_num_threads(), [p["num_threads"] for p in threadpool_info()]
    with limit_threads(1):
        assert torch.get_num_threads() == 1
        assert {p["num_threads"] for p in threadpool_info()} == {1}
    assert (torch.get_num_threads(), [p["num_threads"] for p in threadpool_info()]) == before


def test_spread_is_median_and_quartiles():
    found = spread(np.arange(101.0))
    assert (found.low, found.median, found.high) == (25.0, 50.0, 75.0)


@pytest.mark.parametrize("power", [0.0, 1.0, 2.05])
def test_the_exponent_of_a_power_law_is_its_power(power):
    n = [1000, 3000, 8000]
    assert exponent(n, [1e-9 * k**power for k in n]) == pytest.approx(power, abs=1e-12)


@pytest.mark.parametrize(
    ("value", "bar", "good"),
    [(1.0, 1.0, True), (1.1, 1.0, False), (None, 1.0, None), (1.0, None, None)],
)
def test_a_bar_is_reached_up_to_equality(value, bar, good):
    assert reached(value, bar) is good


@dataclass(frozen=True)
class Allocation(Doubling):
    """Takes n MiB for a moment, on top of an input of n MiB."""

    def inputs(self):
        return np.ones(self.n * 2**17)

    def ours(self, inputs):
        return {"sum": float((inputs + 1).sum())}


@pytest.mark.skipif(memory.available() is None, reason="the peak is a lower bound off Linux")
def test_the_peak_counts_what_is_taken_above_the_inputs():
    task = Allocation(64)
    found = memory.peak(task, task.ours)
    assert found.mib == pytest.approx(64, abs=4)  # pages of the allocator and the interpreter


def test_a_process_that_fails_says_why():
    with pytest.raises(memory.ProcessError, match="no task 'x'"):
        memory.measure_apart("vmf", "tiny", "x", "ours", 1)


def test_the_largest_of_a_growth_joins_the_fit():
    tasks = [Doubling(n) for n in (10, 20)]
    largest = Doubling(40, memory_limit=5.0)
    growth = Growth("doubling", tasks, 1.5, alone=largest)
    row = GrowthRow.of("s", growth, [1.0, 2.0], memory.Peak(4.0, 4.0))
    assert row.n == [10, 20, 40]
    assert row.exponent == pytest.approx(1.0)
    assert (row.reached, row.memory_reached) == (True, True)
    assert GrowthRow.of("s", growth, [1.0, 2.0], note="failed").n == [10, 20]


def test_a_growth_that_misses_its_bar_says_why():
    growth = Growth("squaring", [Doubling(10), Doubling(20)], 1.5, if_missed="pairs are many")
    assert GrowthRow.of("s", growth, [1.0, 4.0], note="alone").note == "alone; pairs are many"
    assert GrowthRow.of("s", growth, [1.0, 2.0]).note == ""


# -- what is reported


def test_a_row_holds_ratio_bar_and_why(doubling):
    doubling(Doubling(50))
    row, floor = run_suite("doubling", ONCE).rows
    assert row.agrees
    assert row.time_reached is False
    assert row.time_ratio.median == pytest.approx(row.ours.median / row.theirs.median)
    assert row.note.startswith("adds; the reading take")
    assert row.note.endswith("; no sum is slower")
    assert (floor.floor, floor.time_reached, floor.difference, floor.note) == (True, None, None, "")
    assert row.to_dict()["time_reached"] is False


def test_a_missing_peer_is_said_and_not_fatal(doubling, run, tmp_path):
    doubling(Doubling(50, requires_peer="no_such_package"))
    result = run("--suite", "doubling", "--repeats", 1, "--out", tmp_path / "b")
    assert result.exit_code == 0, result.output
    assert "no_such_package is not installed" in result.output


def test_without_open_clip_the_rest_still_runs(monkeypatch):
    monkeypatch.setattr(base, "find_spec", lambda name: None)
    clip, floor, *_ = run_suite("infonce", ONCE).rows
    assert "open_clip is not installed" in clip.note
    assert clip.ours is not None
    assert clip.theirs is None
    assert floor.time_ratio is not None
    (step,) = run_suite("training_step", ONCE).rows
    assert step.note.startswith("not run: open_clip is not installed")


def test_a_peer_that_fails_is_said_and_not_fatal(doubling):
    doubling(Doubling(50, off="no number"))
    row, floor = run_suite("doubling", ONCE).rows
    assert row.note.startswith("not run: it fails with ")
    assert (row.theirs, row.agrees) == (None, True)
    assert floor.theirs is not None


def test_a_peer_that_would_not_fit_is_not_run(doubling, monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 100.0)
    doubling(Doubling(50, room=1000.0))
    row, _ = run_suite("doubling", ONCE).rows
    assert row.note == "not run: it takes 1000 MiB and 100 MiB are free"


def test_different_results_exit_with_1(doubling, run, tmp_path):
    doubling(Doubling(50, off=1e-3))
    result = run("--suite", "doubling", "--repeats", 1, "--out", tmp_path / "b")
    assert result.exit_code == 1
    assert RunFolder.open(tmp_path / "b").manifest["status"] == "done"


def test_memory_that_cannot_be_measured_is_a_note(doubling, monkeypatch):
    def killed(*request):
        raise memory.ProcessError("memory of ours not measured: exit code -9")

    monkeypatch.setattr(memory, "measure_apart", killed)
    doubling(Doubling(50, memory_limit=1.0))
    row, _ = run_suite("doubling", ONCE).rows
    assert row.note.startswith("memory of ours not measured: exit code -9; adds")
    assert row.memory_reached is None


def test_tables_and_run_folder(run, tmp_path):
    out = tmp_path / "b"
    result = run("--suite", "subspaces", "--size", "tiny", "--repeats", 1, "--out", out)
    assert result.exit_code == 0, result.output
    for words in ("99 % subspace of float32 rows", "numpy.linalg.svd", "≤ 64 MiB ✓"):
        assert words in result.output
    saved = json.loads((out / "bench.json").read_text(encoding="utf-8"))
    assert saved["config"] == {
        "suites": ["subspaces"],
        "size": "tiny",
        "repeats": 1,
        "threads": 1,
    }
    manifest = RunFolder.open(out).manifest
    assert (manifest["kind"], manifest["status"]) == ("bench", "done")
    assert manifest["seconds"].keys() == {"subspaces"}
    for row in saved["rows"]:
        assert row["agrees"] is True
        assert row["memory_reached"] is (None if row["floor"] else True)


def test_json_is_all_that_is_printed(run, tmp_path):
    result = run("--suite", "vmf", "--size", "tiny", "--repeats", 2, "--json", "--out", tmp_path)
    assert result.exit_code == 0
    printed = json.loads(result.stdout)
    assert printed == json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert {row["suite"] for row in printed["rows"]} == {"vmf"}
    assert printed["machine"]["cores"] >= 1


def test_an_unknown_suite_is_one_sentence_and_leaves_nothing(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("--suite", "infonec")
    assert result.exit_code == 2
    assert "unknown benchmark suite 'infonec'" in result.stderr
    assert "Did you mean 'infonce'?" in result.stderr
    assert list(tmp_path.iterdir()) == []
