import pytest

from gaplab.cli.options import parse_settings, seed_list
from theory.errors import InputError


def test_values_are_json_where_they_can_be():
    found = parse_settings(
        ["a=1", "b=1.5", "c=[1, 2]", "d=true", "e=text", 'f={"g": null}', "h=x=y"]
    )
    assert found == {
        "a": 1,
        "b": 1.5,
        "c": [1, 2],
        "d": True,
        "e": "text",
        "f": {"g": None},
        "h": "x=y",
    }
    assert parse_settings(None) == {}


@pytest.mark.parametrize(
    ("settings", "message"),
    [(["h"], "not KEY=VALUE"), (["=1"], "not KEY=VALUE"), (["h=1", "h=2"], "given twice")],
)
def test_bad_settings(settings, message):
    with pytest.raises(InputError, match=message):
        parse_settings(settings)


def test_seeds_count_from_the_first():
    assert seed_list(5, 3) == [5, 6, 7]
