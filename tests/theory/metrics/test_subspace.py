import numpy as np
import pytest

from theory.metrics import evaluate, snapshot
from theory.subspaces import subspace_pair

SUBSPACE = ["principal_angles", "subspace_dimension"]


def filled(basis, rng, n=200):
    """Rows spread evenly over a subspace."""
    return rng.standard_normal((n, basis.shape[1])) @ basis.T


def test_planted_angles_are_found(rng):
    planted = np.deg2rad([12.0, 40.0, 75.0])
    a, b = subspace_pair(9, 3, 3, planted, rng)
    result = evaluate(filled(a, rng), filled(b, rng), names=SUBSPACE)
    assert result["subspace_dimension_x"] == result["subspace_dimension_y"] == 3
    assert result["smallest_principal_angle"] == pytest.approx(planted[0], abs=1e-12)
    assert result["subspace_overlap"] == pytest.approx(np.mean(np.cos(planted) ** 2))


def test_a_subspace_within_the_other_overlaps_wholly(rng):
    space = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    result = evaluate(filled(space[:, :2], rng), filled(space[:, :4], rng), names=SUBSPACE)
    assert result["subspace_overlap"] == pytest.approx(1.0)
    assert result["smallest_principal_angle"] == pytest.approx(0.0, abs=1e-12)


def test_orthogonal_subspaces_do_not_overlap(rng):
    eye = np.eye(4)
    result = evaluate(filled(eye[:, :2], rng), filled(eye[:, 2:], rng), names=SUBSPACE)
    assert result["subspace_overlap"] == pytest.approx(0.0, abs=1e-15)
    assert result["smallest_principal_angle"] == pytest.approx(np.pi / 2)


def test_subspaces_are_linear_so_the_mean_counts():
    # Centred, these points would span the first axis alone, and both views the same one.
    x = np.array([[0.6, 0.8, 0.0], [-0.6, 0.8, 0.0]])
    y = np.array([[0.6, 0.0, 0.8], [-0.6, 0.0, 0.8]])
    result = evaluate(x, y, names=SUBSPACE)
    assert result["subspace_dimension_x"] == 2
    assert result["subspace_overlap"] == pytest.approx(0.5)


def test_noise_below_one_percent_is_no_dimension(rng):
    basis = np.eye(20)[:, :3]
    # Squared noise is 20·s²/(3 + 20 s²) of the second moment: 0.66 % at s = 0.0316.
    signal = filled(basis, rng, 2000)
    signal *= np.sqrt(3) / np.linalg.norm(signal, axis=1, keepdims=True)
    noisy = signal + 0.0316 * rng.standard_normal((2000, 20))
    result = evaluate(noisy, noisy, names=SUBSPACE)
    assert result["subspace_dimension_x"] == 3


def test_one_pair_and_one_dimension():
    result = evaluate([[1.0, 0.0]], [[1.0, 1.0]], names=SUBSPACE)
    assert result["smallest_principal_angle"] == pytest.approx(np.pi / 4)
    line = evaluate([[1.0]], [[-1.0]], names=SUBSPACE)  # a line, whatever its sign
    assert line["smallest_principal_angle"] == pytest.approx(0.0)


def test_spaces_too_large_to_avoid_each_other_meet_exactly(rng):
    # Dimensions 4 and 5 of 7 share 2 directions, whatever they are; the rest is as computed.
    a, b = subspace_pair(7, 4, 5, [0.0, 0.0, 0.4, 1.1], rng)
    found = snapshot(filled(a, rng), filled(b, rng))
    assert found["smallest_principal_angle"] == 0.0
    assert found["subspace_overlap"] == pytest.approx(np.mean(np.cos([0, 0, 0.4, 1.1]) ** 2))
    assert found["principal_angles"][:4] == pytest.approx([0.0, 0.0, 0.4, 1.1])
    assert (found["principal_angles"][:2] == 0).all()
