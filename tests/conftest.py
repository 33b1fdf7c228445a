"""Shared fixtures, and the Hypothesis profiles: fast (default), ci, thorough."""

import os

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

_COMMON = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("fast", max_examples=25, **_COMMON)
settings.register_profile("ci", max_examples=100, **_COMMON)
settings.register_profile("thorough", max_examples=1000, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


@pytest.fixture
def rng() -> np.random.Generator:
    """A seeded generator, fresh for every test."""
    return np.random.default_rng(20260121)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    """Keep torch to one thread: the tests run in parallel processes."""
    import torch

    torch.set_num_threads(1)
