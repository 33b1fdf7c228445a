"""Pairs of three classes with a gap."""

import numpy as np
import pytest

from theory.sphere import normalize


@pytest.fixture
def cloud(rng):
    """``cloud(n, h, gap, noise)``: views x and y (unit rows) and labels."""

    def draw(n=240, h=6, gap=1.0, noise=0.3):
        labels = np.arange(n) % 3
        shared = rng.standard_normal((n, h)) + 2 * np.eye(h)[labels]
        shift = gap * np.eye(h)[-1]
        x = shared + noise * rng.standard_normal((n, h)) + shift
        y = shared + noise * rng.standard_normal((n, h)) - shift
        return normalize(x), normalize(y), labels

    return draw
