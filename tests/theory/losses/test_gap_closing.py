"""The gap-closing loss: its parts, its weights and the published schedule."""

import pytest
import torch

from theory import losses


def views(count=3):
    generator = torch.Generator().manual_seed(0)
    draw = torch.randn(count, 6, 4, generator=generator, dtype=torch.float64)
    return tuple(torch.nn.functional.normalize(draw, dim=-1))


@pytest.mark.parametrize("form", ["paper", "published"])
def test_weighted_sum_of_the_registered_parts(form):
    loss = losses.create("gap_closing", form=form, atp_weight=0.5, cu_weight=3.0)
    terms = loss(*views(), logit_scale=10.0)
    parts = {
        "infonce": losses.create("infonce")(*views(), logit_scale=10.0)["loss"],
        "atp": 0.5 * losses.create("atp")(*views(), logit_scale=10.0)["loss"],
        "cu": 3.0 * losses.create("cu", form=form)(*views(), logit_scale=10.0)["loss"],
    }
    for name, expected in parts.items():
        torch.testing.assert_close(terms[name], expected)
    torch.testing.assert_close(terms["loss"], sum(parts.values()))


def test_weights_are_attributes():
    loss = losses.create("gap_closing")
    first = loss(*views(), logit_scale=1.0)
    loss.atp_weight = 2.0
    second = loss(*views(), logit_scale=1.0)
    torch.testing.assert_close(second["atp"], 2 * first["atp"])
    torch.testing.assert_close(second["cu"], first["cu"])


@pytest.mark.parametrize(
    ("percent", "alpha", "beta"),
    [(0, 1, 1), (20, 1, 1), (45, 1, 0.5), (50, 1, 0.4), (70, 1.4, 0), (75, 1.5, 0), (100, 2, 0)],
)
@pytest.mark.parametrize("epochs", [100, 40])
def test_published_schedule(percent, alpha, beta, epochs):
    loss = losses.create("gap_closing", form="published", atp_weight=3.0, cu_weight=0.5)
    loss.set_epoch(percent * epochs / 100, epochs)
    assert loss.atp_weight == pytest.approx(3 * alpha)
    assert loss.cu_weight == pytest.approx(0.5 * beta, abs=1e-15)
    loss.set_epoch(0, epochs)
    assert (loss.atp_weight, loss.cu_weight) == (3.0, 0.5)


def test_the_paper_has_no_schedule():
    loss = losses.create("gap_closing", cu_weight=0.5)
    loss.set_epoch(80, 100)
    assert (loss.atp_weight, loss.cu_weight) == (1.0, 0.5)
    assert loss.weights_at(80, 100) == {}
