import pytest
from typer.testing import CliRunner

from gaplab.cli import app
from gaplab.records import RunFolder, read_json, write_json

HEADS = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}


@pytest.fixture
def run(tmp_path):
    with RunFolder.create(tmp_path / "run", "verify", {}) as folder:
        ledger = {"profile": "quick", "seed": 0, "verdicts": [], "timings": {}}
        write_json(ledger, folder.file("ledger.json"))
    return folder.path


def draw(*arguments):
    return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1"}).invoke(app, ["figures", *arguments])


@pytest.mark.parametrize("style", ["screen", "paper", "dark"])
def test_every_format_in_every_style(style, run):
    done = draw("phase", "--run", str(run), "--format", "png, svg,pdf,png", "--style", style)
    assert done.exit_code == 0, done.output
    stem = "phase" if style == "screen" else f"phase-{style}"
    for kind, head in HEADS.items():
        path = run / "figures" / f"{stem}.{kind}"
        assert path.read_bytes().startswith(head)
        assert done.output.count(str(path)) == 1
    assert set(read_json(run / "figures" / "captions.json")) == {"phase"}


def test_all_that_the_run_has_without_a_name(run):
    done = draw("--run", str(run))
    assert done.exit_code == 0, done.output
    found = {path.stem for path in (run / "figures").glob("*.png")}
    assert found == {"ledger", "optima", "phase", "stability"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fase"], "unknown figure 'fase'"),
        (["phase", "--style", "loud"], "style is 'loud'; choose one of"),
        (["phase", "--format", "gif"], "format is 'gif'; choose among"),
        (["phase", "--format", ""], "format is ''; choose among"),
        (["training"], "figure training needs training/"),
    ],
)
def test_bad_input_is_one_sentence_and_draws_nothing(arguments, message, run):
    done = draw(*arguments, "--run", str(run))
    assert done.exit_code == 2
    assert message in " ".join(done.output.split())
    assert not (run / "figures").exists()


def test_a_run_without_records_and_a_folder_that_is_no_run(tmp_path):
    with RunFolder.create(tmp_path / "empty", "train", {}):
        pass
    done = draw("--run", str(tmp_path / "empty"))
    assert done.exit_code == 2
    assert "holds no records" in " ".join(done.output.split())
    done = draw("--run", str(tmp_path))
    assert done.exit_code == 2
    assert "is not a run folder" in " ".join(done.output.split())
