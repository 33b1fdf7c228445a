"""N.3: at which temperature pairs leave the shared space."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import sympy

from theory import dynamics
from theory.claims.base import Array, Claim, Control, register
from theory.claims.centre import PHI
from theory.claims.domain import Domain
from theory.claims.functions import ratio
from theory.claims.proof import Lemma, Proof, Ratio, Step
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Integer
from theory.claims.uniform_law import TAUS, points
from theory.claims.variation import second_variation

__all__ = ["CollapseTransition", "InsideC", "escape"]

#: Dimensions of C.
SIZES = (1, 2, 3)

_NU, _A, _B = sympy.symbols("nu a b", real=True)

#: A increases.
INCREASING = Lemma(
    name="increasing",
    statement=r"a, b \ge 0 \Rightarrow (a-b)(A(a)-A(b)) \ge 0",
    reason="claim B.2",
    expression=(_A - _B) * (Ratio(_NU, _A) - Ratio(_NU, _B)),
    premises=(_A, _B),
    claim="B.2",
)


@functools.cache
def escape(s: int, tau: float) -> tuple[float, float]:
    """Second variation over 2β for pairs inside C, from the particles, as (square, product).

    Pairs uniform on the sphere of C (dimension s), every point taken twice, one copy leaving C
    upwards and one downwards: a_i = ±a along u_A and b_i = ±b along u_B. With x, y one modality
    moved alone and both at φ = 0, the variation is square · (a² + b²) + product · cos φ ab.
    """
    rows, weights = (np.array([[1.0], [-1.0]]), np.full(2, 0.5)) if s == 1 else points(s)
    inside = np.concatenate([rows, rows])
    pairs = np.concatenate([inside, np.zeros((len(inside), 1))], axis=-1)
    away = np.zeros_like(pairs)
    away[:, -1] = np.repeat([1.0, -1.0], len(rows))
    weight = np.concatenate([weights, weights]) / 2
    alone = second_variation(pairs, pairs, away, 0 * away, 1 / tau, weight)
    both = second_variation(pairs, pairs, away, away, 1 / tau, weight)
    return float(alone * tau / 2), float((both - 2 * alone) * tau / 2)


@functools.cache
def _critical(shift: int) -> Array:
    """τ* for every s, with h = s + shift, and every quarter of a degree."""
    phi = np.radians(np.arange(1, 360) / 4)
    return np.array([dynamics.collapse_temperature(s + shift, phi) for s in SIZES])


class InsideC(Claim):
    """Hyperplanes at dihedral angle φ whose intersection C has dimension s; pairs inside C."""

    domain = Domain(s=Choice(SIZES), tau=Choice(TAUS), phi=PHI)

    @functools.cached_property
    def table(self) -> Array:
        """`escape` for every s and τ, shape (sizes, taus, 2)."""
        return np.array([[escape(s, tau) for tau in TAUS] for s in SIZES])

    def escapes(self, s: Any, tau: Any) -> tuple[Array, Array]:
        """Coefficients of a² + b² and of cos φ ab for many points."""
        at = (np.asarray(tau)[:, None] == np.array(TAUS)).argmax(axis=1)
        found = self.table[np.asarray(s) - 1, at]
        return found[:, 0], found[:, 1]


class _Transition(InsideC):
    constant: float = 1
    shift = 2
    domain = Domain(s=Choice(SIZES), tau=Choice(TAUS), quarters=Integer(1, 359))

    def margin(self, s: Any, tau: Any, quarters: Any) -> Any:
        """(τ − τ*)/(τ + τ*) times the smallest second variation over the leaving modes."""
        square, product = self.escapes(s, tau)
        smallest = square - np.abs(product) * np.cos(np.radians(quarters / 4)) / 2
        at = np.asarray(s) - 1, np.asarray(quarters) - 1
        critical = self.constant * _critical(self.shift)[at]
        return (tau - critical) / (tau + critical) * smallest

    def proof(self) -> Proof:
        """The smallest variation is A(1/τ*) − A(1/τ): 1 − cos φ = A(1/τ*) defines τ*."""
        beta, star = sympy.symbols("beta star", positive=True)
        nu = sympy.Symbol("nu", real=True)
        sign = (star - beta) / (star + beta)
        start = sign * (ratio(nu, star) - ratio(nu, beta))
        at = {"nu": nu, "a": star, "b": beta}
        step = Step(sympy.S.Zero, INCREASING, at, times=1 / (star + beta))
        return Proof(start, (), (step,), _coordinates, grounds=("N.3|variation",))


def _coordinates(s: Any, tau: Any, quarters: Any) -> dict[str, Any]:
    critical = _critical(2)[np.asarray(s) - 1, np.asarray(quarters) - 1]
    return {"nu": np.asarray(s) / 2 - 1, "beta": 1 / np.asarray(tau), "star": 1 / critical}


class _Near(Control, _Transition):
    id = "N.3/1.05"
    statement = r"\text{stable iff } \tau > 1.05\,\tau^*"
    near = "the constant 1 replaced by 1.05"
    constant = 1.05


class _Dimension(Control, _Transition):
    id = "N.3/dimension"
    statement = r"\text{stable iff } A_{h-1}(\beta) < 1 - \cos\varphi"
    shift = 3


@register
class CollapseTransition(_Transition):
    r"""Above τ* pairs collapse into the shared space, below it they use their own directions.

    Among displacements out of C the lowest second variation is 2β(1 − A_s(β) − cos φ), reached by
    a = b of opposite sign on neighbouring pairs; `theory.dynamics.collapse_temperature` is its
    zero [gaplab].
    """

    id = "N.3"
    statement = (
        r"\text{pairs inside } C \text{ are stable} \iff A_s(\beta) < 1 - \cos\varphi,\quad "
        r"s = \dim C = h - 2"
    )
    source = ("gaplab", "N.3")
    hypotheses = (
        "A and B are hyperplanes at dihedral angle φ, full loss; φ in quarters of a degree",
        "x_i = y_i uniform on the sphere of C, infinitely many pairs",
        "displacements out of C whose local means vanish, as in N.3|variation",
        "margins by quadrature for s ∈ {1, 2, 3} and the temperatures of the domain",
    )
    beyond = (
        "Displacements that vary slowly over C escape later (cos φ (1 − r_l) in place of cos φ), "
        "and a finite number of pairs moves τ*."
    )
    expected = "proved"
    simulation = (
        Prediction("transition", "transition temperature, by curvature", rtol=0.02),
        Prediction("transition", "transition temperature, by simulation", rtol=0.02),
        Prediction("subspace", "energy of the specific directions"),
    )
    controls = (_Near, _Dimension)
