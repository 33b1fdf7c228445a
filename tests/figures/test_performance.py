import pytest

from figures.performance import performance
from gaplab.records import RecordError, read_json, write_json

SPREAD = {"median": 0.25, "low": 0.24, "high": 0.27}
ROW = {
    "suite": "infonce",
    "task": "InfoNCE",
    "setting": "N = 8, d = 2",
    "peer": "open_clip",
    "floor": False,
    "ours": {"median": 0.002, "low": 0.0019, "high": 0.0021},
    "theirs": {"median": 0.008, "low": 0.0079, "high": 0.0081},
    "time_ratio": SPREAD,
    "time_bar": 0.3,
    "time_reached": True,
    "ours_mib": 12.3,
    "theirs_mib": 400.0,
    "memory_limit": 30.0,
    "memory_ratio": 0.03,
    "memory_bar": 0.125,
    "memory_reached": True,
    "difference": 1e-7,
    "tolerance": 1e-5,
    "agrees": True,
    "note": "",
}
GROWTH = {
    "suite": "scaling",
    "name": "InfoNCE, d = 2",
    "n": [8, 16],
    "seconds": [0.1, 0.4],
    "exponent": 2.0,
    "bar": 2.05,
    "reached": True,
    "mib": None,
    "memory_limit": None,
    "memory_reached": None,
    "note": "",
}
MACHINE = {"system": "Linux", "architecture": "x86_64", "processor": "Fast 3000", "cores": 2}


@pytest.fixture
def saved(tmp_path):
    """``saved(rows, growth)``: a folder with such results; `changes` replace parts."""

    def save(rows=(), growth=(), name="run", **changes):
        record = {
            "created": "2026-01-02T03:04:05+00:00",
            "config": {"suites": ["infonce"], "size": "full", "repeats": 5, "threads": 1},
            "versions": {"python": "3.11", "torch": "2.9"},
            "machine": MACHINE,
            "rows": list(rows),
            "growth": list(growth),
        }
        write_json(record | changes, tmp_path / name / "bench.json")
        return tmp_path / name

    return save


def test_every_number_comes_from_the_results(saved):
    text = performance(saved([ROW], [GROWTH]))
    assert (
        "| InfoNCE | N = 8, d = 2 | open_clip | 2 ms | 8 ms | 0.25 (0.24 … 0.27) | ≤ 0.3 ✓ "
        "| 12 / 400 MiB | ≤ 30 MiB, ≤ 0.125 × ✓ |"
    ) in text
    assert "| InfoNCE, d = 2 | 8 … 16 | 400 ms | 2.00 | ≤ 2.05 ✓ | – | – |" in text
    assert text.startswith("From `gaplab bench --size full` on 2026-01-02: 1 thread of 2 cores")
    assert "2 cores (Fast 3000, Linux)" in text
    assert "torch 2.9" in text


def test_a_suite_comes_from_the_newest_run_that_has_it(saved):
    old = saved([ROW, {**ROW, "suite": "vmf", "setting": "kept"}], [GROWTH], "old")
    again = {**ROW, "setting": "measured again"}
    new = saved([again], name="new", created="2026-02-03T00:00:00+00:00")
    text = performance(new, old)  # whatever their order
    assert "measured again" in text
    assert "kept" in text
    assert ROW["setting"] not in text
    assert "on 2026-01-02 (vmf, scaling) and 2026-02-03 (infonce)" in text
    assert text.index("measured again") < text.index("kept")  # a suite keeps its place
    assert "InfoNCE, d = 2 | 8 … 16" in text


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("config", {"size": "quick"}),
        ("machine", {"processor": "Slow 1"}),
        ("versions", {"torch": "2.8"}),
    ],
)
def test_runs_made_in_different_ways_do_not_share_a_table(saved, part, change):
    first = saved([ROW], name="first")
    record = read_json(first / "bench.json")
    second = saved([ROW], name="second", **{part: {**record[part], **change}})
    with pytest.raises(RecordError, match=f"differ in {next(iter(change))} "):
        performance(first, second)


def test_a_machine_whose_processor_was_not_recorded(saved):
    bare = {key: value for key, value in MACHINE.items() if key != "processor"}
    first, second = saved([ROW], name="first", machine=bare), saved([ROW], name="second")
    assert "(x86_64, Linux)" in performance(first)
    assert "(Fast 3000, Linux)" in performance(first, second)


def test_a_missed_bar_is_said_with_its_note(saved):
    missed = {**ROW, "time_reached": False, "memory_reached": False, "note": "the draws take 0.4"}
    text = performance(saved([missed]))
    assert text.count("**not reached**") == 2
    assert "- InfoNCE, N = 8, d = 2, open_clip: the draws take 0.4." in text


def test_what_was_not_measured_is_a_dash(saved):
    empty = dict.fromkeys(
        (
            "theirs",
            "time_ratio",
            "time_reached",
            "ours_mib",
            "theirs_mib",
            "memory_limit",
            "memory_bar",
            "memory_reached",
        )
    )
    text = performance(saved([{**ROW, **empty, "note": "not run: open_clip is not installed"}]))
    assert "| open_clip | 2 ms | – | – | ≤ 0.3 | – | – |" in text
    assert "open_clip is not installed." in text


def test_lower_bounds_are_left_to_the_notes(saved):
    text = performance(saved([ROW, {**ROW, "peer": "the reading", "floor": True}]))
    assert "the reading" not in text


def test_every_row_has_the_columns_of_its_head(saved):
    tables = performance(saved([ROW, ROW], [GROWTH])).split("\n\n")[1:]
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1


@pytest.mark.parametrize("content", [None, {}, [], {"rows": [{}], "growth": []}])
def test_other_folders_are_refused(tmp_path, content):
    if content is not None:
        write_json(content, tmp_path / "bench.json")
    with pytest.raises(RecordError, match="gaplab bench"):
        performance(tmp_path)
