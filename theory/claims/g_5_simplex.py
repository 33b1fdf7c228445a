"""G.5|simplex: up to h + 1 samples the optimum of centroid uniformity is the simplex."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.batches import loss_values, partner, square
from theory.claims.domain import Domain
from theory.claims.proof import Lemma, Proof, Step
from theory.claims.spaces import Integer
from theory.claims.structured import UnitRows

__all__ = ["CentroidSimplex", "simplex_uniformity"]

_LOSS, _OTHERS, _DISTANCE = sympy.symbols("loss others distance", real=True)

#: The exponential is convex.
POTENTIAL_JENSEN = Lemma(
    name="jensen",
    statement=r"L_{CU} \ge \log(N-1) - \tfrac{2}{N(N-1)}\sum_{i\ne j}\|\mu_i-\mu_j\|^2",
    reason="claim E.2 with equal weights: the mean of e^{−2d} is at least e^{−2 mean d}",
    expression=_LOSS - sympy.log(_OTHERS) + 2 * _DISTANCE,
    premises=(_OTHERS,),
    claim="E.2",
)


def simplex_uniformity(n: Any) -> Any:
    """L_CU of the simplex on the unit sphere: log(N−1) − 4N/(N−1)."""
    log = sympy.log if isinstance(n, sympy.Basic) else np.log
    return log(n - 1) - 4 * n / (n - 1)


class _Centroids(Claim):
    """Centroids of two views, anywhere in the ball."""

    domain = Domain(
        n=Integer(2, 5),
        h=Integer(1, 4),
        x=UnitRows("n", "h"),
        towards=UnitRows("n", "h"),
        step=(0.0, 2.0),
    )

    @abstractmethod
    def combine(self, loss: Any, n: Any) -> Any:
        """Margin from L_CU and the number of samples."""

    def margin(self, n: Any, h: Any, x: Any, towards: Any, step: Any) -> Any:
        """Margin of paired clouds."""
        y = partner(x, towards, step)
        return self.combine(loss_values("cu", x, y, beta=0.0 * n), n)

    def proof(self) -> Proof:
        """Jensen; the mean squared distance is 2N/(N−1) (mean ‖μ‖² − ‖mean μ‖²) ≤ 2N/(N−1)."""
        n = sympy.Symbol("n", positive=True)
        loss = sympy.Symbol("loss", real=True)
        offset, centre = sympy.symbols("offset centre", nonnegative=True)
        distance = 2 * n / (n - 1) * (1 - offset - centre)
        start = self.combine(loss, n)
        at = {"loss": loss, "others": n - 1, "distance": distance}
        after = start - loss + sympy.log(n - 1) - 2 * distance
        steps = (
            Step(after, POTENTIAL_JENSEN, at),
            Step(sympy.S.Zero, forms=(4 * n / (n - 1) * offset + 4 * n / (n - 1) * centre,)),
        )

        def coordinates(n: Any, x: Any, towards: Any, step: Any, **_: Any) -> dict[str, Any]:
            y = partner(x, towards, step)
            mean = (x + y) / 2
            return {
                "n": n,
                "loss": loss_values("cu", x, y, beta=0.0 * n),
                "offset": square(x - y).mean(axis=-1) / 4,
                "centre": square(mean.mean(axis=-2)),
            }

        return Proof(start, (n - 1,), steps, coordinates)

    def scale(self, n: Any, **_: Any) -> Any:
        """Squared distances."""
        return 8.0 + np.log(n)


class _LargerBound(Control, _Centroids):
    id = "G.5|simplex/exponent-3.9"
    statement = r"L_{CU} \ge \log(N-1) - 3.9\,\tfrac{N}{N-1}"
    near = "the constant 4 replaced by 3.9"

    def combine(self, loss: Any, n: Any) -> Any:
        return loss - simplex_uniformity(n) - 0.1 * n / (n - 1)


class _Orthogonal(Control, _Centroids):
    id = "G.5|simplex/orthogonal"
    statement = r"L_{CU} \ge \log(N-1) - 4"

    def combine(self, loss: Any, n: Any) -> Any:
        return loss - simplex_uniformity(n) - 4 / (n - 1)


@register
class CentroidSimplex(_Centroids):
    r"""No centroids in the ball are below the simplex on the sphere [Grassucci2026].

    With or without normalisation: shorter centroids are closer to each other.
    """

    id = "G.5|simplex"
    statement = r"L_{CU} \ge \log(N-1) - \tfrac{4N}{N-1}"
    source = ("Grassucci2026", "optimum of L_CU for few samples")
    hypotheses = ("N ≥ 2 samples, centroids in the unit ball", "t = 2")
    beyond = "Attained iff N ≤ h + 1; for larger N the optimum is no simplex (G.5)."
    expected = "proved"
    controls = (_LargerBound, _Orthogonal)

    def combine(self, loss: Any, n: Any) -> Any:
        """Loss minus its value at the simplex."""
        return loss - simplex_uniformity(n)
