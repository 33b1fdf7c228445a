"""The criterion for N, against the curvature of the loss and against the equation it solves."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp

from theory.dynamics import gap_decay_rate
from theory.errors import InputError
from theory.finite import own_share, pairs_for, rate_bias
from theory.sphere import normalize, sample_uniform


def curvature(u, beta, rng):
    """Second difference of L along the gap, per squared displacement: the rate of the mode."""
    v = rng.standard_normal(u.shape[1])
    apart = v - (u @ v)[:, None] * u
    size = 1e-3

    def loss(step):
        x, y = normalize(u + step * apart), normalize(u - step * apart)
        logits = beta * x @ y.T
        both = logsumexp(logits, axis=0).mean() + logsumexp(logits, axis=1).mean()
        return both - 2 * np.trace(logits) / len(u)

    second = (loss(size) + loss(-size) - 2 * loss(0)) / size**2
    return second / (2 * np.square(apart).sum(1).mean())


@pytest.mark.parametrize(("n", "h", "tau"), [(60, 8, 0.4), (100, 8, 0.4), (100, 12, 0.4)])
def test_rate_bias_is_that_of_independent_pairs(n, h, tau, rng):
    """Where the softmax weights hardly vary, Z(2β)/Z(β)² − 1 ≪ e^β/Z(β); by Monte Carlo."""
    rates = [curvature(sample_uniform(n, h, rng), 1 / tau, rng) for _ in range(300)]
    bias = np.mean(rates) / gap_decay_rate(h, tau) - 1
    error = np.std(rates) / gap_decay_rate(h, tau) / math.sqrt(len(rates))
    predicted = rate_bias(n, h, tau)
    assert predicted < -0.05
    # the variance of the weights leaves a tenth of the own share; four errors of the mean
    assert abs(bias - predicted) < 0.12 * own_share(n, h, tau) + 4 * error


@given(h=st.integers(2, 64), tau=st.floats(0.05, 5), level=st.floats(1e-6, 0.9))
def test_so_many_pairs_are_enough_and_no_more_than_needed(h, tau, level):
    n = pairs_for(level, h, tau)
    assert -rate_bias(n, h, tau) <= level * (1 + 1e-9)
    if n > 2:
        # rounding of e^(β − log Z) only shows in numbers of pairs beyond 1e9
        assert -rate_bias(n - 1, h, tau) >= level * (1 - 1e-9)


@given(h=st.integers(2, 512), tau=st.floats(0.01, 10), n=st.integers(2, 10**6))
def test_the_bias_is_nearly_the_own_share_and_shrinks_with_n(h, tau, n):
    share, bias = own_share(n, h, tau), rate_bias(n, h, tau)
    assert -1 <= bias <= 0
    assert -bias <= share
    if share < 1:
        assert -bias >= 0.82 * share
        assert rate_bias(2 * n, h, tau) >= bias


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 3, 0.5), r"level is 0; give a finite number in \(0, 1\]"),
        ((2.0, 3, 0.5), "level is 2"),
        ((0.1, 1, 0.5), "h is 1"),
        ((0.1, 3, 0.0), "tau is 0"),
        ((0.1, 2000, 0.001), r"tau is 0.001; in 2000 dimensions that needs e\^\d+ pairs"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(InputError, match=message):
        pairs_for(*arguments)
    with pytest.raises(InputError, match="n is 1; give an integer of at least 2"):
        rate_bias(1, 3, 0.5)
