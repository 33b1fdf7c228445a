"""The command: what it says, what it leaves on disk, and how it goes on."""

import pytest
import xarray as xr
from typer.testing import CliRunner

from gaplab.cli import app
from gaplab.records import RunFolder, load_trajectory, read_json
from sim import experiments

SMALL = ["--set", "n=8", "--set", "kappa=1000", "--set", "cases=[[2, 40.0], [3, 65.0]]"]


def run(*arguments):
    runner = CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"})
    return runner.invoke(app, ["simulate", *map(str, arguments)])


@pytest.fixture
def stops(monkeypatch):
    """The second cell of circle fails as a full disk lets it."""
    fill = experiments.EXPERIMENTS["circle"].fill

    def failing(self, lab, settings):
        if lab._cell == 1:
            raise OSError(28, "No space left on device")
        fill(self, lab, settings)

    patch = pytest.MonkeyPatch()
    patch.setattr(experiments.EXPERIMENTS["circle"], "fill", failing)
    yield patch
    patch.undo()


def test_every_experiment_is_listed_with_its_question():
    result = run("list")
    assert result.exit_code == 0
    for name, kind in experiments.EXPERIMENTS.items():
        assert name in result.output
        assert kind.question.split()[0] in result.output


def test_a_sweep_that_stopped_goes_on(stops, tmp_path):
    out = tmp_path / "run"
    given = ["circle", *SMALL, "--set", "tau=.4,.5", "--seeds", 1, "--out", out]
    result = run(*given, "--resume")  # begins where there is nothing yet
    assert result.exit_code == 2
    assert "No space left" in result.stderr
    assert RunFolder.open(out).manifest["status"] == "failed"
    assert (out / "cells" / "0-0-0.json").is_file()

    assert "not empty" in run(*given).stderr
    other = run("circle", *SMALL, "--set", "tau=.4,.6", "--seeds", 2, "--out", out, "--resume")
    assert other.exit_code == 2
    assert "is a run with another seeds, tau; give the same settings" in other.stderr
    assert (out / "cells" / "0-0-0.json").is_file()

    stops.undo()
    result = run(*given, "--resume")
    assert result.exit_code == 0, result.output
    assert RunFolder.open(out).manifest["status"] == "done"
    rows = read_json(out / "table.json")
    assert len(rows) == 4
    assert load_trajectory(out / "trajectory.nc").sizes["run"] == 4
    for row in rows:
        assert row["setting"] in result.output
    again = run(*given, "--resume")
    assert again.exit_code == 0
    assert read_json(out / "table.json") == rows


@pytest.fixture
def two(monkeypatch):
    """Two experiments in a size that takes a second; the registry has no others."""
    for name, own in {"circle": CIRCLE, "caps": CAPS}.items():
        kind = experiments.EXPERIMENTS[name]
        monkeypatch.setattr(kind, "sizes", {**kind.sizes, "quick": {**kind.sizes["quick"], **own}})
    monkeypatch.setattr(experiments, "names", lambda: ["caps", "circle", "matched"])


CIRCLE = {"n": 8, "kappa": 1000.0, "cases": ((2, 40.0), (3, 65.0))}
CAPS = {"n": 8, "gap": (50.0,), "time": 1.0}


def same_tables(folder, other):
    for name in ("circle", "caps"):
        one, two = (f / "simulations" / name for f in (folder, other))
        assert read_json(one / "table.json") == read_json(two / "table.json")
        runs = (load_trajectory(f / "trajectory.nc") for f in (one, two))
        xr.testing.assert_identical(*runs)
        assert not (one / "cells").exists()


