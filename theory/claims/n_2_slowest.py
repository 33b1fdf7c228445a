"""N.2, the slowest mode at small temperature: it is not the gap."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from theory import dynamics
from theory.claims.base import Array, Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.spaces import Choice

__all__ = ["SlowestMode"]

#: Inverse temperatures of the sequence, and the constant of the error C h/√β it is judged by.
BETAS = (1e3, 1e4, 1e5)
ERROR = 0.5


class _Slowest(Claim):
    """The smallest antisymmetric rate over β, against its claimed limit."""

    limit = 2.236227
    domain = Domain(h=Choice([3, 2, 4, 8]), beta=Choice(BETAS))

    @functools.cached_property
    def table(self) -> Array:
        """Smallest rate over β for every h and β of the domain."""
        return np.array([[_slowest(h, beta) for beta in BETAS] for h in (2, 3, 4, 8)])

    def margin(self, h: Any, beta: Any) -> Any:
        """Allowed minus found distance from the limit."""
        row = (np.asarray(h)[:, None] == np.array([2, 3, 4, 8])).argmax(axis=1)
        column = (np.asarray(beta)[:, None] == np.array(BETAS)).argmax(axis=1)
        return ERROR * h / beta - np.abs(self.table[row, column] - self.limit)


def _slowest(h: int, beta: float) -> float:
    degrees = range(1, int(3 * np.sqrt(beta)) + 2)
    return float(dynamics.stability_spectrum(h, 1 / beta, degrees)[:, 0].min()) / beta


class _RootFive(Control, _Slowest):
    id = "N.2|slowest/root-5"
    statement = r"\min_l \lambda^-_l/\beta \to \sqrt5"
    near = "the constant 2.23623 replaced by √5 = 2.23607"
    limit = 5**0.5


class _Gap(Control, _Slowest):
    id = "N.2|slowest/gap"
    statement = r"\min_l \lambda^-_l/\beta \to 4"
    limit = 4.0


@register
class SlowestMode(_Slowest):
    r"""At small τ the slowest antisymmetric modes have degree l ≈ 1.3 √β, not 1 [gaplab].

    With ``r_l ≈ e^{−u}``, ``u = m_l/2β``, λ/β tends to ``4 − 4u e^{−u} − 2u e^{−2u}``, smallest at
    u = .85032, where it is 2.236227; the gap itself (u → 0) decays at 4β.
    """

    id = "N.2|slowest"
    statement = (
        r"\min_l \lambda^-_l/\beta \to \min_u\,(4 - 4u e^{-u} - 2u e^{-2u}) = 2.236227"
        r"\quad(\tau \to 0)"
    )
    source = ("gaplab", "N.2")
    hypotheses = (
        "N.2|antisymmetric",
        "judged on β = 10³, 10⁴, 10⁵ with the error .5 h/β",
    )
    beyond = "At large τ the gap itself, l = 1, is the slowest mode."
    expected = "supported"
    controls = (_RootFive, _Gap)
