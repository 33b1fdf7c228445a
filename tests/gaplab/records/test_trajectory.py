import numpy as np
import pytest
import xarray as xr

from gaplab.records import (
    Recorder,
    RecordError,
    concat_runs,
    config_of,
    load_trajectory,
    save_trajectory,
)


@pytest.fixture
def recorder():
    kept = Recorder("seed 0", source="training", config={"h": 4, "kappa": np.float64(2.5)})
    kept.log(0, {"centroid_gap": 1.0, "spectrum_x": [0.8, 0.6], "principal_angles": [0.1]})
    kept.log(4, {"centroid_gap": 0.5, "principal_angles": np.array([0.2, 0.3])})
    kept.log(4, {"loss": 2.0})
    return kept


def test_layout(recorder):
    data = recorder.dataset()
    assert dict(data.sizes) == {"run": 1, "step": 2, "direction": 2, "angle": 2}
    np.testing.assert_array_equal(data["centroid_gap"], [[1.0, 0.5]])
    np.testing.assert_array_equal(data["loss"], [[np.nan, 2.0]])
    np.testing.assert_array_equal(data["principal_angles"], [[[0.1, np.nan], [0.2, 0.3]]])
    np.testing.assert_array_equal(data["spectrum_x"][0, 1], [np.nan, np.nan])
    assert config_of(data) == {"h": 4, "kappa": 2.5}
    assert data.attrs["source"] == "training"
    assert "numpy" in data.attrs["versions"]


def test_round_trip_is_exact(recorder, tmp_path):
    path = save_trajectory(recorder.dataset(), tmp_path / "deep" / "trajectory.nc")
    xr.testing.assert_identical(load_trajectory(path), recorder.dataset())
    assert [p.name for p in path.parent.iterdir()] == ["trajectory.nc"]


def test_runs_with_other_steps_and_widths_are_padded(recorder):
    other = Recorder("seed 1", source="training", config={})
    other.log(0, {"centroid_gap": 2.0, "spectrum_x": [1.0, 0.5, 0.1]})
    other.log(9, {"centroid_gap": 0.1})
    both = concat_runs([recorder.dataset(), other.dataset()])
    assert list(both["run"].values) == ["seed 0", "seed 1"]
    assert list(both["step"].values) == [0, 4, 9]
    assert both["spectrum_x"].shape == (2, 3, 3)
    np.testing.assert_array_equal(both["centroid_gap"][1], [2.0, np.nan, 0.1])
    np.testing.assert_array_equal(both["loss"][1], [np.nan] * 3)


def test_runs_alike_are_joined_as_xarray_joins_them(recorder):
    parts = [
        (recorder.dataset() + k).assign_coords(run=[f"seed {k}"]).assign_attrs(config="{}")
        for k in range(3)
    ]
    expected = xr.concat(parts, dim="run", data_vars="all", combine_attrs="override")
    xr.testing.assert_identical(concat_runs(parts), expected)
    pair = concat_runs([concat_runs(parts[:2]), parts[2]])  # some hold several runs
    xr.testing.assert_identical(pair, expected)


def test_resume_forgets_what_came_after(recorder):
    again = Recorder.resume(recorder.dataset(), upto=3)
    assert again.steps == [0]
    assert (again.run, again.source, again.config) == ("seed 0", "training", {"h": 4, "kappa": 2.5})
    again.log(4, {"centroid_gap": 0.5, "loss": 2.0, "principal_angles": [0.2, 0.3]})
    xr.testing.assert_identical(again.dataset(), recorder.dataset())


def test_refuses_what_is_no_trajectory(recorder, tmp_path):
    with pytest.raises(ValueError, match="at most 1-D"):
        recorder.log(5, {"matrix": np.eye(2)})
    with pytest.raises(ValueError, match="at least one"):
        concat_runs([])
    with pytest.raises(RecordError, match="not a file"):
        load_trajectory(tmp_path / "absent.nc")
    (tmp_path / "text.nc").write_text("no")
    with pytest.raises(RecordError, match="cannot be read as NetCDF"):
        load_trajectory(tmp_path / "text.nc")
    with pytest.raises(RecordError, match="no dimension run and step"):
        save_trajectory(xr.Dataset({"a": ("b", [1.0])}), tmp_path / "x.nc")
    assert not (tmp_path / "x.nc").exists()
