import subprocess
import sys

import pytest
from typer.testing import CliRunner

from gaplab import __version__
from gaplab.cli import app

COMMANDS = ["reproduce", "verify", "simulate", "train", "repair", "compare", "figures", "bench"]


@pytest.fixture
def run():
    runner = CliRunner(env={"COLUMNS": "160", "NO_COLOR": "1"})
    return lambda *arguments: runner.invoke(app, [str(a) for a in arguments])


def test_lists_every_command(run):
    result = run("--help")
    assert result.exit_code == 0
    for command in COMMANDS:
        assert command in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(run, command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_version(run):
    assert run("--version").output.strip() == f"gaplab {__version__}"


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["verify", "--profile", "huge"], ["repair"], ["train", "--seed", "-1"]],
)
def test_bad_usage_exits_with_2(run, arguments):
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["verify", "--claim", "Y.T9"], "Y.T9"),
        (["verify", "--claims", "absent.py"], "absent.py"),
        (["simulate", "fre"], "Did you mean 'free'?"),
        (["simulate", "free", "--set", "h"], "not KEY=VALUE"),
        (["simulate", "cone", "--set", "kapa=3"], "no setting 'kapa'"),
        (["simulate", "matched"], "--from RUN"),
        (["simulate", "free", "--from", "x"], "belongs to matched"),
        (["train", "--dataset", "imagenet"], "imagenet"),
        (["train", "--loss", "infonec"], "infonec"),
        (["train", "--resume", "absent"], "not a run folder"),
        (["train", "--resume", "absent", "--epochs", "3"], "leave out epochs"),
        (["compare", "one.nc"], "at least two"),
        (["compare", "one.nc", "two.nc"], "not a file"),
        (["figures", "--run", "absent"], "not a run folder"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(run, arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["train", "reproduce"])
def test_real_training_says_what_to_install(run, command, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "open_clip", None)
    result = run(command, "--out", tmp_path / "run")
    assert result.exit_code == 2
    assert 'pip install "gaplab[real]"' in result.stderr
    assert not (tmp_path / "run").exists()


def test_starts_without_the_heavy_imports():
    heavy = "torch", "sklearn", "matplotlib", "sympy", "hypothesis"
    code = f"import sys, gaplab.cli; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
