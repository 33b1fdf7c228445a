"""Records are found in a whole reproduction and in a single command's run."""

import pytest

from figures.folder import find, find_named, manifest
from gaplab.records import RecordError, write_json, write_text


def test_a_reproduction_nests_its_parts(full_run):
    found = find_named(full_run, "training/*/trajectory.nc", "loss")
    assert list(found) == ["infonce", "gap_closing"]  # plain CLIP first
    assert found["infonce"] == full_run / "training" / "infonce" / "trajectory.nc"


def test_a_single_run_is_its_own_part(partial_run):
    run = partial_run("train")
    assert find_named(run, "training/*/trajectory.nc", "loss") == {
        "gap_closing": run / "trajectory.nc"
    }
    run = partial_run("simulate")
    assert list(find_named(run, "simulations/*/table.json", "experiment")) == ["free"]
    assert find(run, "training/*/trajectory.nc") == []


def test_a_folder_without_a_manifest_is_only_what_it_holds(tmp_path):
    assert manifest(tmp_path) == {}
    assert find(tmp_path, "ledger.json") == []
    write_json({}, tmp_path / "ledger.json")
    assert find(tmp_path, "ledger.json") == [tmp_path / "ledger.json"]


def test_a_broken_manifest_is_named(tmp_path):
    write_text("[]", tmp_path / "manifest.json")
    with pytest.raises(RecordError, match=r"manifest\.json holds no JSON object"):
        manifest(tmp_path)
