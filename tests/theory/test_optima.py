import numpy as np
import pytest

from theory.errors import InputError
from theory.limits import center_loss, subspace_center_loss
from theory.optima import cone_optimum, free_optimum, plane_optimum

EXACT = 1e-12


def test_free_optimum_is_aligned_and_balanced():
    found = free_optimum(200)
    np.testing.assert_array_equal(found.x, found.y)
    np.testing.assert_allclose(np.linalg.norm(found.x, axis=1), 1.0, rtol=EXACT)
    second = found.x.T @ found.x / 200
    np.testing.assert_allclose(second, np.eye(3) / 3, atol=5e-3)  # uniform up to O(1/N)


def test_cones_share_their_centre(rng):
    found = cone_optimum(4000, 30.0, 0.5, rng)
    assert found.loss == center_loss(1.0, 30.0, 3, 0.5)
    for cloud in (found.x, found.y):
        mean = cloud.mean(axis=0)
        assert mean @ found.centers[0] / np.linalg.norm(mean) > 0.999


@pytest.mark.parametrize("inside", [True, False])
def test_planes_meet_at_the_angle_and_hold_their_clouds(rng, inside):
    phi = np.radians(60.0)
    found = plane_optimum(50, 30.0, phi, 0.5, rng, inside=inside)
    for cloud, half in ((found.x, phi / 2), (found.y, -phi / 2)):
        normal = np.array([0.0, -np.sin(half), np.cos(half)])
        np.testing.assert_allclose(cloud @ normal, 0.0, atol=EXACT)
    w = found.centers[0] @ found.centers[1]
    assert w == pytest.approx(1.0 if inside else 0.5)
    assert found.loss == pytest.approx(subspace_center_loss(w, w, 30.0, 3, 0.5))


def test_a_right_angle_is_the_limit_and_zero_is_refused(rng):
    with pytest.raises(InputError, match="phi"):
        plane_optimum(5, 1.0, 0.0, 0.5, rng, inside=True)
