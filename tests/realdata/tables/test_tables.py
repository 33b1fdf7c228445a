"""Tables are trained into one folder, go on where they stopped, and know their settings."""

from pathlib import Path
from typing import Any

import pytest

from gaplab.records import RecordError, RunFolder, read_json
from realdata import TrainConfig, tables
from realdata.towers import model_config
from theory.errors import InputError

SEEDS = [0, 1]


@pytest.fixture
def settings(tiny_model: str) -> dict[str, Any]:
    return {"model": tiny_model, "epochs": 1, "batch_size": 512, "records": 2}


def small() -> tables.Table:
    return tables.create("digits").chosen(["gap_closing"])


def new(folder: Path) -> RunFolder:
    return RunFolder.create(folder, "table", {})


@pytest.mark.parametrize("name", tables.names())
def test_every_table_is_made_of_settings_that_exist(name: str) -> None:
    table = tables.create(name)
    assert table.name == name
    assert table.methods[0].name == tables.BASELINE
    found = tables.configs(table, SEEDS, {})
    assert len(found) == len(table.methods) >= 4
    for config in found.values():
        assert isinstance(config, TrainConfig)
        assert config.dataset == found["clip"].dataset
        assert model_config(config.model)["embed_dim"] > 0
    assert table.n_seeds >= 5


def test_a_table_is_trained_collected_and_written(settings: dict[str, Any], tmp_path: Path) -> None:
    run = new(tmp_path / "table")
    found = tables.train_table(small(), run, SEEDS, settings)
    assert read_json(run.path / "table.json")["n_test"] == found["n_test"] == 359
    titles = [row["title"] for row in found["rows"]]
    assert titles[:2] == ["CLIP (learned τ)", "gap-closing, the paper's form"]
    assert "CLIP (learned τ) + rotation" in titles
    for row in found["rows"][:2]:
        assert row["n_seeds"] == 2
        assert set(row["metrics"]) == {column["metric"] for column in found["columns"]}
    text = (run.path / "table.md").read_text()
    assert text.count("\n|") == len(found["rows"]) + 2
    assert "nan" not in text
    [finding] = found["findings"]
    assert finding["text"] in text
    start = "gap-closing, the paper's form, beside CLIP (learned τ): gap smaller: "
    assert finding["text"].startswith(start)
    assert finding["answer"] in ("yes", "no", "undecided")

    before = {p: p.stat().st_mtime_ns for p in run.path.glob("*/checkpoints/*")}
    again = tables.train_table(small(), RunFolder.open(run.path), SEEDS, settings)
    assert again == found
    assert {p: p.stat().st_mtime_ns for p in run.path.glob("*/checkpoints/*")} == before
    with pytest.raises(RecordError, match="was trained with another epochs"):
        tables.train_table(small(), run, SEEDS, {**settings, "epochs": 2})


def test_rivals_have_few_seeds_unless_their_number_is_chosen() -> None:
    table = tables.create("captions")
    few = tables.configs(table, range(5), {})
    assert {len(few[m].seeds) for m in ("clip", "clip_fixed", "gap_closing")} == {5}
    assert few["sigmoid"].seeds == (0,)
    every = tables.configs(table.chosen(["sigmoid"], every_seed=True), range(3), {})
    assert every["sigmoid"].seeds == every["clip"].seeds == (0, 1, 2)


def test_captions_are_mscocos_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAPLAB_DATA", str(tmp_path))
    emoji = tables.create("captions")
    assert (emoji.settings["dataset"], "emoji" in emoji.title) == ("emoji", True)
    (tmp_path / "coco" / "annotations").mkdir(parents=True)
    coco = tables.create("captions")
    assert (coco.settings["dataset"], "MSCOCO" in coco.title) == ("coco", True)
    assert tables.configs(coco, [0], {})["clip"].dataset_options["n_test"] == 2000


def test_a_table_that_cannot_be_trained_says_why(tmp_path: Path) -> None:
    run = new(tmp_path / "table")
    tables.not_run(small(), run, "there is no data set here.")
    assert read_json(run.path / "table.json")["not_run"] == "there is no data set here."
    assert "*Not run*: there is no data set here." in (run.path / "table.md").read_text()


def test_a_table_keeps_its_first_row_and_names_its_methods() -> None:
    assert [m.name for m in small().methods] == ["clip", "gap_closing"]
    with pytest.raises(InputError, match="no method 'gap'; choose from clip, clip_fixed"):
        tables.create("digits").chosen(["gap"])
    with pytest.raises(InputError, match="Did you mean 'digits'"):
        tables.create("digit")


def test_published_numbers_stand_beside_ours(tmp_path: Path) -> None:
    found = {
        "title": "t",
        "model": "m",
        "n_test": 3,
        "chance": {"r1_xy": 0.1},
        "floor": 0.0,
        "columns": [{"metric": "r1_xy", "title": "R@1", "better": 1}],
        "rows": [{"method": "clip", "title": "ours", "n_seeds": 1, "metrics": {}}],
        "findings": [],
        "published": tables.published("cifar10"),
        "notes": ["note"],
    }
    text = tables.to_markdown(found)
    assert "| *published: CLIP (learned τ)* | – | *0.820* |" in text
    assert "| ours | 1 | – |" in text
    assert "- note" in text
