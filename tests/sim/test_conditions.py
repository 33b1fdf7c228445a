"""What the loss sees: every condition against its own definition, and gradients by autograd."""

import math

import numpy as np
import pytest
import torch

from sim import SimulationConfig, simulate
from sim.conditions import Conditions, caption_groups
from sim.particles import Particles
from theory import losses
from theory.errors import InputError

ALL = {
    "batch": 4,
    "mismatched": 0.5,
    "pair_noise": 0.3,
    "fresh_noise": True,
    "duplicates": 3,
}


def config_of(**fields):
    return SimulationConfig.of({"h": 3, "n": 9, "seeds": (0, 1), "metrics": ["l2i"], **fields})


def conditions_of(**fields):
    config = config_of(**fields)
    return Conditions(config, config.seeds, torch.float64)


def views(n=9, modalities=2):
    drawn = torch.randn(modalities, 2, n, 3, generator=torch.Generator().manual_seed(3)).double()
    return tuple(drawn / drawn.norm(dim=-1, keepdim=True))


def test_without_conditions_the_views_are_seen_themselves():
    given = views()
    seen, pull = conditions_of().look(given, 0)
    assert seen is given
    assert pull(given) is given


def test_batches_see_every_pair_once_an_epoch():
    conditions = conditions_of(batch=4)
    given = views()
    for epoch in range(2):
        parts = [conditions.look(given, 3 * epoch + k)[0] for k in range(3)]
        assert [p[0].shape[1] for p in parts] == [3, 3, 3]
        for m, view in enumerate(given):
            met = torch.cat([p[m] for p in parts], 1)
            for run in range(2):
                assert {tuple(r) for r in met[run].tolist()} == {
                    tuple(r) for r in view[run].tolist()
                }
    first, other = conditions.look(given, 0)[0], conditions.look(given, 3)[0]
    assert not torch.equal(first[0], other[0])
    assert torch.equal(conditions.look(given, 0)[0][0], first[0])  # of the step alone


def test_batches_of_runs_differ_by_seed_alone():
    pair, alone = conditions_of(batch=4), conditions_of(batch=4, seeds=(1,))
    given = views()
    seen = pair.look(given, 5)[0][0][1]
    assert torch.equal(seen, alone.look(tuple(v[1:] for v in given), 5)[0][0][0])


def test_mismatched_pairs_are_a_share_without_a_true_one():
    given = views(modalities=3)
    conditions = conditions_of(mismatched=0.5, modalities=3)
    seen = conditions.look(given, 0)[0]
    assert torch.equal(seen[0], given[0])
    for m in (1, 2):
        wrong = (seen[m] != given[m]).any(-1).sum(-1)
        assert wrong.tolist() == [4, 4]  # round(.5 · 9), half to even
        assert torch.equal(seen[m].sum(1).round(decimals=12), given[m].sum(1).round(decimals=12))
    assert not torch.equal(seen[1] != given[1], seen[2] != given[2])
    assert all(map(torch.equal, conditions.look(given, 7)[0], seen))


def test_noise_has_its_length_and_is_drawn_once_or_always():
    base = {"n": 4000, "h": 16, "pair_noise": 0.05}
    x = torch.zeros(2, 4000, 16, dtype=torch.float64)
    x[..., 0] = 1
    for fresh in (False, True):
        conditions = conditions_of(**base, fresh_noise=fresh)
        seen, again = (conditions.look((x, x), step)[0] for step in (0, 1))
        assert seen[0] is x
        # tangent part of the noise: √(15/16) of its length; 4000 draws leave 1 %
        angle = torch.acos((seen[1] * x).sum(-1).clamp(max=1)).square().mean().sqrt()
        assert math.isclose(angle, 0.05 * math.sqrt(15 / 16), rel_tol=0.02)
        assert torch.equal(seen[1], again[1]) is not fresh


def test_captions_are_shared_by_successive_pairs():
    conditions = conditions_of(duplicates=4)
    tied = conditions.tie(views())
    assert torch.equal(tied[0], views()[0])
    groups = torch.from_numpy(caption_groups(9, 4))
    assert groups.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2]
    for i in range(9):
        assert torch.equal(tied[1][:, i], views()[1][:, 4 * groups[i]])


