"""The MMD loss against a double loop, exact cases and the metric; sums over two clouds."""

import math

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from theory.errors import InputError
from theory.losses import MMD, gaussian_sums
from theory.losses.gaussian_sums import GaussianTiles, dense_exponents

ENGINES = pytest.mark.parametrize("engine", ["dense", "streaming"])
PARITY = 1e-12  # float64, relative to the largest entry of what is compared


def unit_views(seed, count, rows, columns, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    draw = torch.randn(count, rows, columns, generator=generator, dtype=torch.float64)
    return [v.to(dtype) for v in torch.nn.functional.normalize(draw, dim=-1)]


def value_and_gradients(loss, views):
    leaves = [view.detach().clone().requires_grad_() for view in views]
    value = loss(*leaves, logit_scale=1.0)["loss"]
    return [value.detach(), *torch.autograd.grad(value, leaves)]


def double_loop(x, y, bandwidth):
    """The U-statistic of Gretton et al., lemma 6."""
    x, y = x.tolist(), y.tolist()

    def kernel(a, b):
        return math.exp(-(math.dist(a, b) ** 2) / (2 * bandwidth**2))

    total = 0.0
    for i in range(len(x)):
        for j in range(len(x)):
            if i != j:
                total += kernel(x[i], x[j]) + kernel(y[i], y[j])
                total -= kernel(x[i], y[j]) + kernel(x[j], y[i])
    return total / (len(x) * (len(x) - 1))


@ENGINES
@given(seed=st.integers(0, 999), rows=st.integers(2, 8), bandwidth=st.floats(0.2, 5))
def test_double_loop(engine, seed, rows, bandwidth):
    x, y, z = unit_views(seed, 3, rows, 3)
    loss = MMD(bandwidth=bandwidth, engine=engine)
    two = double_loop(x, y, bandwidth)
    assert loss(x, y, logit_scale=1.0)["loss"].item() == pytest.approx(two, abs=PARITY)
    three = (two + double_loop(x, z, bandwidth)) / 2
    assert loss(x, y, z, logit_scale=1.0)["loss"].item() == pytest.approx(three, abs=PARITY)


@ENGINES
def test_exact_cases(engine):
    e = torch.eye(2, dtype=torch.float64)
    loss = MMD(engine=engine)
    points = e[:1].expand(4, 2)
    for x, y, expected in [
        (e, e, 0.0),
        (e, e.flip(0), 2 * math.exp(-1) - 2),  # true pairs are left out, so only equals meet
        (points, -points, 2 - 2 * math.exp(-2)),
    ]:
        assert loss(x, y, logit_scale=1.0)["loss"].item() == pytest.approx(expected, abs=1e-15)


def test_other_bandwidths_of_many_rows_agree_with_the_metric():
    """The metric's bandwidth is the median distance within both views, all rows up to 250."""
    from theory import metrics

    x, y = unit_views(1, 2, 40, 3)
    distances = torch.pdist(torch.cat((x, y)))
    bandwidth = math.sqrt(torch.quantile(distances.square(), 0.5).item())
    expected = metrics.evaluate(x, y, names=["mmd2"])["mmd2"]
    found = MMD(bandwidth=bandwidth)(x, y, logit_scale=1.0)["loss"].item()
    assert found == pytest.approx(expected, abs=1e-12)


@given(
    seed=st.integers(0, 999),
    rows=st.integers(2, 13),
    columns=st.integers(1, 6),
    count=st.integers(2, 4),
    pairs=st.sampled_from(["anchor", "all"]),
)
@example(seed=0, rows=2, columns=1, count=2, pairs="anchor")
def test_dense_parity(seed, rows, columns, count, pairs):
    views = unit_views(seed, count, rows, columns)
    expected = value_and_gradients(MMD(pairs=pairs, engine="dense"), views)
    for size in (2, 5, 512):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gaussian_sums, "tile_size", lambda device, size=size: size)
            found = value_and_gradients(MMD(pairs=pairs, engine="streaming"), views)
        for got, want in zip(found, expected, strict=True):
            torch.testing.assert_close(got, want, rtol=PARITY, atol=PARITY)


def test_float32_is_no_further_from_float64_than_distances_taken_directly():
    views = unit_views(2, 2, 600, 64, torch.float32)
    others = 1 - torch.eye(600)

    def direct(x, y, logit_scale):
        def kernel(a, b):
            distances = (a[:, None] - b).square().sum(-1)
            return ((-distances / 2).exp() * others).sum()

        pairs = len(x) * (len(x) - 1)
        return {"loss": (kernel(x, x) + kernel(y, y) - 2 * kernel(x, y)) / pairs}

    exact = value_and_gradients(MMD(engine="dense"), [v.double() for v in views])
    ours = value_and_gradients(MMD(engine="streaming"), views)
    theirs = value_and_gradients(direct, views)
    # Kernels near 1 cancel in the sum, so its rounding is that of a number near 1; a gradient
    # is a sum of 1/N times kernels.
    for got, peer, want, size in zip(ours, theirs, exact, (1.0, 1 / 600, 1 / 600), strict=True):
        grain = 2**-23 * size
        distance = (got.double() - want).abs().max().item()
        assert distance <= (peer.double() - want).abs().max().item() + grain


@pytest.mark.parametrize("side", [2, 512])
def test_gradcheck(side, monkeypatch):
    monkeypatch.setattr(gaussian_sums, "tile_size", lambda device: side)
    views = [view.requires_grad_() for view in unit_views(3, 3, 5, 3)]
    loss = MMD(engine="streaming", pairs="all")
    assert torch.autograd.gradcheck(lambda *v: loss(*v, logit_scale=1.0)["loss"], views)


def test_second_derivative_names_the_remedy():
    x, y = (view.requires_grad_() for view in unit_views(4, 2, 4, 3))
    value = MMD(engine="streaming")(x, y, logit_scale=1.0)["loss"]
    (gradient,) = torch.autograd.grad(value, x, create_graph=True)
    with pytest.raises(RuntimeError, match="engine='dense'"):
        gradient.sum().backward()


def test_sum_between_clouds_far_from_the_origin():
    """Only distances matter, so both clouds may be moved to where squares cancel less."""
    x, y = unit_views(5, 2, 7, 3)
    total, (by_x, by_y) = GaussianTiles((x + 1e5)[None], (y + 1e5)[None], 0.7).sum()
    expected = dense_exponents(x, y, 0.7).exp().sum()
    # A coordinate near 1e5 is rounded by 1e-11.
    torch.testing.assert_close(total[0], expected, rtol=1e-9, atol=0)
    torch.testing.assert_close(by_x.sum(1), -by_y.sum(1))


@pytest.mark.parametrize("bandwidth", [0.0, -1.0, math.nan])
def test_bad_bandwidth(bandwidth):
    with pytest.raises(InputError, match=f"bandwidth is {bandwidth:g}"):
        MMD(bandwidth=bandwidth)
