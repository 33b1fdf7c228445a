from itertools import combinations

import numpy as np
import pytest
import torch

from theory.errors import InputError
from theory.losses import create
from theory.metrics import false_negative_floor


def brute_force(groups, batch):
    """Mean over all batches and their members of log (members of the same group)."""
    costs = [
        np.mean([np.log(sum(groups[j] == groups[i] for j in rows)) for i in rows])
        for rows in combinations(range(len(groups)), batch)
    ]
    return np.mean(costs)


@pytest.mark.parametrize("groups", ["aab", "aabbcd", "aaaabbc", "aaaa", "abcd"])
def test_expectation_is_the_mean_over_all_batches(groups):
    groups = list(groups)
    for batch in range(1, len(groups) + 1):
        assert false_negative_floor(groups, batch) == pytest.approx(
            brute_force(groups, batch), abs=1e-13
        )


def test_full_set_is_the_default():
    groups = [0, 0, 0, 1, 1, 2]
    assert false_negative_floor(groups) == pytest.approx((3 * np.log(3) + 2 * np.log(2)) / 6)
    assert false_negative_floor(groups) == pytest.approx(false_negative_floor(groups, 6))


def test_minimising_the_loss_reaches_the_floor_and_no_lower():
    # Four items, two captions; images and captions free on the sphere, β = 30.
    groups = np.array([0, 0, 1, 1])
    floor = false_negative_floor(groups)
    loss = create("infonce")
    generator = torch.Generator().manual_seed(0)
    best = []
    for _ in range(2):
        x = torch.randn(4, 3, dtype=torch.float64, generator=generator).requires_grad_()
        texts = torch.randn(2, 3, dtype=torch.float64, generator=generator).requires_grad_()
        optimizer = torch.optim.Adam([x, texts], lr=0.2)
        for _ in range(150):
            optimizer.zero_grad()
            y = torch.nn.functional.normalize(texts, dim=1)[torch.as_tensor(groups)]
            value = loss(torch.nn.functional.normalize(x, dim=1), y, logit_scale=30.0)["loss"]
            value.backward()
            optimizer.step()
            assert value.item() >= floor - 1e-12
        best.append(value.item())
    assert min(best) == pytest.approx(floor, abs=1e-6)


def test_large_sets_stay_cheap_and_exact():
    # 10⁵ items of 10 captions in batches of 256: nearly binomial, log(1 + 25.5) less a little.
    groups = np.arange(100_000) % 10
    floor = false_negative_floor(groups, 256)
    k = np.random.default_rng(0).hypergeometric(9_999, 90_000, 255, 200_000)
    sample = np.log1p(k)
    assert floor == pytest.approx(sample.mean(), abs=4 * sample.std() / np.sqrt(200_000))


@pytest.mark.parametrize(
    ("groups", "batch", "message"),
    [([], None, "empty"), ([0, 1], 3, "batch_size=3"), ([0, 1], 0, "batch_size is 0")],
)
def test_bad_arguments_are_named(groups, batch, message):
    with pytest.raises(InputError, match=message):
        false_negative_floor(groups, batch)
