"""What holds for every registered loss, checked on each of them."""

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from theory import losses
from theory.errors import InputError

# Every registered loss with every convention it has.
FORMS = {"cu": ("paper", "published"), "gap_closing": ("paper", "published")}
VARIANTS = [
    (name, {"form": form} if form else {})
    for name in losses.names()
    for form in FORMS.get(name, (None,))
]
EVERY = pytest.mark.parametrize(("name", "options"), VARIANTS)
ROUNDING = 1e-11  # float64 sums of < 1000 terms at logit scales up to 100


def unit_views(seed, count=2, rows=7, columns=5, runs=(), dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return [
        torch.nn.functional.normalize(
            torch.randn(*runs, rows, columns, generator=generator, dtype=dtype), dim=-1
        )
        for _ in range(count)
    ]


def test_every_promised_loss_is_registered():
    promised = {"infonce", "atp", "cu", "gap_closing", "sigmoid", "uniformity", "mmd"}
    promised |= {"cua", "cuaxu", "dhel", "kernel", "alignclip", "shared_alignment"}
    assert promised <= set(losses.names())


@EVERY
@pytest.mark.parametrize("count", [2, 3, 4])
def test_terms_sum_to_the_loss(name, options, count):
    loss = losses.create(name, **options)
    terms = loss(*unit_views(0, count), logit_scale=10.0)
    assert set(terms) == {*loss.terms, "loss"}
    assert all(term.shape == () for term in terms.values())
    torch.testing.assert_close(sum(terms[term] for term in loss.terms), terms["loss"])


@EVERY
@given(seed=st.integers(0, 999), count=st.integers(2, 3), scale=st.floats(0.1, 100))
def test_neither_order_of_rows_nor_rotation_matters(name, options, seed, count, scale):
    loss = losses.create(name, **options)
    views = unit_views(seed, count)
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(7, generator=generator)
    rotation = torch.linalg.qr(torch.randn(5, 5, generator=generator, dtype=torch.float64))[0]
    expected = loss(*views, logit_scale=scale)["loss"]
    for changed in ([v[order] for v in views], [v @ rotation for v in views]):
        torch.testing.assert_close(
            loss(*changed, logit_scale=scale)["loss"], expected, rtol=ROUNDING, atol=ROUNDING
        )


@EVERY
def test_two_views_do_not_depend_on_their_order(name, options):
    x, y = unit_views(1)
    loss = losses.create(name, **options)
    if name == "alignclip":  # which separates images only
        assert loss(x, y, logit_scale=5.0)["loss"] != loss(y, x, logit_scale=5.0)["loss"]
        return
    torch.testing.assert_close(
        loss(x, y, logit_scale=5.0)["loss"], loss(y, x, logit_scale=5.0)["loss"]
    )


@pytest.mark.parametrize("name", ["infonce", "atp", "gap_closing", "sigmoid", "mmd"])
def test_anchor_and_all_pairs(name):
    views = unit_views(2, 3)
    anchors = [losses.create(name, anchor=a) for a in range(3)]
    every = losses.create(name, pairs="all")
    two = [loss(*views[:2], logit_scale=5.0)["loss"] for loss in (*anchors[:2], every)]
    torch.testing.assert_close(two[0], two[2])
    torch.testing.assert_close(two[1], two[2])
    # Over three views every pair belongs to two of the three anchors.
    mean = sum(loss(*views, logit_scale=5.0)["loss"] for loss in anchors) / 3
    torch.testing.assert_close(mean, every(*views, logit_scale=5.0)["loss"])


@EVERY
@pytest.mark.parametrize("engine", ["auto", "dense"])
@pytest.mark.parametrize("count", [2, 3])
def test_closed_form_gradients_are_those_of_autograd(name, options, engine, count):
    if name != "atp":  # which has no sum over pairs
        options = {**options, "engine": engine}
    loss = losses.create(name, **options)
    runs = unit_views(3, count, runs=(4,))
    scales = torch.tensor([0.0, 1.0, 20.0, 150.0], dtype=torch.float64)
    terms, gradients, scale_gradient = loss.value_and_gradient(*runs, logit_scale=scales)
    for run in range(4):
        views = [view[run].clone().requires_grad_() for view in runs]
        scale = scales[run].clone().requires_grad_()
        expected = loss(*views, logit_scale=scale)
        found = torch.autograd.grad(
            expected["loss"], (*views, scale), allow_unused=True, materialize_grads=True
        )
        for term in (*loss.terms, "loss"):
            torch.testing.assert_close(terms[term][run], expected[term].detach())
        for got, want in zip((*gradients, scale_gradient), found, strict=True):
            torch.testing.assert_close(got[run], want, rtol=ROUNDING, atol=ROUNDING)
    constant = loss.value_and_gradient(*runs, logit_scale=scales, learned=False)
    assert constant[0].keys() == terms.keys()
    assert all(torch.equal(constant[0][term], value) for term, value in terms.items())
    assert all(map(torch.equal, constant[1], gradients))
    assert torch.equal(constant[2], torch.zeros_like(scales))


@EVERY
@pytest.mark.parametrize("engine", ["auto", "dense"])
def test_values_of_runs_are_those_of_each(name, options, engine):
    if name != "atp":  # which has no sum over pairs
        options = {**options, "engine": engine}
    loss = losses.create(name, **options)
    runs = unit_views(11, 3, runs=(5,), rows=300)  # so many rows that the runs go in turn
    scales = torch.tensor([0.0, 1.0, 20.0, 150.0, 900.0], dtype=torch.float64)
    found = loss.values(*(view.requires_grad_() for view in runs), logit_scale=scales)
    for run, scale in enumerate(scales):
        expected = loss(*(view[run].detach() for view in runs), logit_scale=scale)
        for term in (*loss.terms, "loss"):
            assert not found[term].requires_grad
            torch.testing.assert_close(found[term][run], expected[term], rtol=ROUNDING, atol=0)


@EVERY
def test_runs_may_share_the_logit_scale_and_leave_the_views_alone(name, options):
    loss = losses.create(name, **options)
    runs = unit_views(4, runs=(3,), dtype=torch.float32)
    before = [view.clone() for view in runs]
    terms, gradients, scale_gradient = loss.value_and_gradient(*runs, logit_scale=7)
    assert terms["loss"].shape == scale_gradient.shape == (3,)
    assert all(g.shape == v.shape for g, v in zip(gradients, runs, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(runs, before, strict=True))
    single = loss.value_and_gradient(*(view[1:2] for view in runs), logit_scale=7)
    torch.testing.assert_close(single[1][0][0], gradients[0][1])


@EVERY
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_summed_in_float32(name, options, dtype):
    loss = losses.create(name, **options)
    views = [view.to(dtype).requires_grad_() for view in unit_views(5)]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        terms = loss(*views, logit_scale=100.0)
    expected = loss(*(view.detach().float() for view in views), logit_scale=100.0)
    assert terms["loss"].dtype is torch.float32
    torch.testing.assert_close(terms["loss"].detach(), expected["loss"])
    terms["loss"].backward()
    assert all(view.grad.dtype is dtype for view in views)


@EVERY
def test_trainable_logit_scale_of_shape_one(name, options):
    scale = torch.tensor([3.0], requires_grad=True)
    loss = losses.create(name, **options)
    views = [view.float() for view in unit_views(6)]
    one = loss(*views, logit_scale=scale)["loss"]
    torch.testing.assert_close(one.detach(), loss(*views, logit_scale=3.0)["loss"])
    if name in ("infonce", "gap_closing", "sigmoid"):
        one.backward()
        assert scale.grad is not None


@EVERY
def test_bad_input_names_the_argument_and_the_row(name, options):
    loss = losses.create(name, **options)
    x, y = unit_views(7)
    for bad, fault, message in [
        ((x,), InputError, r"views holds 1 view"),
        ((x, y[:-1]), InputError, r"views\[1\] has shape \(6, 5\)"),
        ((x, y[:, :-1]), InputError, r"views\[1\] has shape \(7, 4\)"),
        ((x[None], y[None]), InputError, r"views\[0\] has shape \(1, 7, 5\)"),
        ((x[:0], y[:0]), InputError, r"views\[0\] has shape \(0, 5\)"),
        ((x, y.round().long()), TypeError, r"views\[1\] is torch.int64"),
        ((x, y.numpy()), TypeError, r"views\[1\] is a ndarray"),
        ((x, y.to("meta")), InputError, r"views\[1\] is on meta"),
    ]:
        with pytest.raises(fault, match=message):
            loss(*bad, logit_scale=1.0)
    for value, word in [(float("nan"), "not finite"), (float("inf"), "not finite"), (0.0, "zero")]:
        spoiled = y.clone()
        spoiled[3] = value
        with pytest.raises(InputError, match=rf"views\[1\]\[3\] is {word}"):
            loss(x, spoiled, logit_scale=1.0)
        with pytest.raises(InputError, match=rf"views\[0\]\[1, 3\] is {word}"):
            loss.value_and_gradient(torch.stack((x, spoiled)), torch.stack((x, x)), logit_scale=1.0)
    with pytest.raises(InputError, match="logit_scale is nan"):
        loss(x, y, logit_scale=float("nan"))
    with pytest.raises(InputError, match=r"logit_scale has shape \(2,\)"):
        loss(x, y, logit_scale=torch.ones(2))
    with pytest.raises(InputError, match=r"one for each of the 3 runs"):
        loss.value_and_gradient(x.expand(3, 7, 5), y.expand(3, 7, 5), logit_scale=torch.ones(2))


def test_row_checks_can_be_left_out():
    x, y = unit_views(8)
    x[2] = 0
    assert torch.isfinite(losses.create("infonce", check=False)(x, y, logit_scale=1.0)["loss"])


@pytest.mark.parametrize("name", ["cu", "gap_closing", "uniformity", "mmd"])
def test_uniformity_needs_two_rows(name):
    x, y = unit_views(9, rows=1)
    with pytest.raises(InputError, match=r"1 row\(s\); this loss needs 2"):
        losses.create(name)(x, y, logit_scale=1.0)


@pytest.mark.parametrize(
    ("option", "value"), [("engine", "fast"), ("form", "arxiv"), ("pairs", "some")]
)
def test_options_are_checked_when_the_loss_is_made(option, value):
    with pytest.raises(InputError, match=f"{option} is '{value}'; give '"):
        losses.create("gap_closing", **{option: value})


def test_a_new_loss_needs_only_its_formula():
    class Total(losses.Loss):
        terms = ("total",)

        def _evaluate(self, views, logit_scale, engine):
            value = sum((x * y).sum((-1, -2)) for x, y in itertools.combinations(views, 2))
            return losses.Terms({"total": logit_scale * value}, engine)

    x, y = unit_views(10, runs=(2,))
    terms, (gx, gy), gs = Total().value_and_gradient(x, y, logit_scale=3.0)
    torch.testing.assert_close(gx, 3 * y)
    torch.testing.assert_close(gy, 3 * x)
    torch.testing.assert_close(3 * gs, terms["loss"])
