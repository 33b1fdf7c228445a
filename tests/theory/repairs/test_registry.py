"""What every registered repair owes: shapes, dtypes, unit rows, scikit-learn manners, errors."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from theory import repairs
from theory.errors import InputError
from theory.sphere import normalize, random_rotation

UNIT = {np.float32: 3e-7, np.float64: 1e-14}  # a few roundings of the dtype

# Repairs whose results are coordinates of another space.
OTHER_COORDINATES = {"cca"}
# Repairs that leave no view where it was, even if all are equal: they take away what views share.
MOVES_ALIGNED_VIEWS = {"cca", "centering", "whitening"}
# Whitening gives noise the weight of content, which may bring noisy pairs apart.
MAY_PART_PAIRS = {"whitening"}

every_repair = pytest.mark.parametrize("name", repairs.names())


@pytest.fixture
def views(rng):
    """Three views of 60 items in R^8: four shared directions, one of each at 60° to the others."""
    shared, own = rng.standard_normal((60, 4)), rng.standard_normal((60, 1))
    frame = random_rotation(8, rng)
    return tuple(
        normalize(shared @ frame[:, :4].T + 0.3 * own * normalize(frame[:, 4] + frame[:, 5 + m]))
        for m in range(3)
    )


def test_the_repairs_are_there():
    assert set(repairs.names()) >= {
        "cca",
        "centering",
        "procrustes",
        "realign",
        "removal",
        "rotation",
        "shared_projection",
        "translation",
        "whitening",
    }
    with pytest.raises(InputError, match=r"unknown repair 'rotatoin'.*Did you mean 'rotation'"):
        repairs.create("rotatoin")


@every_repair
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_array_per_view_of_its_own_dtype_with_unit_rows(name, dtype, views):
    views = [view.astype(dtype) for view in views]
    copies = [view.copy() for view in views]
    repair = repairs.create(name).fit(*views[:2])
    out = repair.transform(*views[:2])
    assert isinstance(out, tuple)
    assert len(out) == 2
    for before, after in zip(views, out, strict=False):
        assert after.dtype == dtype
        assert after.shape == (before.shape if name not in OTHER_COORDINATES else out[0].shape)
        np.testing.assert_allclose(np.linalg.norm(after, axis=1), 1, atol=UNIT[dtype])
    for view, copy in zip(views, copies, strict=True):
        assert np.array_equal(view, copy)


@every_repair
def test_views_may_be_given_alone(name, views):
    repair = repairs.create(name)
    both = repair.fit_transform(*views[:2])
    assert np.array_equal(repair.transform(views[0]), both[0])
    assert np.array_equal(repair.transform(None, views[1]), both[1])
    assert np.array_equal(repair.transform(Y=views[1][:3]), both[1][:3])


@every_repair
def test_three_views(name, views):
    repair = repairs.create(name).fit(*views)
    out = repair.transform(*views)
    assert repair.n_views_ == len(out) == 3
    assert len(repair.more_maps_) == 1
    assert np.array_equal(repair.transform(None, None, views[2]), out[2])
    two = repair.transform(views[0], None, views[2])
    assert np.array_equal(two[1], out[2])
    before, after = (
        np.mean([(v[a] * v[b]).sum(1).mean() for a, b in ((0, 1), (0, 2), (1, 2))])
        for v in (views, out)
    )
    assert after >= before - 1e-3 or name in MAY_PART_PAIRS


@every_repair
def test_the_same_data_give_the_same_repair(name, views):
    outputs = [repairs.create(name).fit_transform(*views) for _ in range(2)]
    for one, two in zip(*outputs, strict=True):
        assert np.array_equal(one, two)


@every_repair
def test_clones_and_parameters(name, views):
    repair = repairs.create(name, normalize=False)
    parameters = repair.get_params()
    assert parameters["normalize"] is False
    assert all(getattr(repair, key) is value for key, value in parameters.items())
    repair.fit(*views)
    copy = clone(repair)
    assert copy.get_params() == parameters
    with pytest.raises(NotFittedError):
        copy.transform(views[0])
    copy.set_params(normalize=True).fit(*views)
    np.testing.assert_allclose(
        copy.transform(views[0]), normalize(repair.transform(views[0])), atol=1e-14
    )
    assert repair.n_features_in_ == 8


@every_repair
def test_fitted_state_is_only_set_by_fit(name, views):
    repair = repairs.create(name)
    assert not [key for key in vars(repair) if key.endswith("_")]
    repair.fit(*views[:2])
    state = [key for key in vars(repair) if key.endswith("_")]
    assert {"x_map_", "y_map_", "n_features_in_", "n_views_"} <= set(state)


@every_repair
def test_tensors_are_welcome(name, views):
    expected = repairs.create(name).fit_transform(*views[:2])
    seen = repairs.create(name).fit_transform(*map(torch.tensor, views[:2]))
    for one, two in zip(expected, seen, strict=True):
        assert isinstance(two, np.ndarray)
        assert np.array_equal(one, two)


@every_repair
def test_held_out_rows_are_mapped_as_fitted_ones(name, views):
    train, test = [v[:40] for v in views[:2]], [v[40:] for v in views[:2]]
    repair = repairs.create(name).fit(*train)
    held_out = repair.transform(*test)
    together = repair.transform(*(np.concatenate(p) for p in zip(train, test, strict=True)))
    for one, two in zip(held_out, together, strict=True):
        np.testing.assert_allclose(one, two[40:], atol=1e-14)


@every_repair
def test_aligned_views_stay_aligned_and_as_they_are(name, views):
    x = views[0]
    out = repairs.create(name).fit_transform(x, x)
    if name not in MOVES_ALIGNED_VIEWS:
        for view in out:
            np.testing.assert_allclose(view, x, atol=1e-2)
    np.testing.assert_allclose(*out, atol=1e-12)


@every_repair
def test_turning_the_space_turns_the_repair(name, views, rng):
    turn = random_rotation(8, rng)
    plain = repairs.create(name).fit_transform(*views[:2])
    turned = repairs.create(name).fit_transform(*(v @ turn.T for v in views[:2]))
    if name == "removal":  # it names coordinates, and so depends on them
        assert np.abs(plain[0] @ turn.T - turned[0]).max() > 0.1
        return
    np.testing.assert_allclose(plain[0] @ plain[1].T, turned[0] @ turned[1].T, atol=1e-9)
    if name not in OTHER_COORDINATES:
        for one, two in zip(plain, turned, strict=True):
            np.testing.assert_allclose(one @ turn.T, two, atol=1e-9)


@every_repair
def test_pairs_are_needed_or_not_as_declared(name, views):
    repair = repairs.create(name)
    if repair.needs_pairs:
        with pytest.raises(InputError, match="X has 60 rows but Y has 50"):
            repair.fit(views[0], views[1][:50])
        return
    repair.fit(views[0], views[1][:50])
    if "paired" in repair.get_params():
        assert not repair.paired_
        with pytest.raises(InputError, match="X has 60 rows but Y has 50"):
            clone(repair).set_params(paired=True).fit(views[0], views[1][:50])
        with pytest.raises(InputError, match="paired is 'maybe'; give True, False or 'auto'"):
            clone(repair).set_params(paired="maybe").fit(*views)
        repair.set_params(paired=False)
    shuffled = clone(repair).fit(views[0], views[1][::-1])
    expected = repair.fit(*views[:2]).transform(*views[:2])
    for one, two in zip(shuffled.transform(*views[:2]), expected, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-10)


@pytest.mark.parametrize("name", ["rotation", "shared_projection"])
def test_pairs_are_used_only_if_they_correlate(name, rng):
    common = rng.standard_normal((400, 3))
    x, y = (
        normalize(
            np.c_[common, rng.standard_normal((400, 2))] + 0.1 * rng.standard_normal((400, 5))
        )
        for _ in range(2)
    )
    assert repairs.create(name).fit(x, y).paired_
    assert not repairs.create(name).fit(x, y[rng.permutation(400)]).paired_


@every_repair
def test_bad_input_gets_one_sentence(name, views):
    x, y, z = views
    repair = repairs.create(name)
    with pytest.raises(NotFittedError):
        repair.transform(x, y)
    with pytest.raises(TypeError, match="Y must hold floating-point numbers"):
        repair.fit(x, np.ones((60, 8), dtype=int))
    with pytest.raises(InputError, match="X has 8 columns but Y has 7"):
        repair.fit(x, y[:, :7])
    with pytest.raises(InputError, match="row 2 of Y is not finite"):
        repair.fit(x, np.where(np.arange(60)[:, None] == 2, np.nan, y))
    with pytest.raises(InputError, match="row 0 of view 2 is zero"):
        repair.fit(x, y, z * (np.arange(60)[:, None] > 0))
    with pytest.raises(InputError, match=r"row 1 of Y has length 2, not 1; pass unit rows .*norm"):
        repair.fit(x, y * np.where(np.arange(60)[:, None] == 1, 2.0, 1.0))
    with pytest.raises(InputError, match="X has shape"):
        repair.fit(x[0], y)
    repair.fit(x, y)
    with pytest.raises(InputError, match="row 59 of Y has length 3, not 1"):
        repair.transform(x, y * np.where(np.arange(60)[:, None] == 59, 3.0, 1.0))
    with pytest.raises(InputError, match="3 views given but 2 were fitted"):
        repair.transform(x, y, z)
    with pytest.raises(InputError, match="Y has 7 columns but the repair was fitted on 8"):
        repair.transform(None, y[:, :7])
    with pytest.raises(InputError, match="no views given"):
        repair.transform(None)


EQUAL = "rows of Y are all equal and have no variance; give"
REFUSED = {
    "few rows": {"cca": "cannot tell correlations .*; give", "shared_projection": "share no .*; "},
    "equal rows": dict.fromkeys(("cca", "realign", "shared_projection", "whitening"), EQUAL),
    "nothing shared": {"cca": "correlate no more .*; check", "shared_projection": "share no .*; "},
}


@every_repair
@pytest.mark.parametrize("case", REFUSED)
def test_hard_data_are_repaired_or_refused_with_a_remedy(name, case, rng):
    x, y = {
        "few rows": lambda: normalize(rng.standard_normal((2, 5, 12))),
        "equal rows": lambda: (np.eye(12)[:8], np.eye(12)[[9] * 8]),
        "nothing shared": lambda: (
            normalize(rng.standard_normal((2, 400, 6))) @ np.eye(12).reshape(2, 6, 12)
        ),
    }[case]()
    repair = repairs.create(name)
    if name in REFUSED[case]:
        with pytest.raises(InputError, match=REFUSED[case][name]):
            repair.fit(x, y)
        return
    repair.fit(x, y)
    if case == "equal rows" and name in ("centering", "removal"):
        with pytest.raises(
            InputError, match="is mapped to zero and has no direction; leave it out"
        ):
            repair.transform(x, y)
        return
    for view in repair.transform(x, y):
        np.testing.assert_allclose(np.linalg.norm(view, axis=1), 1, atol=1e-12)
