"""Bases and prescribed pairs: what they span, and what does not fit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InputError
from theory.sphere import random_rotation
from theory.subspaces import fix_signs, orthonormal_basis, subspace_pair

ROUNDING = 1e-13  # hundreds of float64 roundings: products of 12 × 12 orthogonal factors


def test_an_orthonormal_matrix_is_its_own_basis(rng):
    q = random_rotation(6, rng)[:, :4]
    np.testing.assert_allclose(orthonormal_basis(q), q, atol=ROUNDING)


def test_dependent_columns_give_the_rank(rng):
    a = rng.standard_normal((7, 2)) @ rng.standard_normal((2, 5))
    basis = orthonormal_basis(a)
    assert basis.shape == (7, 2)
    np.testing.assert_allclose(basis.T @ basis, np.eye(2), atol=ROUNDING)
    np.testing.assert_allclose(basis @ (basis.T @ a), a, atol=ROUNDING * np.abs(a).max())
    assert (basis[np.abs(basis).argmax(axis=0), [0, 1]] > 0).all()


def test_more_columns_than_rows_span_everything(rng):
    assert orthonormal_basis(rng.standard_normal((3, 8))).shape == (3, 3)


@pytest.mark.parametrize(
    ("a", "message"),
    [
        (np.zeros((3, 2)), "a is zero and spans no direction"),
        (np.ones(3), r"a has shape \(3,\)"),
        (np.ones((3, 0)), r"a has shape \(3, 0\)"),
        (np.array([[np.nan]]), "not finite"),
    ],
)
def test_no_basis(a, message):
    with pytest.raises(InputError, match=message):
        orthonormal_basis(a)


def test_signs_are_fixed_by_the_largest_entry():
    a = np.array([[1.0, -3.0], [-2.0, 1.0]])
    assert fix_signs(a).tolist() == [[-1.0, 3.0], [2.0, -1.0]]
    assert np.array_equal(fix_signs(-a), fix_signs(a))
    assert fix_signs(np.empty((3, 0))).shape == (3, 0)


@st.composite
def dimensions_and_angles(draw):
    d_a, d_b = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    angle = st.one_of(st.just(0.0), st.just(np.pi / 2), st.floats(1e-12, np.pi / 2))
    angles = draw(st.lists(angle, min_size=min(d_a, d_b), max_size=min(d_a, d_b)))
    spare = draw(st.integers(0, 2))
    return max(d_a, d_b) + np.count_nonzero(angles) + spare, d_a, d_b, angles


@given(dimensions_and_angles(), st.integers(0, 10**6))
def test_pairs_meet_column_by_column_at_the_prescribed_angles(drawn, seed):
    h, d_a, d_b, angles = drawn
    a, b = subspace_pair(h, d_a, d_b, angles, np.random.default_rng(seed))
    assert a.shape == (h, d_a)
    assert b.shape == (h, d_b)
    np.testing.assert_allclose(a.T @ a, np.eye(d_a), atol=ROUNDING)
    np.testing.assert_allclose(b.T @ b, np.eye(d_b), atol=ROUNDING)
    expected = np.zeros((d_a, d_b))
    np.fill_diagonal(expected, np.cos(angles))
    np.testing.assert_allclose(a.T @ b, expected, atol=ROUNDING)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((3, 4, 1, [0.0]), "dimension 4 does not fit into h = 3"),
        ((3, 2, 2, [0.1]), r"angles has shape \(1,\); give min\(d_a, d_b\) = 2"),
        ((3, 1, 1, [-0.1]), "between 0 and π/2"),
        ((3, 1, 1, [2.0]), "between 0 and π/2"),
        ((3, 1, 1, [np.nan]), "between 0 and π/2"),
        ((3, 2, 2, [0.1, 0.2]), "2 non-zero angles need 4 dimensions but h = 3"),
        ((0, 1, 1, [0.1]), "h is 0"),
        ((3, 0, 1, []), "d_a is 0"),
    ],
)
def test_pairs_that_do_not_fit(arguments, message, rng):
    with pytest.raises(InputError, match=message):
        subspace_pair(*arguments, rng)


def test_two_planes_of_space_share_a_line(rng):
    a, b = subspace_pair(3, 2, 2, [0.0, 1.0], rng)
    np.testing.assert_allclose(a[:, 0], b[:, 0], atol=ROUNDING)