@pytest.mark.parametrize("name", [*ALL, "all"])
def test_gradients_go_back_as_autograd_takes_them(name):
    chosen = ALL if name == "all" else {name: ALL[name]}
    conditions = conditions_of(**chosen)
    loss = losses.create("infonce", check=False)
    scale = torch.tensor([2.0, 3.0]).double()
    leaves = [v.clone().requires_grad_() for v in conditions.tie(views())]
    seen, pull = conditions.look(tuple(leaves), 4)
    _, gradients, _ = loss.value_and_gradient(*seen, logit_scale=scale)
    found = pull(gradients)
    dense = losses.create("infonce", engine="dense")
    total = sum(dense(*(s[r] for s in seen), logit_scale=scale[r].item())["loss"] for r in range(2))
    expected = list(torch.autograd.grad(total, leaves))
    if "duplicates" in chosen:  # one particle of mass 3/N: it moves with the mean of its pairs
        mean = expected[1].unflatten(1, (3, 3)).mean(2, keepdim=True)
        expected[1] = mean.expand(-1, -1, 3, -1).flatten(1, 2)
    for gradient, wanted in zip(found, expected, strict=True):
        torch.testing.assert_close(gradient, wanted, rtol=1e-9, atol=1e-12)


def test_an_epoch_of_batches_moves_as_one_step_of_all():
    """To first order in the step, with the negatives that a batch has: one pair's pull is whole.

    ATP has no negatives, so that the whole loss and its batches pull each pair alike.
    """
    base = {"loss": "atp", "n": 12, "h": 3, "start": "uniform", "seeds": (0,)}
    whole = SimulationConfig.of({**base, "step_size": 1e-6})
    parts = SimulationConfig.of({**base, "step_size": 1e-6 / 3, "batch": 4})
    moved = []
    for config, steps in ((whole, 1), (parts, 3)):
        particles, descent = Particles(config, (0,)), config.descent()
        descent.begin(particles)
        before = particles.views[0]
        for step in range(steps):
            descent.advance(particles, step, steps)
        moved.append(particles.views[0] - before)
    torch.testing.assert_close(moved[1], moved[0], rtol=1e-4, atol=1e-12)


def test_the_automatic_step_shrinks_with_the_batch():
    times = [
        simulate(config_of(n=12, steps=steps, batch=batch, seeds=(0,)))["time"].values[0, -1]
        for steps, batch in ((5, None), (15, 4))
    ]
    assert math.isclose(*times, rel_tol=1e-12)


def test_mismatched_pairs_end_apart_and_loss_is_of_what_is_seen():
    found = simulate(
        config_of(n=16, mismatched=0.5, steps=400, seeds=(0,), metrics=["true_pair_cosine"])
    )
    assert found["loss"][0, -1] < found["infonce"][0, -1] - 0.1
    # eight pairs aligned, eight with a wrong partner anywhere
    assert found["true_pair_cosine"][0, -1] < 0.8


@pytest.mark.parametrize("fresh", [False, True])
def test_noisy_pairs_are_held_at_their_angle(fresh):
    fields = {"n": 24, "h": 4, "steps": 300, "seeds": (0,), "pair_noise": 0.4}
    clean = simulate(config_of(**{**fields, "pair_noise": 0.0}))["l2i"].values[0, -1]
    noisy = simulate(config_of(**fields, fresh_noise=fresh))["l2i"].values[0, -1]
    assert noisy > clean + 0.02


def test_duplicated_captions_raise_the_floor():
    """k pairs a caption cannot be told apart: the loss stays above ½ log k (texts in doubt)."""
    found = simulate(config_of(n=12, duplicates=3, steps=300, seeds=(0,), temperature=0.05))
    assert found["loss"][0, -1] > math.log(3) / 2
    alone = simulate(config_of(n=12, steps=300, seeds=(0,), temperature=0.05))
    assert alone["loss"][0, -1] < 0.3


def test_texts_of_one_caption_stay_together():
    config = config_of(n=12, duplicates=3, steps=30, seeds=(0,), batch=5, keep_views=True)
    y = simulate(config)["view_y"].values[0].reshape(4, 3, 3)
    np.testing.assert_allclose(y, np.broadcast_to(y[:, :1], y.shape), atol=1e-12)


def test_any_pair_of_a_caption_is_found():
    """At the simplex of four captions every image finds its text, among three equal ones."""
    fields = {"n": 12, "h": 4, "duplicates": 3, "steps": 200, "seeds": (0,), "start": "uniform"}
    found = simulate(config_of(**fields, metrics=["recall"], log_points=2))
    assert found["r1_xy"][0, -1] == 1
    assert found["r1_yx"][0, -1] == 1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"batch": 1}, "batch is 1; give an integer of at least 2"),
        ({"mismatched": 1.5}, "mismatched is 1.5"),
        ({"mismatched": 0.1, "n": 9}, r"mismatched is 0.1, fewer than two of n = 9 pairs"),
        ({"pair_noise": -0.1}, "pair_noise is -0.1"),
        ({"duplicates": 0}, "duplicates is 0"),
    ],
)
def test_bad_conditions_are_named(fields, message):
    with pytest.raises(InputError, match=message):
        SimulationConfig.of(fields)
