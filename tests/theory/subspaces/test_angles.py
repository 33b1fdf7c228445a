"""Principal angles and vectors: prescribed ones come back, to rounding, at both ends."""

import numpy as np
import pytest
import scipy.linalg
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from theory.errors import InputError
from theory.sphere import random_rotation
from theory.subspaces import principal_angles, principal_vectors, subspace_pair

# Bases carry a rounding of 1e-16 per entry, and LAPACK's singular vectors some tens of those.
ABSOLUTE = 3e-14

angle_lists = st.lists(
    st.one_of(
        st.just(0.0),
        st.just(np.pi / 2),
        st.floats(-12, 0).map(lambda power: 10.0**power),
        st.floats(0, np.pi / 2),
        st.floats(-12, -1).map(lambda power: np.pi / 2 - 10.0**power),
    ),
    min_size=1,
    max_size=5,
)


@given(angle_lists, st.integers(0, 3), st.integers(0, 3), st.integers(0, 10**6))
@example([0.0, 1e-10, 1e-8, 1e-6, np.pi / 4], 0, 0, 0)
@example([np.pi / 4] * 4, 0, 2, 1)
@example([np.pi / 2] * 3, 2, 0, 2)
def test_prescribed_angles_come_back(angles, more_a, more_b, seed):
    rng = np.random.default_rng(seed)
    k = len(angles)
    d_a, d_b = (k + more_a, k) if more_a else (k, k + more_b)
    a, b = subspace_pair(2 * k + 4, d_a, d_b, angles, rng)
    a, b = a @ random_rotation(d_a, rng), b @ random_rotation(d_b, rng)
    expected = np.sort(angles)
    np.testing.assert_allclose(principal_angles(a, b), expected, atol=ABSOLUTE)
    np.testing.assert_allclose(principal_angles(b, a), expected, atol=ABSOLUTE)
    pairs = principal_vectors(a, b)
    np.testing.assert_allclose(pairs.angles, expected, atol=ABSOLUTE)
    for vectors, basis in ((pairs.x, a), (pairs.y, b)):
        np.testing.assert_allclose(vectors.T @ vectors, np.eye(k), atol=ABSOLUTE)
        np.testing.assert_allclose(basis @ (basis.T @ vectors), vectors, atol=ABSOLUTE)
    np.testing.assert_allclose(pairs.x.T @ pairs.y, np.diag(np.cos(expected)), atol=ABSOLUTE)
    # the remainder of each pair realises its sine, also where all cosines round to 1
    remainder = pairs.y - pairs.x * np.cos(expected)
    np.testing.assert_allclose(
        remainder.T @ remainder, np.diag(np.sin(expected) ** 2), atol=ABSOLUTE
    )


def test_tiny_angles_keep_their_digits_where_the_cosine_form_has_none():
    a = np.eye(4)[:, :2]
    tiny = 1e-11
    b = np.array([[1.0, 0.0], [0.0, np.cos(tiny)], [0.0, np.sin(tiny)], [0.0, 0.0]])
    assert principal_angles(a, b) == pytest.approx([0.0, tiny], rel=1e-12, abs=1e-25)
    cosines = np.linalg.svd(a.T @ b, compute_uv=False)
    assert np.arccos(cosines.clip(-1, 1)).max() == 0.0  # what the naive form would say


def test_vectors_of_tiny_unequal_angles_are_told_apart(rng):
    angles = [1e-9, 1e-6, 1e-3]
    a, b = subspace_pair(8, 3, 3, angles, rng)
    pairs = principal_vectors(a @ random_rotation(3, rng), b @ random_rotation(3, rng))
    # the columns of subspace_pair are the principal vectors themselves, up to sign
    np.testing.assert_allclose(np.abs(pairs.x.T @ a), np.eye(3), atol=1e-5)


def test_agreement_with_scipy(rng):
    a, b = rng.standard_normal((20, 6)), rng.standard_normal((20, 4))
    expected = np.sort(scipy.linalg.subspace_angles(a, b))
    np.testing.assert_allclose(principal_angles(a, b), expected, rtol=1e-12)
    np.testing.assert_allclose(principal_angles(torch.tensor(a), b), expected, rtol=1e-12)


def test_signs_are_the_same_however_the_bases_are_given(rng):
    a, b = rng.standard_normal((9, 3)), rng.standard_normal((9, 3))
    first = principal_vectors(a, b)
    second = principal_vectors(-a[:, ::-1], b @ random_rotation(3, rng))
    np.testing.assert_allclose(first.x, second.x, atol=1e-12)
    np.testing.assert_allclose(first.y, second.y, atol=1e-12)
    assert (first.x[np.abs(first.x).argmax(axis=0), range(3)] > 0).all()


def test_lines_in_the_plane():
    pairs = principal_vectors([[1.0], [0.0]], [[-1.0], [1.0]])
    assert pairs.angles == pytest.approx([np.pi / 4])
    np.testing.assert_allclose(pairs.y[:, 0], np.sqrt([0.5, 0.5]) * [1, -1])


def test_bad_bases():
    with pytest.raises(InputError, match="bx has 2 rows but by has 3"):
        principal_angles(np.eye(2), np.eye(3))
    with pytest.raises(InputError, match="the 2 columns of by span only 1 dimensions"):
        principal_vectors(np.eye(3), np.ones((3, 2)))
