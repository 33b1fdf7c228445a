"""Which views are compared."""

import pytest

from theory.errors import InputError
from theory.losses.pairs import Pairing


def test_pairs_of_views():
    assert Pairing("anchor", 1).indices(3) == [(1, 0), (1, 2)]
    assert Pairing("anchor", -1).indices(3) == [(2, 0), (2, 1)]
    assert len(Pairing("all").indices(5)) == 10
    assert Pairing().of(["x", "y"]) == Pairing("all").of(["x", "y"]) == [("x", "y")]


@pytest.mark.parametrize("anchor", [2, -3])
def test_an_anchor_that_is_no_view(anchor):
    with pytest.raises(InputError, match=f"anchor is {anchor}; with 2 views give 0 to 1"):
        Pairing(anchor=anchor).indices(2)
