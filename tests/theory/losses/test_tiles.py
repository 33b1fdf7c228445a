"""Tiles and the choice of engine."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InputError
from theory.losses.tiles import (
    Scratch,
    blocks,
    check_engine,
    choose_engine,
    run_groups,
)


@given(count=st.integers(1, 50), size=st.integers(1, 60))
def test_blocks_cover_every_index_once(count, size):
    covered = [i for block in blocks(count, size) for i in range(block.start, block.stop)]
    assert covered == list(range(count))
    assert all(0 < block.stop - block.start <= size for block in blocks(count, size))


@given(runs=st.integers(1, 200), rows=st.integers(1, 2000))
def test_run_groups_cover_every_run_and_bound_the_memory(runs, rows):
    groups = run_groups(runs, rows, torch.device("cpu"))
    assert groups[0].start == 0
    assert groups[-1].stop == runs
    for group in groups:
        members = group.stop - group.start
        assert members == 1 or 2 * members * rows**2 <= 512**2


def test_engine():
    small, large = torch.zeros(4, 2), torch.zeros(4096, 2)
    assert choose_engine("auto", small) == "dense"
    assert choose_engine("auto", large) == "streaming"
    assert choose_engine("auto", large.to("meta")) == "dense"
    assert choose_engine("streaming", small) == "streaming"
    with pytest.raises(InputError, match="engine is 'gpu'"):
        check_engine("gpu")


def test_scratch_grows_and_keeps_types_apart():
    scratch = Scratch()
    like = torch.zeros(1, dtype=torch.float64)
    small = scratch.take("a", (2, 2), like)
    assert scratch.take("a", (4,), like).data_ptr() == small.data_ptr()
    assert scratch.take("b", (4,), like).data_ptr() != small.data_ptr()
    assert scratch.take("a", (4,), like.float()).dtype is torch.float32
    assert scratch.take("a", (3, 3), like).shape == (3, 3)
