"""N.6 above the circle: collapse is never stable."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory.claims.base import Array, Claim, Control, register
from theory.claims.centre import TAU
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Real
from theory.claims.structured import UnitVector
from theory.claims.variation import second_variation

__all__ = ["CollapseAboveTheCircle"]

#: A few roundings of the terms of the second variation.
TOLERANCE = 1e-13


class _AcrossThePlane(Claim):
    """Point masses displaced by p_i and q_j along a direction orthogonal to both."""

    constant: float = 4
    domain = Domain(
        n=Choice([2, 3, 5, 8]),
        theta=(0.0, float(np.pi)),
        tau=Real(*TAU, log=True),
        p=UnitVector("n"),
        q=UnitVector("n"),
    )

    def margin(self, tau: Any, **params: Any) -> Any:
        """Tolerance minus the error of the formula, over β."""
        p, q = params["p"], params["q"]
        cov = (p * q).mean(axis=-1) - p.mean(axis=-1) * q.mean(axis=-1)
        error = tau * self.curvature(tau=tau, **params) + self.constant * cov
        return TOLERANCE - np.abs(error)

    def proof(self) -> Proof:
        """E′ vanishes and the softmaxes are uniform: only the means of E″ are left.

        E″_ij = β(2 p_i q_j − (p_i² + q_j²) cos θ), once over all pairs in each direction, and twice
        over the true ones.
        """
        names = ("p_mean", "q_mean", "p_square", "q_square", "product", "cosine")
        p, q, p_square, q_square, product, cosine = sympy.symbols(names, real=True)
        lengths = (p_square + q_square) * cosine
        curvature = 2 * (2 * p * q - lengths) - 2 * (2 * product - lengths)  # over β
        error = curvature + self.constant * (product - p * q)
        tolerance = sympy.Float(TOLERANCE)
        steps = (Step(tolerance), Step(sympy.S.Zero))
        return Proof(tolerance - sympy.Abs(error), (), steps, _coordinates)

    def curvature(self, theta: Any, tau: Any, p: Any, q: Any, **_: Any) -> Array:
        """Second variation of the loss, computed from its particles in R³."""
        zero, one = np.zeros_like(p), np.ones_like(p)
        x = np.stack([one, zero, zero], axis=-1)
        y = np.stack([np.cos(theta)[:, None] * one, np.sin(theta)[:, None] * one, zero], axis=-1)
        v, w = (np.stack([zero, zero, d], axis=-1) for d in (p, q))
        return second_variation(x, y, v, w, 1 / tau)


def _coordinates(theta: Any, p: Any, q: Any, **_: Any) -> dict[str, Any]:
    return {
        "p_mean": p.mean(axis=-1),
        "q_mean": q.mean(axis=-1),
        "p_square": (p * p).mean(axis=-1),
        "q_square": (q * q).mean(axis=-1),
        "product": (p * q).mean(axis=-1),
        "cosine": np.cos(theta),
    }


class _Near(Control, _AcrossThePlane):
    id = "N.6|above/3.9"
    statement = r"\delta^2 L = -3.9\,\beta\operatorname{cov}(p, q)"
    near = "the constant 4 replaced by 3.9"
    constant = 3.9


class _Flat(Control, _AcrossThePlane):
    id = "N.6|above/flat"
    statement = r"\delta^2 L = 0"
    constant = 0


@register
class CollapseAboveTheCircle(_AcrossThePlane):
    r"""Across the plane of the two points the second variation is −4β cov(p, q) [gaplab].

    ``p = q`` therefore lowers the loss at every angle, −4β var p < 0: pairs spread together.
    """

    id = "N.6|above"
    statement = r"\delta^2 L = -4\beta\operatorname{cov}(p, q)\quad(h \ge 3)"
    source = ("gaplab", "N.6")
    hypotheses = (
        "h ≥ 3 and N ≥ 2",
        "x_i = x, y_i = y at any angle, displaced along one direction orthogonal to both",
    )
    beyond = "On the circle (h = 2) there is no such direction, and collapse may be stable: N.6."
    expected = "proved"
    controls = (_Near, _Flat)
    simulation = (Prediction("circle", "modalities still collapsed at the end", "h=3"),)
