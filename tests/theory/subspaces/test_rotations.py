"""Direct rotations: where they take things, what they leave, and the papers' formula."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given
from hypothesis import strategies as st

from theory.errors import InputError
from theory.sphere import normalize, random_rotation, sample_uniform
from theory.subspaces import (
    align_frames,
    carry_frame,
    direct_rotation,
    hyperplane_rotation,
    orthonormal_basis,
    principal_vectors,
    subspace_pair,
)

ROUNDING = 2e-14  # a hundred float64 roundings: products of 12 × 12 orthogonal matrices


def polar_oracle(a, b):
    """The direct rotation as the orthogonal polar factor of P_B P_A + P_B⊥ P_A⊥."""
    p, q, eye = a @ a.T, b @ b.T, np.eye(len(a))
    return scipy.linalg.polar(q @ p + (eye - q) @ (eye - p))[0]


def papers_formula(n_a, n_b):
    """Y.C3 as printed."""
    u, n_b = normalize(n_a), normalize(n_b)
    n_b = n_b if u @ n_b >= 0 else -n_b
    cosine = u @ n_b
    sine = np.linalg.norm(n_b - cosine * u)
    v = (n_b - cosine * u) / sine
    planar = (cosine - 1) * (np.outer(u, u) + np.outer(v, v))
    return np.eye(len(u)) + planar + sine * (np.outer(v, u) - np.outer(u, v))


acute = st.one_of(st.just(0.0), st.floats(1e-9, 1.5))


@given(st.lists(acute, min_size=1, max_size=4), st.integers(0, 2), st.integers(0, 10**6))
def test_equal_dimensions(angles, spare, seed):
    rng = np.random.default_rng(seed)
    k = len(angles)
    a, b = subspace_pair(2 * k + spare, k, k, angles, rng)
    a, b = a @ random_rotation(k, rng), b @ random_rotation(k, rng)
    r = direct_rotation(a, b)
    np.testing.assert_allclose(r @ r.T, np.eye(len(r)), atol=ROUNDING)
    assert np.linalg.det(r) == pytest.approx(1)
    np.testing.assert_allclose(b @ (b.T @ r @ a), r @ a, atol=ROUNDING)
    np.testing.assert_allclose(direct_rotation(b, a), r.T, atol=ROUNDING)
    np.testing.assert_allclose(r, polar_oracle(a, b), atol=10 * ROUNDING)


def test_what_both_share_and_what_is_orthogonal_to_both_stays(rng):
    a, b = subspace_pair(9, 4, 4, [0.0, 0.0, 0.7, 1.2], rng)
    r = direct_rotation(a, b)
    outside = scipy.linalg.null_space(np.hstack([a, b]).T)
    for fixed in (a[:, :2], outside):
        np.testing.assert_allclose(r @ fixed, fixed, atol=ROUNDING)
    np.testing.assert_allclose(r @ a, b, atol=ROUNDING)


def test_it_moves_less_than_any_other_rotation_of_one_onto_the_other(rng):
    a, b = subspace_pair(7, 3, 3, [0.2, 0.8, 1.3], rng)
    r = direct_rotation(a, b)
    least = np.linalg.norm(r - np.eye(7))
    inside = np.hstack([b, scipy.linalg.null_space(b.T)])
    for _ in range(50):
        turn = scipy.linalg.block_diag(random_rotation(3, rng), random_rotation(4, rng))
        other = inside @ turn @ inside.T @ r
        assert np.linalg.norm(other - np.eye(7)) > least


@pytest.mark.parametrize(("d_a", "d_b"), [(2, 4), (4, 2), (1, 5)])
def test_unequal_dimensions_nest(d_a, d_b, rng):
    k = min(d_a, d_b)
    a, b = subspace_pair(9, d_a, d_b, np.linspace(0.3, 1.2, k), rng)
    r = direct_rotation(a, b)
    small, large = (r @ a, b) if d_a < d_b else (b, r @ a)
    np.testing.assert_allclose(large @ (large.T @ small), small, atol=ROUNDING)
    wide = a if d_a > d_b else b
    np.testing.assert_allclose(r @ wide[:, k:], wide[:, k:], atol=ROUNDING)


def test_right_angles(rng):
    a, b = subspace_pair(5, 2, 2, [0.4, np.pi / 2], rng)
    with pytest.raises(InputError, match="principal angle 1 is 90°"):
        direct_rotation(a, b)
    r = direct_rotation(a, b, right_angles="choose")
    np.testing.assert_allclose(r @ r.T, np.eye(5), atol=ROUNDING)
    np.testing.assert_allclose(b @ (b.T @ r @ a), r @ a, atol=ROUNDING)
    with pytest.raises(InputError, match="right_angles is 'either'"):
        direct_rotation(a, b, right_angles="either")
    assert np.isfinite(direct_rotation(*subspace_pair(2, 1, 1, [np.pi / 2 - 1e-9], rng))).all()


def test_equal_and_full_subspaces_do_not_move(rng):
    a = random_rotation(5, rng)
    np.testing.assert_allclose(direct_rotation(a, a[:, ::-1]), np.eye(5), atol=ROUNDING)
    np.testing.assert_allclose(direct_rotation(a, a[:, :2]), np.eye(5), atol=ROUNDING)


@given(st.integers(2, 8), st.integers(0, 10**6))
def test_hyperplanes_follow_the_papers_formula(h, seed):
    n_a, n_b = np.random.default_rng(seed).standard_normal((2, h))
    r = hyperplane_rotation(n_a, n_b)
    np.testing.assert_allclose(r, papers_formula(n_a, n_b), atol=100 * ROUNDING)
    # and that is the direct rotation of the hyperplanes themselves
    plane_a, plane_b = (scipy.linalg.null_space(n[None]) for n in (n_a, n_b))
    np.testing.assert_allclose(r, direct_rotation(plane_a, plane_b), atol=100 * ROUNDING)
    np.testing.assert_allclose(hyperplane_rotation(-n_a, 3 * n_b), r, atol=10 * ROUNDING)


def test_optimal_pairs_of_two_hyperplanes_are_aligned(rng):
    # Y.T4: x = (shared, a) and y = (shared, a) along the two specific directions
    a, b = subspace_pair(6, 5, 5, [0.0, 0.0, 0.0, 0.0, 1.1], rng)
    coordinates = sample_uniform(40, 5, rng)
    x, y = coordinates @ a.T, coordinates @ b.T
    normals = [scipy.linalg.null_space(basis.T)[:, 0] for basis in (a, b)]
    np.testing.assert_allclose(x @ hyperplane_rotation(*normals).T, y, atol=ROUNDING)


def test_hyperplanes_at_the_ends():
    e = np.eye(3)
    assert np.array_equal(hyperplane_rotation(e[0], -e[0]), e)
    tiny = hyperplane_rotation(e[0], e[0] + 1e-12 * e[1])
    assert tiny[1, 0] == pytest.approx(1e-12, rel=1e-10)
    with pytest.raises(InputError, match="90°"):
        hyperplane_rotation(e[0], e[1])
    with pytest.raises(InputError, match=r"n_b has shape \(3, 3\)"):
        hyperplane_rotation(e[0], e)


def test_frames(rng):
    source, target = (orthonormal_basis(rng.standard_normal((8, 3))) for _ in range(2))
    q = carry_frame(source, target)
    np.testing.assert_allclose(q @ q.T, np.eye(8), atol=ROUNDING)
    np.testing.assert_allclose(q @ source, target, atol=ROUNDING)
    outside = scipy.linalg.null_space(np.hstack([source, target]).T)
    np.testing.assert_allclose(q @ outside, outside, atol=ROUNDING)
    pairs = principal_vectors(source, target)
    np.testing.assert_allclose(align_frames(pairs.x, pairs.y) @ pairs.x, pairs.y, atol=ROUNDING)
    mirrored = carry_frame(np.eye(3)[:, :1], -np.eye(3)[:, :1])
    np.testing.assert_allclose(mirrored, np.diag([-1.0, 1.0, 1.0]), atol=ROUNDING)
