"""The pages of docs/ are true: their examples run, their commands and links exist."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from gaplab.cli import app

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
RESULTS = {"tables"}  # written from runs, by python -m figures.readme
EXAMPLES = [page for page in PAGES if page.stem not in {"README", *RESULTS}]
FAMILIES = {"claim", "loss", "constraint", "dataset", "repair", "figure"}
COMMANDS = set(typer.main.get_command(app).commands)


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text("utf-8"), re.DOTALL | re.M)


def test_every_family_has_its_page_and_the_index_names_it():
    names = {page.stem for page in PAGES}
    assert names >= FAMILIES
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    assert {Path(link).stem for link in re.findall(r"\]\((\w+\.md)\)", index)} == names - {"README"}


RUNNER = """
import json, runpy, sys, traceback
failed = {}
for name in sys.argv[1:]:
    try:
        runpy.run_path(name, run_name="__main__")
    except BaseException:
        failed[name] = traceback.format_exc()
json.dump(failed, open("failed.json", "w"))
"""


@pytest.fixture(scope="session")
def failures(tmp_path_factory):
    """What became of every page's example, by page; one process, for what they register."""
    folder = tmp_path_factory.mktemp("docs")
    for page in EXAMPLES:
        (code,) = blocks(page, "python")
        (folder / f"{page.stem}.py").write_text(code, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-W", "error", "-c", RUNNER, *(f"{page.stem}.py" for page in EXAMPLES)],
        cwd=folder,
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        check=True,
    )
    return json.loads((folder / "failed.json").read_text())


@pytest.mark.parametrize("page", EXAMPLES, ids=lambda page: page.stem)
def test_the_example_of_a_page_runs(page, failures):
    assert f"{page.stem}.py" not in failures, failures[f"{page.stem}.py"]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_commands_and_links_of_a_page_exist(page):
    text = page.read_text("utf-8")
    named = re.findall(r"^gaplab ([a-z]+)", "\n".join(blocks(page, "sh")), re.M)
    named += re.findall(r"`gaplab ([a-z]+)", text)
    assert set(named) <= COMMANDS
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (page.parent / link).exists(), link
    for path in re.findall(r"`((?:theory|sim|realdata|figures|tests|gaplab)/[\w./]*)`", text):
        assert (ROOT / path).exists(), path
