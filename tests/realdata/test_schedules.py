"""Batches, learning rate and recorded steps."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realdata.schedules import batches, learning_rate, recorded_steps, steps_per_epoch


@given(n=st.integers(2, 300), size=st.integers(2, 128), epoch=st.integers(0, 3))
def test_an_epoch_sees_every_pair_once_and_no_batch_of_one(n: int, size: int, epoch: int) -> None:
    parts = batches(n, size, seed=0, epoch=epoch)
    assert len(parts) == steps_per_epoch(n, size)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(n))
    sizes = [len(part) for part in parts]
    assert max(sizes) <= size
    assert max(sizes) - min(sizes) <= 1
    # Only an odd n in batches of two leaves one pair alone.
    assert min(sizes) >= (1 if size == 2 else 2)


def test_batches_change_with_seed_and_epoch() -> None:
    first = batches(50, 10, seed=0, epoch=0)[0]
    assert (first == batches(50, 10, seed=0, epoch=0)[0]).all()
    assert (first != batches(50, 10, seed=0, epoch=1)[0]).any()
    assert (first != batches(50, 10, seed=1, epoch=0)[0]).any()


@pytest.mark.parametrize("warmup", [0.0, 0.1, 1.0])
def test_the_learning_rate_is_that_of_open_clip(warmup: float) -> None:
    scheduler = pytest.importorskip(
        "open_clip_train.scheduler", reason="the extra 'real' is not installed"
    )

    class Optimiser:
        param_groups: list[dict[str, float]] = [{}]  # noqa: RUF012

    steps = 40
    theirs = scheduler.cosine_lr(Optimiser(), 0.3, round(warmup * steps), steps)
    for step in range(steps):
        ours = learning_rate(step, steps, 0.3, warmup)
        assert math.isclose(ours, theirs(step), rel_tol=1e-14)


@given(steps=st.integers(1, 5000), records=st.integers(2, 60))
def test_recorded_steps_have_both_ends_and_are_few(steps: int, records: int) -> None:
    found = recorded_steps(steps, records)
    assert found[0] == 0
    assert found[-1] == steps
    assert found == sorted(set(found))
    assert len(found) <= records


def test_recorded_steps_are_dense_at_the_start() -> None:
    found = np.array(recorded_steps(1000, 40))
    assert (found <= 10).sum() >= 6
    assert np.diff(found).max() <= 1000 / 19
