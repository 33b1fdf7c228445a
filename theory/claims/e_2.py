"""E.2: Gibbs' variational principle, from which Jensen and log-sum are read off."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import sympy
from scipy.special import logsumexp

from theory.claims.base import Array, Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.e_1 import LOG
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Integer
from theory.claims.structured import UnitVector

__all__ = ["GibbsPrinciple"]

#: Largest number of atoms, and the least mass of one relative to the largest.
ATOMS, FLOOR = 4, 1e-3


def probability(vector: Any) -> Array:
    """Probabilities from a unit vector, no atom empty."""
    mass = vector**2 + FLOOR
    return np.asarray(mass / mass.sum(axis=-1, keepdims=True))


class _Atoms(Claim):
    """Laws q and r on n atoms, and a function s of values in [−30, 30]."""

    weight: ClassVar[Any] = 1
    domain = Domain(
        n=Integer(1, ATOMS),
        q=UnitVector("n"),
        r=UnitVector("n"),
        s=UnitVector("n"),
        length=(0.0, 30.0),
    )

    def margin(self, q: Any, r: Any, s: Any, length: Any, **_: Any) -> Any:
        """Log-mean-exp minus mean plus weight · KL(r‖q)."""
        q, r, s = probability(q), probability(r), length[..., None] * s
        divergence = (r * np.log(r / q)).sum(axis=-1)
        mean = (r * s).sum(axis=-1)
        return logsumexp(s, b=q, axis=-1) - mean + float(self.weight) * divergence

    def scale(self, length: Any, **_: Any) -> Any:
        """Values of s."""
        return 10 + length

    def proof(self) -> Proof:
        """Log y ≤ y − 1 for every atom, y = q e^s/(r Σ q e^s): Σ r y = Σ r = 1."""
        names = [f"{kind}{j}" for kind in "ry" for j in range(ATOMS)]
        symbols = sympy.symbols(names, nonnegative=True)
        masses, ratios = symbols[:ATOMS], symbols[ATOMS:]
        divergence = sympy.Symbol("divergence", real=True)
        left = (self.weight - 1) * divergence
        left += sum(r * (y - 1 - sympy.log(y)) for r, y in zip(masses, ratios, strict=True))
        start, steps = left, []
        for r, y in zip(masses, ratios, strict=True):
            left = left - r * (y - 1 - sympy.log(y))
            steps.append(Step(left, LOG, {"z": y}, times=r))
        steps[-1] = Step(sympy.S.Zero, LOG, {"z": ratios[-1]}, times=masses[-1])
        return Proof(start, (), tuple(steps), _coordinates)


def _coordinates(n: Any, q: Any, r: Any, s: Any, length: Any) -> dict[str, Any]:
    q, r = probability(q), probability(r)
    tilted = q * np.exp(length[..., None] * s)
    y = tilted / tilted.sum(axis=-1, keepdims=True) / r
    values = {"divergence": (r * np.log(r / q)).sum(axis=-1)}
    for j in range(ATOMS):
        there = j < r.shape[-1]
        values[f"r{j}"] = r[..., j] if there else np.zeros(len(r))
        values[f"y{j}"] = y[..., j] if there else np.ones(len(r))
    return values


class _Less(Control, _Atoms):
    id = "E.2/.95"
    statement = r"\log E_q e^s \ge E_r s - 0.95\,KL(r\|q)"
    near = "the constant 1 replaced by .95"
    weight = sympy.Rational(19, 20)


class _AnyMean(Control, _Atoms):
    id = "E.2/any-mean"
    statement = r"\log E_q e^s \ge E_r s"
    weight = sympy.S.Zero


@register
class GibbsPrinciple(_Atoms):
    r"""The log-mean-exp is at least any mean less its divergence [DupuisEllis1997].

    With r = q it is Jensen's inequality for the exponential; with r the softmax at another
    point it says that log-sum-exp lies above its tangents, so that it is convex and, averaged,
    Jensen's inequality for it; with s = log(a/b) it is the log-sum inequality.
    """

    id = "E.2"
    statement = r"\log E_q e^s \ge E_r s - KL(r\|q)"
    source = ("DupuisEllis1997", "Gibbs' variational principle")
    hypotheses = (
        "q and r are probabilities on finitely many atoms, q > 0",
        "proved on up to four atoms; each further atom is one more step of the same kind",
    )
    beyond = "For laws on any space by the same reference. Equality iff r ∝ q e^s."
    expected = "proved"
    controls = (_Less, _AnyMean)
