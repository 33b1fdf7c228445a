import json
import re
from unittest.mock import ANY

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from gaplab.cli import app
from gaplab.cli.compare import compare_trajectories
from gaplab.cli.rates import predicted_rate
from gaplab.records import Recorder, RecordError, concat_runs, read_json, save_trajectory
from theory.dynamics import gap_decay_rate


def trajectory(source, rate, seeds=2):
    runs = []
    for seed in range(seeds):
        recorder = Recorder(f"seed {seed}", source=source, config={})
        for step in [0, *np.unique(np.geomspace(1, 1000, 60).astype(int))]:
            gap = np.exp(-rate * step)
            values = {"time": step, "centroid_gap": gap + 0.01 * seed, "true_pair_cosine": 1 - gap}
            recorder.log(int(step), values)
        runs.append(recorder.dataset())
    return concat_runs(runs)


def test_the_clock_of_the_gap_judges_the_rest():
    rows = compare_trajectories(
        trajectory("training", 0.01), trajectory("simulation", 0.03), "r", "s"
    )
    by_name = {row["quantity"]: row for row in rows}
    assert list(by_name) == ["centroid_gap", "true_pair_cosine"]
    assert by_name["centroid_gap"]["time_scale"] == pytest.approx(3.0, rel=0.02)
    assert by_name["true_pair_cosine"]["time_scale"] == by_name["centroid_gap"]["time_scale"]
    assert by_name["true_pair_cosine"]["correlation"] > 0.999
    assert by_name["true_pair_cosine"]["error"] < 0.02


def test_command_prints_and_keeps_the_comparison(tmp_path):
    save_trajectory(trajectory("training", 0.01), tmp_path / "real" / "trajectory.nc")
    save_trajectory(trajectory("simulation", 0.02), tmp_path / "sim.nc")
    runner = CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"})
    paths = [str(tmp_path / "real"), str(tmp_path / "sim.nc")]
    result = runner.invoke(app, ["compare", *paths, "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert "true_pair_cosine" in result.output
    kept = read_json(tmp_path / "out" / "comparison.json")
    assert [row["quantity"] for row in kept] == ["centroid_gap", "true_pair_cosine"]
    assert kept[0]["correlation"] > 0.999


def test_without_a_gap_there_is_no_clock():
    bare = trajectory("training", 0.01).drop_vars("centroid_gap")
    with pytest.raises(RecordError, match="r has no centroid_gap"):
        compare_trajectories(bare, trajectory("simulation", 0.01), "r", "s")


def run(tmp_path, *arguments):
    runner = CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"})
    return runner.invoke(app, ["compare", *map(str, arguments), "--out", str(tmp_path / "out")])


def simulated(rate, **config):
    found = trajectory("simulation", rate, seeds=1)
    return found.assign_attrs(config=json.dumps(config))


def test_any_number_of_runs_with_measured_and_predicted_rates(tmp_path):
    law = gap_decay_rate(3, 0.5)
    runs = {"real": trajectory("training", 0.02, seeds=1)}
    runs |= {f"sim{k}": simulated(0.02 * k, h=3, temperature=0.5) for k in (2, 5)}
    paths = [save_trajectory(t, tmp_path / name / "trajectory.nc") for name, t in runs.items()]
    result = run(tmp_path, *(path.parent for path in paths))
    assert result.exit_code == 0, result.output
    assert "N.2" in result.output
    rows = read_json(tmp_path / "out" / "comparison.json")
    assert {row["other"] for row in rows} == {str(path.parent) for path in paths[1:]}
    real, twice, fifth = read_json(tmp_path / "out" / "rates.json")
    assert real["predicted"] is None or real["source"]
    # on the clock of the first, every run decays at its rate and is predicted at its own clock
    for rate, factor in ((twice, 2), (fifth, 5)):
        assert rate["measured"] == pytest.approx(0.02, rel=0.05)
        assert rate["predicted"] == pytest.approx(law / factor, rel=0.05)
    assert (tmp_path / "out" / "figures" / "comparison.png").is_file()


def test_a_file_of_your_own_needs_the_gap_over_run_and_step_and_no_more(tmp_path):
    steps = np.unique(np.geomspace(1, 500, 40).astype(int))
    gap = np.exp(-0.01 * steps)[None]
    own = xr.Dataset(
        {"centroid_gap": (("run", "step"), gap), "time": ("step", 0.5 * steps)},
        coords={"run": ["mine"], "step": steps},
    )
    own.to_netcdf(tmp_path / "mine.nc", engine="h5netcdf")
    save_trajectory(simulated(0.03, h=8, temperature=0.2), tmp_path / "sim.nc")
    result = run(tmp_path, tmp_path / "mine.nc", tmp_path / "sim.nc")
    assert result.exit_code == 0, result.output
    (row,) = read_json(tmp_path / "out" / "comparison.json")
    assert row["time_scale"] == pytest.approx(0.03 / 0.02, rel=0.05)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda t: t.drop_vars("centroid_gap"), "has no centroid_gap, which sets the clock"),
        (lambda t: t.isel(step=slice(0, 2)), "centroid_gap of .* cannot be compared: .*positive"),
        (lambda t: t.isel(step=slice(None, None, -1)), "cannot be compared: .*must ascend"),
        (
            lambda t: t.assign(centroid_gap=t["centroid_gap"].isel(run=0, drop=True)),
            "has the dimensions step; give it over run and step",
        ),
    ],
)
def test_bad_files_are_one_sentence_and_leave_nothing(spoil, message, tmp_path):
    save_trajectory(trajectory("training", 0.01), tmp_path / "good.nc")
    save_trajectory(spoil(trajectory("training", 0.01)), tmp_path / "bad.nc")
    result = run(tmp_path, tmp_path / "good.nc", tmp_path / "bad.nc")
    assert result.exit_code == 2
    assert re.search(message, " ".join(result.output.split()))
    assert "bad.nc" in result.output
    assert not (tmp_path / "out").exists()


def test_one_run_or_the_same_twice_is_no_comparison(tmp_path):
    path = save_trajectory(trajectory("training", 0.01), tmp_path / "a.nc")
    for given, told in (([path], "1 run given"), ([path, path], "name a run twice")):
        result = run(tmp_path, *given)
        assert result.exit_code == 2
        assert told in " ".join(result.output.split())


def test_prediction_follows_the_setting():
    free = simulated(0.1, h=3, temperature=0.5)
    assert predicted_rate(free) == (pytest.approx(gap_decay_rate(3, 0.5)), ANY)
    cone = simulated(0.1, h=3, temperature=0.5, constraint="cone", start_options={"kappa": 300.0})
    assert predicted_rate(cone)[0] == pytest.approx(4 * 2 * 3 / 300)
    hot = simulated(0.1, h=3, temperature=9.0).assign(
        logit_scale=free["centroid_gap"] * 0 + 2.0
    )  # what was logged counts before what was planned
    assert predicted_rate(hot)[0] == pytest.approx(gap_decay_rate(3, 0.5))
    for unknown in (
        {},
        {"h": 3},
        {"h": 3, "temperature": 0.5, "loss": "atp"},
        {"h": 3, "temperature": 0.5, "constraint": "subspace"},
        {"h": 3, "temperature": 0.5, "optimiser": "adam"},
    ):
        rate, source = predicted_rate(simulated(0.1, **unknown))
        assert np.isnan(rate)
        assert source == ""
