import numpy as np
import pytest
from typer.testing import CliRunner

from gaplab.cli import app
from gaplab.cli.compare import compare_trajectories
from gaplab.records import Recorder, RecordError, concat_runs, read_json, save_trajectory


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
