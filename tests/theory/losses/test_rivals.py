"""The losses of other publications against their formulas, written out in loops."""

import math

import pytest
import torch

from theory import losses
from theory.errors import InputError

TIGHT = {"rtol": 1e-12, "atol": 1e-12}  # float64 sums of few terms


def unit(seed: int, n: int = 6, h: int = 4) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randn(n, h, generator=generator, dtype=torch.float64)
    return torch.nn.functional.normalize(rows, dim=1)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def others(n: int) -> list[tuple[int, int]]:
    return [(i, j) for i in range(n) for j in range(n) if i != j]


def gauss(a: torch.Tensor, b: torch.Tensor, t: float) -> float:
    return math.exp(-t * float((a - b).square().sum()))


def assert_close(found: torch.Tensor, expected: float) -> None:
    torch.testing.assert_close(found, torch.tensor(expected, dtype=torch.float64), **TIGHT)


def test_cua_and_cuaxu_are_sums_of_their_terms() -> None:
    x, y = unit(0), unit(1)
    spread = [math.log(mean([gauss(v[i], v[j], 2) for i, j in others(6)])) for v in (x, y)]
    align = float((x - y).square().sum(1).mean())
    plain = float(losses.create("infonce")(x, y, logit_scale=5.0)["loss"])
    cross = math.log(mean([gauss(x[i], y[j], 2) for i, j in others(6)]))
    assert_close(losses.create("cua")(x, y, logit_scale=5.0)["loss"], plain + mean(spread) + align)
    weighted = losses.create("cuaxu", uniformity_weight=0.5, align_weight=2.0, cross_weight=0.25)
    terms = weighted(x, y, logit_scale=5.0)
    assert_close(terms["loss"], plain + 0.5 * mean(spread) + 2 * align + 0.25 * cross)
    assert_close(terms["cross_uniformity"], 0.25 * cross)


def test_dhel_decouples_the_modalities() -> None:
    x, y = unit(2), unit(3)
    beta, total = 4.0, []
    for i in range(6):
        energy = [
            math.log(sum(math.exp(beta * float(v[i] @ v[j])) for j in range(6) if j != i))
            for v in (x, y)
        ]
        total.append(sum(energy) - beta * float(x[i] @ y[i]))
    assert_close(losses.create("dhel")(x, y, logit_scale=beta)["loss"], mean(total))


def test_dhel_does_not_see_a_rotation_but_through_its_pairs() -> None:
    x, y = unit(4), unit(5)
    rotation = torch.linalg.qr(unit(6, 4, 4))[0]
    loss = losses.create("dhel")
    change = loss(x @ rotation, y, logit_scale=3.0)["loss"] - loss(x, y, logit_scale=3.0)["loss"]
    pairs = -3.0 * ((x @ rotation * y).sum(1) - (x * y).sum(1)).mean()
    torch.testing.assert_close(change, pairs, **TIGHT)


def test_kernel_contrastive_is_its_formula() -> None:
    x, y = unit(7), unit(8)
    within = [mean([gauss(v[i], v[j], 1.5) for i, j in others(6)]) for v in (x, y)]
    across = mean([gauss(x[i], y[i], 1.5) for i in range(6)])
    found = losses.create("kernel", gamma=0.7, t=1.5)(x, y, logit_scale=1.0)["loss"]
    assert_close(found, 0.7 * sum(within) - 2 * across)


def test_alignclip_separates_images_less_where_texts_are_alike() -> None:
    v, t = unit(9), unit(10)
    beta = 6.0
    ce = []
    for i in range(6):
        logits = [
            beta * float(v[i] @ v[j]) * (1 - float(t[i] @ t[j]))
            + (beta * float(v[i] @ t[i]) if i == j else 0.0)
            for j in range(6)
        ]
        ce.append(math.log(sum(map(math.exp, logits))) - logits[i])
    plain = float(losses.create("infonce")(v, t, logit_scale=beta)["loss"])
    terms = losses.create("alignclip")(v, t, logit_scale=beta)
    assert_close(terms["contrastive"], 2 * plain)
    assert_close(terms["separation"], 0.5 * mean(ce))


def test_alignclips_weights_of_likeness_have_no_gradient() -> None:
    v, t = unit(11), unit(12).requires_grad_()
    terms = losses.create("alignclip", contrastive_weight=0.0)(v, t, logit_scale=6.0)
    (found,) = torch.autograd.grad(terms["loss"], t)
    # t enters through v_i·t_i alone: its gradient is along v_i
    along = (found * v).sum(1, keepdim=True) * v
    torch.testing.assert_close(found, along, rtol=1e-10, atol=1e-12)


def planted(angle: float, n: int = 200) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows that share two directions; each has one of its own, these at an angle."""
    generator = torch.Generator().manual_seed(13)
    common, own, other = (
        torch.randn(n, k, generator=generator, dtype=torch.float64) for k in (2, 1, 1)
    )
    zeros = torch.zeros(n, 1, dtype=torch.float64)
    x = torch.cat([common, own, zeros, zeros], 1)
    y = torch.cat([common.flip(0), math.cos(angle) * other, math.sin(angle) * other, zeros], 1)
    lift = torch.tensor([0.0, 0, 0, 0, 3], dtype=torch.float64)  # a gap
    normalize = torch.nn.functional.normalize
    return normalize(x - lift, dim=1), normalize(y + lift, dim=1)


def test_shared_alignment_aligns_what_is_shared_and_leaves_the_gap() -> None:
    x, y = planted(math.pi / 2)
    x.requires_grad_()
    loss = losses.create("shared_alignment", variance=0.99)
    terms = loss(x, y, logit_scale=0.0)
    centred = (x - x.mean(0)) - (y - y.mean(0))
    expected = centred[:, :2].square().sum(1).mean()
    # the curvature of the sphere turns the planted directions by a little
    torch.testing.assert_close(terms["shared"], expected, rtol=0.15, atol=0)
    (gradient,) = torch.autograd.grad(terms["shared"], x)
    torch.testing.assert_close(gradient.mean(0), torch.zeros(5, dtype=x.dtype), **TIGHT)
    assert gradient[:, 2].norm() < 0.05 * gradient[:, :2].norm()


def test_all_directions_are_shared_where_angles_may_be_right() -> None:
    x, y = unit(14, 30), unit(15, 30)
    found = losses.create("shared_alignment", variance=1.0)(x, y, logit_scale=1.0)["shared"]
    difference = (x - x.mean(0)) - (y - y.mean(0))
    torch.testing.assert_close(found, difference.square().sum(1).mean(), **TIGHT)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("shared_alignment", {"variance": 0.0}, "variance"),
        ("shared_alignment", {"angle": 2.0}, "angle"),
        ("alignclip", {"separation_weight": -1.0}, "separation_weight"),
        ("kernel", {"gamma": -1.0}, "gamma"),
        ("cross_uniformity", {"t": 0.0}, "t is"),
    ],
)
def test_options_out_of_range_are_refused(
    name: str, options: dict[str, float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        losses.create(name, **options)


@pytest.mark.parametrize("name", losses.names())
def test_the_engine_that_is_named_is_the_one_that_computes(name: str) -> None:
    loss = losses.create(name) if name == "atp" else losses.create(name, engine="streaming")
    expected = "streaming" if loss.streams and name != "atp" else "dense"
    assert loss(unit(0), unit(1), logit_scale=5.0).engine == expected
