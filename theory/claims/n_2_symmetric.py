"""N.2, symmetric part: how fast aligned pairs spread back to the uniform law."""

from __future__ import annotations

import numpy as np

from theory.claims.base import Array, Control, register
from theory.claims.n_2_antisymmetric import DEGREES, Spectrum
from theory.claims.simulation_check import Prediction

__all__ = ["SymmetricSpectrum"]


class _Together(Spectrum):
    sign = 1


class _Larger(Control, _Together):
    id = "N.2|symmetric/off-by-1-percent"
    statement = r"\lambda^+_l = 1.01\, m_l r_l(2 - r_l)"
    near = "the constant 1 replaced by 1.01"

    def claimed(self, h: int, tau: float) -> Array:
        return 1.01 * super().claimed(h, tau)


class _Neutral(Control, _Together):
    id = "N.2|symmetric/neutral"
    statement = r"\lambda^+_l = 0"

    def claimed(self, h: int, tau: float) -> Array:
        return np.zeros(DEGREES)


@register
class SymmetricSpectrum(_Together):
    """Gradient displacements of pairs that stay together decay at λ⁺_l [gaplab]."""

    id = "N.2|symmetric"
    statement = r"\lambda^+_l = m_l r_l(2 - r_l)"
    source = ("gaplab", "N.2")
    hypotheses = (
        "x_i = y_i, uniform marginals",
        "flow ẋ = −N∇L of the sum of both directions, displacement (∇Y_l, ∇Y_l)",
        "judged by quadrature for h ∈ {2, 3}, l ≤ 5 and the temperatures of the domain",
    )
    beyond = (
        "Linear order, infinitely many pairs. Divergence-free displacements that keep pairs "
        "together are neutral."
    )
    expected = "supported"
    simulation = (Prediction("decay_modes", "decay rate of the mode", "together"),)
    controls = (_Larger, _Neutral)
