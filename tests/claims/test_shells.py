"""The law on two shells: its energies by quadrature, its lemma, and where it stops being best."""

import dataclasses

import numpy as np
import pytest
import sympy
from scipy.integrate import quad

from theory import dynamics, limits
from theory.claims import shells
from theory.claims.n_1_shells import log_lead
from theory.claims.proof import ProofError


def sphere_potential(r, beta):
    """Mean of e^{−β‖z−x‖²/2} over x uniform on the sphere in R³, |z| = r."""

    def kernel(t):
        return np.exp(-beta * (1 + r * r - 2 * r * t) / 2) / 2

    return quad(kernel, -1, 1)[0]


def energies(beta):
    g, surface = np.exp(-beta / 2), sphere_potential(1.0, beta)
    centre = (surface - g) / (1 - g)  # mass over that of the sphere
    share = centre / (1 + centre)
    energy = share**2 + 2 * share * (1 - share) * g + (1 - share) ** 2 * surface
    return share, surface, energy


@pytest.mark.parametrize("beta", [4.5, 5.5, 6.8])
def test_mass_and_energy_of_both_shells_by_quadrature(beta):
    share, surface, energy = energies(beta)
    ratio = shells.mass_ratio(np.float64(beta), 0.5)
    assert ratio * np.exp(-beta / 2) == pytest.approx(share / (1 - share), rel=1e-9)
    lost = shells.energy_lost(np.array([beta]), np.array([3]))[0]
    assert lost == pytest.approx(2 * np.log(surface / energy), rel=1e-9)
    for r in (0.3, 0.8):
        potential = share * np.exp(-beta * r * r / 2) + (1 - share) * sphere_potential(r, beta)
        assert np.exp(log_lead(r, np.float64(beta), 3)) == pytest.approx(
            potential / energy, rel=1e-9
        )


@pytest.mark.parametrize("h", [2, 3, 4, 8])
def test_what_is_lost_grows_from_zero_at_the_critical_temperature(h):
    u = np.linspace(0, 1, 9)
    beta = shells.between(np.full(9, h), u)
    lost = shells.energy_lost(beta, np.full(9, h))
    assert beta[0] == pytest.approx(dynamics.critical_beta(h), rel=1e-5)
    assert 0 <= lost[0] < 1e-8
    assert np.all(np.diff(lost) > 0)
    assert lost[-1] < 0.05 * -limits.uniform_optimum(h, 1 / beta[-1])


@pytest.mark.parametrize(
    ("h", "factor", "lost", "least"),
    [
        (2, 1.96, 0.130, -3.46),
        (3, 1.59, 0.045, -5.23),
        (4, 1.42, 0.017, -6.93),
        (8, 1.18, 5e-4, -13.6),
    ],
)
def test_the_numbers_that_the_claims_state(h, factor, lost, least):
    top = shells.between(h, 1.0) / (1 - shells.BELOW)
    assert top / dynamics.critical_beta(h) == pytest.approx(factor, abs=0.005)
    assert shells.energy_lost(np.float64(top), h) == pytest.approx(lost, abs=5e-4)
    assert limits.uniform_optimum(h, 1 / top) == pytest.approx(least, abs=0.05)


@pytest.mark.parametrize("h", [2, 3, 8])
def test_beyond_the_range_the_potential_dips_near_the_centre(h):
    top = shells.between(h, 1.0) / (1 - shells.BELOW)
    assert log_lead(0.05, np.float64(0.99 * top), h) > 0
    assert log_lead(0.05, np.float64(1.05 * top), h) < 0


def test_the_lemma_is_about_its_series_and_no_other():
    shells.SHELLS.check()
    r = next(s for s in shells.SHELLS.expression.free_symbols if s.name == "r")
    for extra in (r**2 / 100, sympy.Rational(1, 100)):
        other = dataclasses.replace(shells.SHELLS, expression=shells.SHELLS.expression - extra)
        with pytest.raises(ProofError, match="another series"):
            other.check()
