"""Landscapes against the centre-pair losses they are made of, and against their own minima."""

import numpy as np
import pytest

from theory.errors import InputError
from theory.landscape import center_pair_landscape, cone_landscape, subspace_landscape
from theory.limits import center_loss, subspace_center_loss

ROUNDING = 1e-12  # a few operations on numbers of order 1


def test_cone_landscape_is_the_centre_loss_above_its_minimum():
    found = cone_landscape(h=4, tau=0.5, kappas=(1.0, 20.0), points=9)
    for kappa, row in zip(found["kappas"], found["loss"], strict=True):
        for angle, loss in zip(found["angle"], row, strict=True):
            there = center_loss(np.cos(angle), kappa, 4, 0.5)
            assert loss == pytest.approx(there - center_loss(1.0, kappa, 4, 0.5), abs=ROUNDING)
    assert (found["loss"] >= 0).all()
    assert found["relative"].max(axis=1) == pytest.approx([1.0, 1.0])


def test_second_minimum_appears_where_the_theory_says():
    # κ A_h(|κ − β|)/|κ − β| > 1; at κ = β that is κ > h, which some κ reaches iff β > (h − 1)/2
    assert list(cone_landscape(4, 1 / 3.9, (3.9,))["second_minimum"]) == [False]
    assert list(cone_landscape(4, 1 / 4.1, (4.1,))["second_minimum"]) == [True]
    many = np.geomspace(0.1, 1e4, 50)
    assert not cone_landscape(8, 1 / 3.4, many)["second_minimum"].any()
    assert cone_landscape(8, 1 / 3.6, many)["second_minimum"].any()


def test_states_of_both_readings():
    found = subspace_landscape()
    states = found["states"]
    half = np.cos(found["phi"])
    for name, w, t, gap in (
        ("inside", 1.0, 1.0, 0.0),
        ("acute", half, half, found["phi"]),
        ("obtuse", -half, half, np.pi - found["phi"]),
    ):
        expected = subspace_center_loss(w, t, found["kappa"], found["h"], found["tau"])
        assert states[name]["loss"] == pytest.approx(expected, abs=ROUNDING)
        assert states[name]["gap_angle"] == pytest.approx(gap, abs=1e-7)  # arccos near 1
    assert states["inside"]["loss"] < states["acute"]["loss"] < states["obtuse"]["loss"]
    assert found["loss"].min() == pytest.approx(states["inside"]["loss"], abs=ROUNDING)


def test_map_is_made_of_real_centres():
    # the circles as vectors of R^4: C = span(e1, e2), u_A = e3, u_B = cos φ e3 + sin φ e4
    h, tau, kappa, phi = 4, 0.5, 5.0, 1.1
    found = subspace_landscape(h, tau, kappa, phi, points=7)
    e, u_a = np.eye(4)[0], np.eye(4)[2]
    u_b = np.cos(phi) * np.eye(4)[2] + np.sin(phi) * np.eye(4)[3]
    c, in_a, in_b = np.eye(4)[:2], np.vstack([np.eye(4)[:2], u_a]), np.vstack([np.eye(4)[:2], u_b])
    assert np.allclose(in_a @ in_a.T, np.eye(3))
    assert np.allclose(c @ u_b, 0)
    for i, a in enumerate(found["elevation"]):
        for j, b in enumerate(found["elevation"]):
            x = np.cos(a) * e + np.sin(a) * u_a
            y = np.cos(b) * e + np.sin(b) * u_b
            t_x, t_y = np.linalg.norm(in_b @ x), np.linalg.norm(in_a @ y)
            both = [subspace_center_loss(x @ y, t, kappa, h, tau) for t in (t_x, t_y)]
            assert found["loss"][i, j] == pytest.approx(np.mean(both), abs=ROUNDING)


def test_path_falls_all_the_way_into_the_intersection():
    path = subspace_landscape()["path"]
    assert (np.diff(path["loss"]) > 0).all()
    assert (np.diff(path["gap_angle"]) > 0).all()


def test_both_parts_take_options():
    found = center_pair_landscape({"h": 8, "points": 5}, {"phi": 0.3, "points": 5})
    assert found["cone"]["h"] == 8
    assert found["subspace"]["phi"] == 0.3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cone_landscape(points=2), r"points is 2"),
        (lambda: subspace_landscape(h=2), r"h is 2"),
        (lambda: subspace_landscape(phi=2.0), r"phi is 2.0"),
        (lambda: subspace_landscape(points=1), r"points is 1"),
    ],
)
def test_messages(call, message):
    with pytest.raises(InputError, match=message):
        call()
