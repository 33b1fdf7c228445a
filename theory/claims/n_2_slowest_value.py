"""N.2, the value of the slowest rate: the limit of N.2|slowest from below, above √5."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.spaces import Real

__all__ = ["SlowestValue"]


class _Rate(Claim):
    """The limit of λ⁻_l/β at small τ, as a function of u = m_l/(2β)."""

    least: ClassVar[float] = 2.2362
    domain = Domain(u=Real(0.0, 40.0))
    balls = True

    def margin(self, u: Any) -> Any:
        """4 − 4u e^{−u} − 2u e^{−2u} minus its claimed lower bound."""
        fall = np.exp(-u)
        return 4 - self.least - 2 * u * fall * (2 + fall)


class _Higher(Control, _Rate):
    id = "N.2|slowest-value/2.237"
    statement = r"4 - 4u e^{-u} - 2u e^{-2u} \ge 2.237"
    near = "the constant 2.2362 replaced by 2.237; false near u = .85"
    least = 2.237


class _Gap(Control, _Rate):
    id = "N.2|slowest-value/4"
    statement = r"4 - 4u e^{-u} - 2u e^{-2u} \ge 4"
    least = 4.0


@register
class SlowestValue(_Rate):
    """At small τ no antisymmetric mode decays more slowly than 2.2362 β, above √5 β [gaplab].

    The minimum 2.236227 lies at u = .85032; beyond u = 40 the function is within 10⁻¹⁵ of 4.
    """

    id = "N.2|slowest-value"
    statement = r"\min_{u \ge 0}\,(4 - 4u e^{-u} - 2u e^{-2u}) \ge 2.2362 > \sqrt5"
    source = ("gaplab", "N.2, the limit of N.2|slowest")
    hypotheses = ("u = m_l/(2β), r_l ≈ e^{−u}: the limit τ → 0 of N.2|antisymmetric",)
    beyond = "At finite τ the degrees are whole numbers and r_l differs from e^{−u}: N.2|slowest."
    expected = "certified"
    controls = (_Higher, _Gap)
