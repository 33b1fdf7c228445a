"""The pictures and the page of a diagnosis, from its records."""

import numpy as np
import pytest

from figures.diagnosis import write_page
from figures.diagnosis.plane import MAPPED
from figures.diagnosis.words import estimate, metric_groups, title
from gaplab.records import Embeddings, RecordError, read_json, write_json
from theory.maps import cosine_densities, pca_map


@pytest.fixture(scope="module")
def record(full_run):
    return read_json(full_run / "diagnosis" / "diagnosis.json")


@pytest.fixture(scope="module")
def sample(full_run):
    return Embeddings.load(full_run / "diagnosis" / "sample.safetensors").views


def test_the_map_links_every_pair(drawn, sample):
    (ax,) = drawn("diagnosis_map").axes
    plane = pca_map(*(rows[:MAPPED] for rows in sample.values()))
    points = {line.get_label(): line.get_xydata() for line in ax.lines}
    np.testing.assert_allclose(points["image"], plane.views[0], rtol=1e-12)
    links = ax.collections[0].get_segments()
    np.testing.assert_allclose(links, np.stack(plane.views, axis=1), rtol=1e-12)


def test_cosines_are_those_of_the_sample(drawn, sample):
    ax = drawn("diagnosis_cosines").axes[0]
    found = cosine_densities(*sample.values(), 80)
    heights = [patch.get_data().values for patch in ax.patches if patch.get_label() == "true pairs"]
    np.testing.assert_allclose(heights[0], found.true_pairs)
    assert ax.lines[1].get_xdata()[0] == pytest.approx(found.true_mean)


def test_shapes_are_the_spectra_and_angles_of_the_record(drawn, record):
    left, right = drawn("diagnosis_shapes").axes
    np.testing.assert_array_equal(left.lines[0].get_ydata(), record["spectra"]["image"])
    prediction = record["pairs"][0]["prediction"]
    np.testing.assert_allclose(right.lines[0].get_ydata(), np.degrees(prediction["angles"]))
    assert right.lines[1].get_ydata()[0] == pytest.approx(np.degrees(prediction["resolution"]))


def test_the_page_tells_every_finding_and_metric(full_run, record, tmp_path):
    run = tmp_path / "run"
    write_json({"kind": "diagnose", "config": {"files": ["a & b.npy"]}}, run / "manifest.json")
    write_json(record, run / "diagnosis.json")
    Embeddings.load(full_run / "diagnosis" / "sample.safetensors").save(run / "sample.safetensors")
    page = write_page(run).read_text(encoding="utf-8")
    for found in record["findings"]:
        assert found["reason"].replace("<", "&lt;") in page
    for _, rows in metric_groups(record):
        for row in rows:
            assert row.title in page
            assert row.value in page
    assert page.count("data:image/png") == 6  # three pictures, light and dark
    assert "a &amp; b.npy" in page
    assert "could not be drawn" not in page
    assert 'class="finding' in page
    assert not any(f"<{name}" in page for name in ("script", "iframe"))


def test_a_folder_without_a_diagnosis_is_named(tmp_path):
    with pytest.raises(RecordError, match=r"holds no diagnosis.json; make one with gaplab"):
        write_page(tmp_path)


def test_every_metric_is_in_a_group(record):
    shown = sum(len(rows) for _, rows in metric_groups(record))
    assert shown == len(record["estimates"])


def test_three_views_name_their_pairs():
    found = {"value": 0.5, "low": 0.4, "high": 0.6, "method": "50 subsamples of 9"}
    record = {
        "names": ["image", "text", "audio"],
        "estimates": dict.fromkeys(("l2i", "l2i_12", "r1_xy_01", "vmf_kappa_2"), found),
        "whole": {"r1_xy_01": 0.25},
    }
    rows = {row.title: row for _, group in metric_groups(record) for row in group}
    assert list(rows) == [
        "distance of true pairs, mean", "distance of true pairs, text, audio",
        "R@1 first → second, image, text", "vMF κ, audio",
    ]  # fmt: skip
    row = rows["R@1 first → second, image, text"]
    assert row[1:] == ("0.500 [0.400, 0.600]", "50 × 9", "0.250")


def test_angles_are_shown_in_degrees_and_rounding_as_zero():
    found = {"value": np.pi / 2, "low": 0.0, "high": np.pi}
    assert estimate("gap_angle_01", found) == "90 [0, 180]"
    tiny = {"value": 1e-17, "low": -1e-18, "high": 1e-16}
    assert estimate("smallest_principal_angle", tiny) == "0.000 [0.000, 0.000]"
    assert estimate("gap_angle", {"value": None, "low": None, "high": None}) == "–"
    assert title("r10_yx") == "R@10 second → first"
