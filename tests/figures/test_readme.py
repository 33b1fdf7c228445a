import shutil

import pytest

from figures.readme import _SECTIONS, benchmark_tables, results, update
from gaplab.records import RecordError, read_json, write_json
from realdata import tables

BEGIN, END = "<!-- results: begin -->", "<!-- results: end -->"


@pytest.fixture
def run(full_run, tmp_path):
    """A reproduction of its own, complete enough for the README."""
    folder = tmp_path / "run"
    shutil.copytree(full_run, folder, ignore=shutil.ignore_patterns("figures"))
    manifest = read_json(folder / "manifest.json")
    manifest["versions"]["torch"] = "2.9.9"
    write_json(manifest, folder / "manifest.json")
    return folder


def test_tells_what_was_run_and_what_came_out(run):
    text = results(run)
    assert "`gaplab reproduce --seed 0` (2026-01-21; gaplab 0.1.0, torch 2.9.9, 2 cores)" in text
    assert "92 s in all" in text or "93 s in all" in text  # 12.5 + 80.25
    for heading in ("centroid gap", "V-measure", "paired", "chance", "ledger of claims"):
        assert heading in text
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert all(line.endswith("|") for line in table)
    evaluation = read_json(run / "training" / "infonce" / "evaluation.json")
    gaps = [seed["centroid_gap"] for seed in evaluation["seeds"]]
    assert f"{sum(gaps) / len(gaps):.3f}" in text


def test_the_folder_of_a_run_is_not_told(run):
    manifest = read_json(run / "manifest.json")
    for where in ("--out /home/me/run", "-o /home/me/run", "--out=/home/me/run"):
        changed = {**manifest, "command": f"gaplab reproduce {where} --seed 0"}
        write_json(changed, run / "manifest.json")
        assert results(run).startswith("From `gaplab reproduce --seed 0` (")


def test_replaces_only_what_is_between_the_markers(run, tmp_path):
    readme, gallery = tmp_path / "README.md", tmp_path / "docs" / "gallery"
    readme.write_text(
        f"before\n{BEGIN}\nold numbers\n{END}\nafter ![gap](docs/gallery/training.png)\n"
    )
    update([run], readme, gallery)
    once = readme.read_text()
    assert once.startswith("before\n")
    assert once.endswith("after ![gap](docs/gallery/training.png)\n")
    assert "old numbers" not in once
    assert [path.name for path in gallery.iterdir()] == ["training.png"]
    update([run], readme, gallery)
    assert readme.read_text() == once


@pytest.mark.parametrize(
    ("methods", "command"),
    [
        (None, "gaplab train --table digits"),
        (["clip", "cua"], "gaplab train --table digits --method clip --method cua"),
    ],
)
def test_a_table_that_grew_is_told_by_one_command(run, tmp_path, methods, command):
    grown = tmp_path / "grown"
    shutil.copytree(run / "tables" / "av_mnist", grown)
    made = read_json(grown / "manifest.json")
    methods = methods or [method.name for method in tables.create("digits").methods]
    config = {"table": "digits", "methods": methods}
    write_json({**made, "config": config, "extended": ["gaplab train"]}, grown / "manifest.json")
    assert f"(`{command}`)" in benchmark_tables(grown)


def test_tables_are_told_in_the_readme_and_stand_whole_beside_it(run, tmp_path):
    readme = tmp_path / "README.md"
    pictures = "![a](docs/gallery/ordering.png) ![b](docs/gallery/training.png)"
    readme.write_text(f"<!-- tables: begin -->\nstale\n<!-- tables: end -->\n{pictures}\n")
    update([run / "tables" / "av_mnist"], readme, tmp_path / "docs" / "gallery")
    assert [path.name for path in (tmp_path / "docs" / "gallery").iterdir()] == ["ordering.png"]
    text = readme.read_text()
    assert "**AV-MNIST, 2 modalities** (`gaplab table --seed 0`)" in text
    assert "- gap-closing, beside CLIP: gap smaller: holds" in text
    assert "stale" not in text
    whole = (tmp_path / "docs" / "tables.md").read_text()
    assert whole.startswith("# Benchmark tables\n")
    assert "## AV-MNIST, 2 modalities\n\n`gaplab table --seed 0`, 2026-01-21, 16 runs" in whole
    assert "1.3 processor hours.\n" in whole
    assert whole.endswith("All rows.\n")


def test_a_table_without_trained_methods_is_no_result(run, tmp_path):
    folder = run / "tables" / "pretrained"
    write_json({"kind": "table", "config": {"table": "pretrained"}}, folder / "manifest.json")
    with pytest.raises(RecordError, match="no methods that were trained"):
        update([folder], tmp_path / "README.md", tmp_path / "docs" / "gallery")


def test_refuses_another_run_or_a_readme_without_markers(run, tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("no markers")
    with pytest.raises(RecordError, match="needs the lines"):
        update([run], readme, tmp_path / "gallery")
    assert readme.read_text() == "no markers"
    manifest = read_json(run / "manifest.json")
    write_json({**manifest, "kind": "train"}, run / "manifest.json")
    with pytest.raises(RecordError, match="a run of train; name one of reproduce, bench, table"):
        update([run], readme, tmp_path / "gallery")


def test_one_suite_may_be_measured_again_but_one_reproduction_is_enough(run, tmp_path, monkeypatch):
    readme, gallery = tmp_path / "README.md", tmp_path / "docs" / "gallery"
    readme.write_text("<!-- performance: begin --><!-- performance: end -->")
    benches = [tmp_path / name for name in ("first", "second")]
    for folder in benches:
        write_json({**read_json(run / "manifest.json"), "kind": "bench"}, folder / "manifest.json")
    monkeypatch.setitem(
        _SECTIONS, "bench", ("performance", lambda *runs: " ".join(r.name for r in runs))
    )
    update(benches, readme, gallery)
    assert "first second" in readme.read_text()
    with pytest.raises(RecordError, match="is a second reproduction; name one"):
        update([run, *benches, run], readme, gallery)
