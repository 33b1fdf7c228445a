"""A user's own file of claims, and the ways in which it can be wrong."""

import pytest

from theory.claims import load_claims, names, verify
from theory.errors import InputError

ROOT_MEAN = """
import numpy as np
from theory.claims import Claim, Domain, register

@register
class RootMean(Claim):
    id = "user.root-mean"
    statement = r"\\sqrt{1+t^2} \\ge (1+t)/\\sqrt{2}"
    domain = Domain(t=(0.0, 10.0))

    def margin(self, t):                      # arrays in, array out; >= 0 wherever the claim holds
        return np.sqrt(1 + t**2) - (1 + t) / np.sqrt(2)
"""

FALSE = """
@register
class False_(RootMean):
    id = "user.false"
    expected = "supported"

    def margin(self, t):
        return super().margin(t) - 1e-3
"""

NAN = """
@register
class Nan(RootMean):
    id = "user.nan"

    def margin(self, t):
        return np.log(t - 1)
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        file = tmp_path / "mine.py"
        file.write_text(text)
        return file

    return write


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_users_file_is_examined_like_the_house_claims(write, jobs):
    claims = load_claims(write(ROOT_MEAN + FALSE + NAN))
    ledger = verify(claims=claims, jobs=jobs)
    assert [(v.id, v.status) for v in ledger] == [
        ("user.root-mean", "supported"),
        ("user.false", "refuted"),
        ("user.nan", "error"),
    ]
    assert ledger.exit_code == 1
    assert "t=" in ledger["user.nan"].message


def test_loading_leaves_the_ledger_of_the_house_alone(write):
    before = names()
    load_claims(write(ROOT_MEAN))
    assert names() == before
    assert [v.id for v in verify(["G.3"], claims=load_claims(write(ROOT_MEAN)))] == ["G.3"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def broken(:\n", ["syntax error", "line 1"]),
        ("import numpy as np\n", ["no claim"]),
        ("raise OSError('disk')\n", ["OSError", "disk"]),
        (ROOT_MEAN + ROOT_MEAN, ["user.root-mean", "already registered"]),
        (ROOT_MEAN.replace("user.root-mean", "Y.T2"), ["Y.T2", "already registered"]),
        (ROOT_MEAN.replace("(0.0, 10.0)", "'0..10'"), ["domain of t"]),
        (ROOT_MEAN.replace('id = "user.root-mean"', ""), ["RootMean", "no id"]),
        (ROOT_MEAN.replace("    domain", "    range"), ["no domain"]),
        (ROOT_MEAN + "    controls = Claim", ["user.root-mean", "controls", "tuple"]),
        (
            ROOT_MEAN.replace("def margin", "def value"),
            ["user.root-mean", "no margin", "(self, t)"],
        ),
        ("import sys\nsys.exit(3)", ["SystemExit", "line 2"]),
        (ROOT_MEAN.replace("    statement", "    remark"), ["user.root-mean", "no statement"]),
        (ROOT_MEAN + FALSE.replace('"supported"', '"true"'), ["user.false", "'true'", "refuted"]),
    ],
)
def test_a_bad_file_gets_one_sentence_that_names_it(write, text, words):
    file = write(text)
    before = names()
    with pytest.raises(InputError) as error:
        load_claims(file)
    message = str(error.value)
    assert str(file) in message
    assert "line " in message or "registers no claim" in message
    assert "\n" not in message
    assert all(word in message for word in words), message
    assert names() == before


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"absent\.py does not exist"):
        load_claims(tmp_path / "absent.py")


def test_an_empty_domain_errs_alone(write):
    claims = load_claims(
        write(
            ROOT_MEAN
            + FALSE.replace('id = "user.false"', 'id = "user.e"; domain = Domain(t=(2.0, 1.0))')
        )
    )
    sound, empty = verify(claims=claims)
    assert (sound.status, empty.status) == ("supported", "error")
    assert "mine.py: claim 'user.e': the domain of t is empty" in empty.message


@pytest.mark.parametrize(
    ("margin", "words"),
    [
        ("np.log(t - 1)", ["is nan at t="]),
        ("np.ones(3)", ["returned shape (3,)", "t="]),
        ("1.0", ["returned shape ()", "t="]),
        ("1 / 0", ["raised ZeroDivisionError", "t="]),
        ("undefined(t)", ["NameError", "undefined"]),
        ("t + 1j", ["TypeError", "complex"]),
    ],
)
def test_a_bad_margin_names_file_claim_and_parameters_and_errs_alone(write, margin, words):
    bad = FALSE.replace("super().margin(t) - 1e-3", margin)
    sound, broken = verify(claims=load_claims(write(ROOT_MEAN + bad)))
    assert (sound.status, broken.status) == ("supported", "error")
    assert broken.message.count("user.false") == 1
    assert all(word in broken.message for word in ("mine.py", *words)), broken.message


def test_an_unknown_id_is_told_those_of_the_file_too(write):
    with pytest.raises(InputError, match=r"user\.root.*Claims given: user\.root-mean"):
        verify(["user.root"], claims=load_claims(write(ROOT_MEAN)))
