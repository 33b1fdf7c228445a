import pytest

from theory.errors import InputError
from theory.registry import Registry


@pytest.fixture
def shapes() -> Registry:
    registry = Registry("shape")

    @registry.register("square")
    def square(side: float = 1.0) -> float:
        return side**2

    @registry.register("any")
    def anything(**options: float) -> dict[str, float]:
        return options

    return registry


def test_create_calls_the_factory_with_its_options(shapes):
    assert shapes.create("square", side=3.0) == 9.0
    assert shapes.create("any", a=1) == {"a": 1}
    assert shapes.names() == list(shapes) == ["any", "square"]
    assert len(shapes) == 2
    assert "square" in shapes


def test_an_unknown_name_lists_what_exists_and_guesses(shapes):
    with pytest.raises(
        InputError, match=r"unknown shape 'sqare'; registered: any, square.*'square'"
    ):
        shapes.create("sqare")


def test_an_unknown_option_lists_the_options(shapes):
    with pytest.raises(InputError, match=r"no option 'edge'; its options: side"):
        shapes.create("square", edge=2)


def test_a_name_is_taken_once(shapes):
    with pytest.raises(InputError, match="already registered"):
        shapes.register("square")(lambda: None)