def test_several_experiments_share_a_folder_and_find_what_each_finds_alone(two, tmp_path):
    out = tmp_path / "both"
    result = run("circle", "caps", "--seeds", 2, "--out", out)
    assert result.exit_code == 0, result.output
    config = RunFolder.open(out).manifest["config"]
    assert config == {"experiments": ["circle", "caps"], "size": "quick", "seeds": [0, 1]}
    assert result.output.index("circle: measured beside") < result.output.index("caps: measured")
    for name in ("circle", "caps"):
        alone = tmp_path / name
        assert run(name, "--seeds", 2, "--out", alone).exit_code == 0
        part = RunFolder.open(out / "simulations" / name)
        assert part.manifest["status"] == "done"
        assert part.manifest["config"] == RunFolder.open(alone).manifest["config"]
        assert read_json(part.path / "table.json") == read_json(alone / "table.json")
    every = tmp_path / "every"
    assert run("all", "--seeds", 2, "--jobs", 2, "--out", every).exit_code == 0
    same_tables(every, out)


def test_several_experiments_that_stopped_go_on(two, stops, tmp_path):
    out = tmp_path / "run"
    given = ["caps", "circle", "--seeds", 1, "--out", out]
    assert run(*given).exit_code == 2
    assert RunFolder.open(out).manifest["status"] == "failed"
    assert list((out / "simulations" / "caps" / "cells").glob("*.json"))
    stops.undo()
    other = run("circle", "caps", "--seeds", 1, "--out", out, "--resume")
    assert "is a run with another experiments" in other.stderr
    result = run(*given, "--resume")
    assert result.exit_code == 0, result.output
    assert run("all", "--seeds", 1, "--out", tmp_path / "whole").exit_code == 0
    same_tables(out, tmp_path / "whole")


def test_a_run_that_diverges_exits_with_1(tmp_path, monkeypatch):
    """A step far too long: the sentence names setting, seed, step and values."""
    fill = experiments.EXPERIMENTS["circle"].fill

    def wild(self, lab, settings):
        simulate_all = lab.simulate_all
        lab.simulate_all = lambda asked: simulate_all(
            [(n, {**f, "step_size": 5.0}) for n, f in asked]
        )
        fill(self, lab, settings)

    monkeypatch.setattr(experiments.EXPERIMENTS["circle"], "fill", wild)
    out = tmp_path / "run"
    result = run("circle", *SMALL, "--set", "tau=0.05", "--seeds", 1, "--out", out)
    assert result.exit_code == 1, result.output
    assert "seed 0 diverged at step" in result.stderr
    assert "What was recorded is in" in result.stderr
    assert load_trajectory(out / "trajectory.nc").sizes["run"] >= 1
    assert RunFolder.open(out).manifest["status"] == "failed"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["circle", "--resume"], "--resume needs --out DIR"),
        (["circle", "--set", "tau=.1,,.2"], "has an empty value"),
        (["circle", "--set", "n=many"], "setting 'n' is 'many'; give a value such as 64"),
        (["circle", "--set", "tau=-1"], "temperature is -1"),
        (["circle", "--set", "n=1"], "n is 1; give an integer of at least 2"),
        (["circle", "--set", "kappa=-1"], "kappa is -1"),
        (["circle", "caps", "--set", "tau=.2"], "--set is for one experiment, and 2 are named"),
        (["all", "circel"], "unknown experiment 'circel'"),
        (["circle", "matched"], "matched needs --from RUN"),
        (["circle", "caps", "--from", "x"], "--from belongs to matched, not to circle, caps"),
        (["circle", "caps", "--cluster", "nowhere"], "--cluster nowhere names no cluster"),
        (["circle", "--cluster", "nowhere"], "--cluster nowhere names no cluster"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(arguments, message, tmp_path):
    out = ["--out", tmp_path / "run"] if "--resume" not in arguments else []
    result = run(*arguments, *out)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert "Traceback" not in result.output


def test_another_kind_of_run_is_not_gone_on_with(tmp_path):
    with RunFolder.create(tmp_path / "run", "train", {"loss": "infonce"}):
        pass
    result = run("circle", "--out", tmp_path / "run", "--resume")
    assert result.exit_code == 2
    assert "is a run with another kind, experiment, size, seeds, loss" in result.stderr
