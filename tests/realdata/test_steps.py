"""One step: the same gradient in one piece, in several, and in half precision nearly so."""

from typing import Any

import numpy as np
import pytest
import torch

from realdata import Towers, datasets
from realdata.steps import SWAPPING, Stepper, swap_modalities
from theory import losses


def batch(towers: Towers, n: int = 23) -> tuple[torch.Tensor, ...]:
    pairs = datasets.create("digits").rows(np.arange(n))
    further = {name: pairs.images[::-1].copy() for name in towers.modalities[1:-1]}
    return towers.inputs(pairs.images, pairs.captions, further)


def gradients(towers: Towers, loss: str, **options: Any) -> dict[str, torch.Tensor]:
    stepper = Stepper(towers, losses.create(loss), **options)
    towers.clip.zero_grad()
    _, total = stepper.forward(batch(towers), 0)
    found = {
        name: p.grad.clone() for name, p in towers.clip.named_parameters() if p.grad is not None
    }
    return {**found, "total": total}


def assert_close(a: dict[str, torch.Tensor], b: dict[str, torch.Tensor], rtol: float) -> None:
    assert a.keys() == b.keys()
    for name, one in a.items():
        size = float(one.abs().max())
        torch.testing.assert_close(
            b[name], one, rtol=0, atol=rtol * size + 1e-9, msg=lambda t, n=name: f"{n}: {t}"
        )


@pytest.mark.parametrize("loss", losses.names())
@pytest.mark.parametrize("pieces", [2, 5, 23])
def test_pieces_give_the_gradient_of_the_whole_batch(
    tiny_model: str, loss: str, pieces: int
) -> None:
    bias = -10.0 if loss == "sigmoid" else None
    towers = Towers(tiny_model, seed=0, bias=bias)
    whole = gradients(towers, loss)
    parts = gradients(towers, loss, accumulate=pieces)
    assert_close(whole, parts, rtol=2e-5)  # float32
    if loss == "sigmoid":
        assert whole["logit_bias"].abs() > 0


def test_three_modalities_have_three_towers(tiny_model: str) -> None:
    towers = Towers(tiny_model, seed=0, modalities=("image", "audio", "text"))
    whole = gradients(towers, "gap_closing")
    assert whole["further.audio.proj"].abs().sum() > 0
    assert_close(whole, gradients(towers, "gap_closing", accumulate=3), rtol=2e-5)
    for view in towers.embed(*batch(towers)):
        np.testing.assert_allclose(np.linalg.norm(view, axis=1), 1.0, atol=1e-6)


def test_half_precision_is_near_and_losses_stay_in_float32(tiny_model: str) -> None:
    towers = Towers(tiny_model, seed=0)
    whole = gradients(towers, "gap_closing")
    half = gradients(towers, "gap_closing", precision="bf16")
    assert half["total"].dtype == torch.float32
    assert abs(half["total"] - whole["total"]) < 0.02 * abs(whole["total"])  # 8 bits


def test_frozen_towers_get_no_gradient_and_keep_their_embeddings(tiny_model: str) -> None:
    towers = Towers(tiny_model, seed=0)
    inputs = batch(towers)
    before = towers.embed(*inputs)
    frozen = towers.freeze(["image"], inputs)
    np.testing.assert_allclose(frozen[0].numpy(), before[0], atol=1e-6)  # float32
    for pieces in (1, 3):
        towers.clip.zero_grad()
        Stepper(towers, losses.create("infonce"), accumulate=pieces).forward(frozen, 0)
        assert towers.clip.visual.proj.grad is None
        assert towers.clip.text_projection.grad.abs().sum() > 0


def test_looking_changes_nothing(tiny_model: str) -> None:
    towers = Towers(tiny_model, seed=0)
    stepper = Stepper(towers, losses.create("infonce"))
    views, total = stepper.look(batch(towers))
    assert not total.requires_grad
    again, same = stepper.forward(batch(towers), 0)
    torch.testing.assert_close(total, same)
    torch.testing.assert_close(views, again)


def steps_that_swap(how: str, count: int = 4000, share: float | None = None) -> list[int]:
    views = [torch.eye(3, dtype=torch.float64), torch.eye(3, dtype=torch.float64).flip(0)]
    swapped = (swap_modalities(views, how, [0, k], share)[0] is not views[0] for k in range(count))
    return [k for k, is_so in enumerate(swapped) if is_so]


@pytest.mark.parametrize("share", [None, 0.3])
@pytest.mark.parametrize("how", ["hard", "soft"])
def test_swapping_is_as_rare_as_published_or_asked_for(how: str, share: float | None) -> None:
    found = steps_that_swap(how, share=share)
    expected = 4000 * (SWAPPING[how] if share is None else share)
    assert abs(len(found) - expected) <= 4 * np.sqrt(expected)
    assert steps_that_swap(how, share=share) == found


@pytest.mark.parametrize("how", ["hard", "soft"])
def test_swapped_rows_are_unit_and_mix_the_two_views(how: str) -> None:
    generator = torch.Generator().manual_seed(0)
    x, y = (
        torch.nn.functional.normalize(torch.randn(5, 4, generator=generator), dim=1)
        for _ in range(2)
    )
    step = steps_that_swap(how)[0]
    a, b = swap_modalities((x, y), how, [0, step])
    for view in (a, b):
        torch.testing.assert_close(view.norm(dim=1), torch.ones(5))
    if how == "hard":  # before scaling, a coordinate is that of one view or of the other
        for row in range(5):
            sides = torch.stack([x[row], y[row]])
            options = torch.cartesian_prod(*sides.T)
            options = torch.nn.functional.normalize(options, dim=1)
            assert (options - a[row]).abs().amax(1).min() < 1e-6  # float32
            assert (options - b[row]).abs().amax(1).min() < 1e-6
    else:  # both lie on the arc between the two
        for row in range(5):
            plane = torch.stack([x[row], y[row]])
            for view in (a, b):
                weights = torch.linalg.lstsq(plane.T, view[row]).solution
                torch.testing.assert_close(weights @ plane, view[row])
                assert (weights >= 0).all()


def test_a_bad_embedding_stops_the_step(tiny_model: str) -> None:
    towers = Towers(tiny_model, seed=0)
    with torch.no_grad():
        towers.clip.visual.proj.fill_(float("nan"))
    with pytest.raises(FloatingPointError, match="not finite at step 7"):
        Stepper(towers, losses.create("infonce")).forward(batch(towers), 7)
