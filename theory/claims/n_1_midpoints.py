"""N.1|midpoints: a bound for every configuration and every temperature, from the midpoints."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import sympy
from scipy.special import logsumexp

from theory.claims.base import Array, Claim, Control, register
from theory.claims.batches import excess, partner, square
from theory.claims.domain import Domain
from theory.claims.n_1 import kernel_terms
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Choice, Integer, Real
from theory.claims.structured import UnitRows
from theory.claims.uniform import BRIDGE, optimum

__all__ = ["MidpointBound", "midpoint_gain"]


def midpoint_gain(x: Any, y: Any, h: Any, beta: Any) -> Array:
    """``E_i log E_j G_ij − ½ log E_ij G_ij`` with G_ij = e^{β(1 − ‖m_i−m_j‖²/2)}/Z(β)."""
    middle = (x + y) / 2
    lengths = square(middle)
    inner = middle @ np.swapaxes(middle, -1, -2)
    distance = lengths[..., :, None] + lengths[..., None, :] - 2 * inner
    exponents = -beta[:, None, None] * distance / 2
    n = x.shape[-2]
    rows = (logsumexp(exponents, axis=-1) - np.log(n)).mean(axis=-1)
    whole = logsumexp(exponents, axis=(-2, -1)) - 2 * np.log(n)
    return np.asarray(rows - whole / 2 - optimum(h, beta) / 4)


class _Pairs(Claim):
    """Paired clouds at any temperature."""

    domain = Domain(
        n=Integer(1, 4),
        h=Choice([2, 4, 16]),
        x=UnitRows("n", "h"),
        towards=UnitRows("n", "h"),
        step=(0.0, 2.0),
        beta=Real(1e-2, 100, log=True),
    )

    @abstractmethod
    def combine(self, over: Any, gain: Any) -> Any:
        """Margin from L − 2 log N − K and the gain of the midpoints."""

    def margin(self, n: Any, h: Any, x: Any, towards: Any, step: Any, beta: Any) -> Any:
        """Margin of paired clouds."""
        y = partner(x, towards, step)
        return self.combine(excess(x, y, beta) - optimum(h, beta), midpoint_gain(x, y, h, beta))

    def proof(self) -> Proof:
        """The bridge with √S ∝ the mean of the Gaussians at the midpoints."""
        beta, distance = sympy.symbols("beta distance", nonnegative=True)
        forward, backward, gain = sympy.symbols("forward backward gain", real=True)
        start = self.combine(beta * distance + forward + backward, gain)
        overlap = gain - beta * distance / 4
        at = {"forward": forward, "backward": backward, "overlap": overlap}
        step = Step(start - (forward + backward - 4 * overlap), BRIDGE, at)

        def coordinates(
            h: Any, x: Any, towards: Any, step: Any, beta: Any, **_: Any
        ) -> dict[str, Any]:
            y = partner(x, towards, step)
            terms = kernel_terms(x, y, h, beta)
            return {**terms, "beta": beta, "gain": midpoint_gain(x, y, h, beta)}

        return Proof(start, (), (step,), coordinates)

    def scale(self, beta: Any, **_: Any) -> Any:
        """Logits."""
        return 1 + 8 * beta


class _LargerGain(Control, _Pairs):
    id = "N.1|midpoints/gain-times-4.2"
    statement = r"L - 2\log N - K \ge 4.2\,\Gamma"
    near = "the constant 4 replaced by 4.2"

    def combine(self, over: Any, gain: Any) -> Any:
        return over - 4.2 * gain


class _Reversed(Control, _Pairs):
    id = "N.1|midpoints/upper-bound"
    statement = r"L - 2\log N - K \le 4\,\Gamma"

    def combine(self, over: Any, gain: Any) -> Any:
        return 4 * gain - over


@register
class MidpointBound(_Pairs):
    r"""The midpoints m_i = (x_i+y_i)/2 bound the loss of any configuration, at any β [gaplab].

    The bridge with ``√S ∝ E_j G(· − m_j)``, G the Gaussian e^{−β‖z‖²}. With the best S instead,
    K is missed by at most 2 log of the ratio between the energy ``e^{−β}Z(β)`` of the uniform
    sphere and the least energy of a law on the ball, which is 0 up to β_c.
    """

    id = "N.1|midpoints"
    statement = (
        r"L - 2\log N - K \ge 4\,\Gamma,\quad "
        r"\Gamma = E_i\log E_j G_{ij}-\tfrac12\log E_{ij}G_{ij},"
        r"\quad G_{ij} = e^{\beta(1-\|m_i-m_j\|^2/2)}/Z(\beta)"
    )
    source = ("gaplab", "N.1, a bound beyond β_c")
    hypotheses = ("any N ≥ 1, any unit rows in R^h, h ≥ 2, and any β > 0",)
    beyond = (
        "Γ may be negative: other choices of S do better, up to β_c always enough for N.1, beyond "
        "it not where some pairs are nearly opposite and others close."
    )
    expected = "proved"
    controls = (_LargerGain, _Reversed)

    def combine(self, over: Any, gain: Any) -> Any:
        """Excess over K minus four times the gain."""
        return over - 4 * gain
