"""N.1|equal-cosines: the finite-N theorem at every temperature, if true pairs are equally close."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import sympy

from theory.claims.base import Array, Claim, Control, register
from theory.claims.batches import excess
from theory.claims.domain import Domain
from theory.claims.n_1 import kernel_terms
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Choice, Integer, Real
from theory.claims.structured import UnitRows
from theory.claims.uniform import BRIDGE, optimum

__all__ = ["EqualCosines", "at_cosine"]


def at_cosine(x: Any, towards: Any, cosine: Any) -> Array:
    """Unit rows at the same cosine from each row of `x`, in the direction of `towards`."""
    tangent = towards - (towards * x).sum(axis=-1, keepdims=True) * x
    spare = np.roll(x, 1, axis=-1) * np.where(np.arange(x.shape[-1]) % 2, 1.0, -1.0)
    spare -= (spare * x).sum(axis=-1, keepdims=True) * x
    length = np.linalg.norm(tangent, axis=-1, keepdims=True)
    tangent = np.where(length > 1e-6, tangent, spare)
    tangent /= np.linalg.norm(tangent, axis=-1, keepdims=True)
    c = np.reshape(cosine, (-1, 1, 1))
    return np.asarray(c * x + np.sqrt(1 - c**2) * tangent)


class _EqualPairs(Claim):
    """Paired clouds with one cosine for all true pairs, at any temperature."""

    domain = Domain(
        n=Integer(1, 4),
        h=Choice([2, 4, 16]),
        x=UnitRows("n", "h"),
        towards=UnitRows("n", "h"),
        cosine=(-1.0, 1.0),
        beta=Real(1e-2, 100, log=True),
    )

    @abstractmethod
    def combine(self, loss: Any, here: Any, aligned: Any) -> Any:
        """Margin from L − 2 log N, K(β(1+c)/2) and K(β)."""

    def margin(self, n: Any, h: Any, x: Any, towards: Any, cosine: Any, beta: Any) -> Any:
        """Margin of paired clouds."""
        loss = excess(x, at_cosine(x, towards, cosine), beta)
        return self.combine(loss, self.flattened(h, beta, cosine), optimum(h, beta))

    def flattened(self, h: Any, beta: Any, cosine: Any) -> Array:
        """K at the inverse temperature β(1+c)/2; 0 at c = −1."""
        return optimum(h, np.maximum(beta * (1 + cosine) / 2, 1e-300))

    def proof(self) -> Proof:
        """The bridge with S ∝ the square of the Gaussians' mean over the sphere of radius r."""
        beta = sympy.Symbol("beta", positive=True)
        q = sympy.Symbol("q", nonnegative=True)  # r² = (1 + c)/2
        names = ("forward", "backward", "here", "aligned")
        forward, backward, here, aligned = sympy.symbols(names, real=True)
        loss = aligned + 4 * beta * (1 - q) + forward + backward
        start = self.combine(loss, here, aligned)
        overlap = (here - aligned) / 4 - beta * (1 - q)
        at = {"forward": forward, "backward": backward, "overlap": overlap}
        step = Step(start - (forward + backward - 4 * overlap), BRIDGE, at)

        def coordinates(
            h: Any, x: Any, towards: Any, cosine: Any, beta: Any, **_: Any
        ) -> dict[str, Any]:
            terms = kernel_terms(x, at_cosine(x, towards, cosine), h, beta)
            here, aligned = self.flattened(h, beta, cosine), optimum(h, beta)
            return {**terms, "here": here, "aligned": aligned, "beta": beta, "q": (1 + cosine) / 2}

        return Proof(start, (), (step,), coordinates)

    def scale(self, beta: Any, **_: Any) -> Any:
        """Logits."""
        return 1 + 4 * beta


class _Colder(Control, _EqualPairs):
    id = "N.1|equal-cosines/K-times-.95"
    statement = r"x_i\cdot y_i = c \Rightarrow L - 2\log N \ge 0.95\,K(\beta\tfrac{1+c}2)"
    near = "the constant K replaced by .95 K"

    def combine(self, loss: Any, here: Any, aligned: Any) -> Any:
        return loss - 0.95 * here


class _Zero(Control, _EqualPairs):
    id = "N.1|equal-cosines/non-negative"
    statement = r"x_i\cdot y_i = c \Rightarrow L \ge 2\log N"

    def combine(self, loss: Any, here: Any, aligned: Any) -> Any:
        return loss


@register
class EqualCosines(_EqualPairs):
    r"""With one cosine c for all true pairs the bound is K at the lower β(1+c)/2 [gaplab].

    The bridge holds for every choice of S: with midpoints at one radius r = √((1+c)/2) the best
    is ``√S ∝ ∫ G_{rw} dσ(w)``, whose energy ``e^{−βr²} Z(βr²)`` replaces the one at r = 1. So
    ``L − 2 log N ≥ K(βr²) ≥ K(β)`` whatever β: no configuration with a constant angle between
    true pairs is below the uniform optimum, and its price is that of a higher temperature.
    """

    id = "N.1|equal-cosines"
    statement = (
        r"x_i\cdot y_i = c \text{ for all } i \Rightarrow "
        r"L - 2\log N \ge K\big(\beta\tfrac{1+c}2\big) \ge K(\beta)"
    )
    source = ("gaplab", "N.1, beyond β_c for equally close pairs")
    hypotheses = ("any N ≥ 1, h ≥ 2 and β > 0", "all true pairs have the same cosine c")
    beyond = (
        "For unequal cosines N.1 holds up to β_c. Two clouds at heights ±s with aligned uniform "
        "parts reach K(β(1+c)/2) of dimension h − 1."
    )
    expected = "proved"
    controls = (_Colder, _Zero)

    def combine(self, loss: Any, here: Any, aligned: Any) -> Any:
        """Excess minus K at β(1+c)/2."""
        return loss - here
