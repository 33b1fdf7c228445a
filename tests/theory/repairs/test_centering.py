"""Centering: every view's own mean goes, and with it the common one."""

import numpy as np

from theory.repairs import Centering
from theory.sphere import normalize, sample_vmf


def test_each_view_is_centred_about_its_own_mean(rng):
    views = [sample_vmf(axis, 20.0, 200 + 50 * m, rng) for m, axis in enumerate(np.eye(3))]
    repair = Centering().fit(*views)
    for view, mapped in zip(views, repair.transform(*views), strict=True):
        np.testing.assert_allclose(mapped, normalize(view - view.mean(axis=0)), atol=1e-14)
    np.testing.assert_allclose(repair.more_means_, [views[2].mean(axis=0)], atol=1e-14)


def test_lengths_are_kept_when_told(rng):
    x, y = 3 * rng.standard_normal((2, 50, 4)) + np.array([[[1.0]], [[-2.0]]])
    out = Centering(normalize=False).fit_transform(x, y)
    np.testing.assert_allclose(out[0], x - x.mean(axis=0), atol=1e-13)
    np.testing.assert_allclose(out[1].mean(axis=0), 0, atol=1e-13)
