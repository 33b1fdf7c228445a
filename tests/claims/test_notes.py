"""The notes name claims and sources that exist, and leave no result of their own unnamed."""

import re
from pathlib import Path

import theory
from theory.bibliography import REFERENCES
from theory.claims import names
from theory.claims.base import get

NOTES = (Path(theory.__file__).parent / "NOTES.md").read_text(encoding="utf-8")
#: An id in backticks: letters, a point, and whatever follows, such as `N.T3′|angle`.
NAMED = set(re.findall(r"`([A-Z]{1,2}\.[A-Z]?\d+′?(?:\|[^`]+)?)`", NOTES))


def test_every_claim_that_the_notes_name_exists():
    assert {"N.1|centre", "N.T3′|direction", "E.2"} <= NAMED
    groups = {name.split("|")[0] for name in names()}
    assert sorted(NAMED - set(names()) - groups) == []


def test_every_new_result_is_written_up():
    new = {name for name in names() if get(name).source[0] == "gaplab"}
    assert sorted(new - NAMED) == []


def test_every_source_that_the_notes_cite_is_in_the_bibliography():
    cited = set(re.findall(r"\[([A-Z][A-Za-z]+\d{4})\]", NOTES))
    assert sorted(cited - set(REFERENCES)) == []
