"""Every source key cited in a docstring or a claim is in the bibliography."""

import re
from pathlib import Path

import pytest

import theory
from theory.bibliography import REFERENCES, cite
from theory.errors import InputError

ROOT = Path(theory.__file__).parents[1]
PACKAGES = ("theory", "sim", "realdata", "figures", "gaplab")
KEY = re.compile(r"\[([A-Z][A-Za-z]+(?:19|20)\d\d[a-z]?)\]")


@pytest.mark.parametrize("package", PACKAGES)
def test_cited_keys_exist(package):
    files = sorted((ROOT / package).rglob("*.py"))
    assert files
    cited = {(key, f.name) for f in files for key in KEY.findall(f.read_text(encoding="utf-8"))}
    assert [(key, name) for key, name in sorted(cited) if key not in REFERENCES] == []


@pytest.mark.parametrize("key", REFERENCES)
def test_a_reference_names_its_year_and_has_no_loose_ends(key):
    reference = cite(key)
    year = re.search(r"\d{4}$", key)
    assert year is None or re.search(r"(19|20)\d\d", reference)
    assert reference == reference.strip(" .,")


def test_an_unknown_key_says_where_to_add_it():
    with pytest.raises(InputError, match=r"Nobody1900.*bibliography\.py"):
        cite("Nobody1900")
