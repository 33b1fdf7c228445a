"""N.2, antisymmetric part: how fast the two modalities fall back onto each other."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from theory import dynamics
from theory.claims.base import Array, Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Integer
from theory.claims.uniform_law import TAUS, rate

__all__ = ["AntisymmetricSpectrum", "Spectrum"]

#: Relative to β, the error of the quadrature of `uniform_law`.
TOLERANCE = 1e-8
DEGREES = 5


class Spectrum(Claim):
    """Rates of one symmetry near the paired uniform law, from quadrature and from the formula."""

    #: −1 for modalities that move apart, +1 for modalities that move together.
    sign = -1
    domain = Domain(h=Choice([2, 3]), tau=Choice(TAUS), degree=Integer(1, DEGREES))

    def claimed(self, h: int, tau: float) -> Array:
        """Claimed rates of degrees 1, …, DEGREES over β."""
        spectrum = dynamics.stability_spectrum(h, tau, range(1, DEGREES + 1))
        return np.asarray(spectrum[:, (self.sign + 1) // 2] * tau)

    @functools.cached_property
    def table(self) -> Array:
        """Distance between the two, over β, for every point of the domain."""
        sizes = (2, 3)
        found = [
            [[rate(h, t, k + 1, self.sign) * t for k in range(DEGREES)] for t in TAUS]
            for h in sizes
        ]
        claimed = [[self.claimed(h, t) for t in TAUS] for h in sizes]
        return np.abs(np.array(found) - np.array(claimed))

    def margin(self, h: Any, tau: Any, degree: Any) -> Any:
        """Tolerance minus the relative error of the formula."""
        at = (np.asarray(tau)[:, None] == np.array(TAUS)).argmax(axis=1)
        return TOLERANCE - self.table[np.asarray(h) - 2, at, np.asarray(degree) - 1]


class _Larger(Control, Spectrum):
    id = "N.2|antisymmetric/off-by-1-percent"
    statement = r"\lambda^-_l = 1.01\,(4\beta - m_l(2r_l + r_l^2))"
    near = "the constant 1 replaced by 1.01"

    def claimed(self, h: int, tau: float) -> Array:
        return 1.01 * super().claimed(h, tau)


class _Free(Control, Spectrum):
    id = "N.2|antisymmetric/4-beta"
    statement = r"\lambda^-_l = 4\beta"

    def claimed(self, h: int, tau: float) -> Array:
        return np.full(DEGREES, 4.0)


@register
class AntisymmetricSpectrum(Spectrum):
    r"""Gradient displacements of opposite sign decay at λ⁻_l; l = 1 is the gap [gaplab].

    The second variation of the full loss is integrated over the circle and the sphere and
    divided by the mean square of the displacement.
    """

    id = "N.2|antisymmetric"
    statement = (
        r"\lambda^-_l = 4\beta - m_l(2r_l + r_l^2),\quad r_l = I_{\nu+l}(\beta)/I_\nu(\beta),"
        r"\quad m_l = l(l+h-2)"
    )
    source = ("gaplab", "N.2")
    hypotheses = (
        "x_i = y_i, uniform marginals",
        "flow ẋ = −N∇L of the sum of both directions, displacement (∇Y_l, −∇Y_l)",
        "judged by quadrature for h ∈ {2, 3}, l ≤ 5 and the temperatures of the domain",
    )
    beyond = (
        "Linear order, infinitely many pairs: points that are not quasi-uniform decay at other "
        "rates. Divergence-free displacements decay at 4β."
    )
    expected = "supported"
    simulation = (Prediction("decay_modes", "decay rate of the mode", "apart"),)
    controls = (_Larger, _Free)
