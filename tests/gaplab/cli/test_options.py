import pytest

from gaplab.cli.options import parse_settings, parse_sweep, seed_list
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


def test_several_values_are_a_tuple_and_commas_inside_are_none():
    found = parse_sweep(["a=.1,2,x", "b=[1, 2],[3]", 'c="u,v"', 'd={"e": 1, "f": 2}', "g=-.5"])
    assert found == {
        "a": (0.1, 2, "x"),
        "b": ([1, 2], [3]),
        "c": "u,v",
        "d": {"e": 1, "f": 2},
        "g": -0.5,
    }


@pytest.mark.parametrize("setting", ["a=1,,2", "a=,1", "a=1,"])
def test_an_empty_value_of_several(setting):
    with pytest.raises(InputError, match="has an empty value; leave out a comma"):
        parse_sweep([setting])
