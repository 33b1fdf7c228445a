import numpy as np
import pytest
import torch
from scipy.special import eval_chebyt, eval_gegenbauer

from sim.constraints import Free
from sim.constraints.free import zonal
from theory.errors import InputError


@pytest.mark.parametrize("h", [2, 3, 8])
@pytest.mark.parametrize("degree", [1, 2, 3, 6])
def test_zonal_harmonics_are_the_scaled_gegenbauer_polynomials(h, degree):
    t = np.linspace(-1, 1, 41)
    if h == 2:
        expected = eval_chebyt(degree, t)
    else:
        order = h / 2 - 1
        expected = eval_gegenbauer(degree, order, t) / eval_gegenbauer(degree, order, 1.0)
    found = zonal(torch.as_tensor(t), degree, h).numpy()
    np.testing.assert_allclose(found, expected, atol=1e-13)


def test_the_first_moment_is_the_mean():
    room = Free(4, modalities=3, degrees=(1, 2))
    views = tuple(torch.randn(2, 9, 4, generator=torch.Generator().manual_seed(m)).double()
                  for m in range(3))  # fmt: skip
    parameters = room.place(views)
    found = room.measure(parameters)
    assert set(found) == {f"moment_{degree}_{m}" for degree in (1, 2) for m in range(3)}
    for m in range(3):
        torch.testing.assert_close(found[f"moment_1_{m}"], parameters[m].mean(1)[:, 0])


def test_degrees_are_positive():
    with pytest.raises(InputError, match="degrees is 0"):
        Free(3, degrees=(0,))
