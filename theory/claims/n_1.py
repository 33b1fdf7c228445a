"""N.1: no configuration of any N is below the uniform optimum, up to β_c."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.batches import excess, log_mean_exp, partner, square
from theory.claims.centre import order
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Integer, Real
from theory.claims.structured import UnitRows
from theory.claims.uniform import BRIDGE, critical, optimum, psi

__all__ = ["FiniteOptimum", "kernel_terms"]


def kernel_terms(x: Any, y: Any, h: Any, beta: Any) -> dict[str, Any]:
    """E_x log ∫k dν and E_y log ∫k dμ for k = e^{βx·y}/Z, the mean of ‖x−y‖² and of Ψ."""
    scores = beta[:, None, None] * (x @ np.swapaxes(y, -1, -2))
    log_z = (optimum(h, beta) + 2 * beta) / 2
    r = np.sqrt(square(x + y)) / 2
    return {
        "forward": log_mean_exp(scores, axis=-1).mean(axis=-1) - log_z,
        "backward": log_mean_exp(scores, axis=-2).mean(axis=-1) - log_z,
        "distance": square(x - y).mean(axis=-1),
        "psi": psi(np.minimum(r, 1), beta[:, None], order(h)[:, None]).mean(axis=-1),
    }


class _Pairs(Claim):
    """Paired clouds of any size at β = u·β_c(h), aligned ones included."""

    domain = Domain(
        n=Integer(1, 8),
        h=Choice([2, 3, 4, 16]),
        x=UnitRows("n", "h"),
        towards=UnitRows("n", "h"),
        step=(0.0, 2.0),
        u=Real(1e-2, 1, log=True),
    )

    @abstractmethod
    def combine(self, loss: Any, least: Any) -> Any:
        """Margin from L − 2 log N and K."""

    def margin(self, n: Any, h: Any, x: Any, towards: Any, step: Any, u: Any) -> Any:
        """Margin of paired clouds."""
        beta = u * critical(h)
        return self.combine(excess(x, partner(x, towards, step), beta), optimum(h, beta))

    def proof(self) -> Proof:
        """Step 1, the bridge of steps 2 to 4, and Ψ ≥ 0 of step 5."""
        beta, distance = sympy.symbols("beta distance", nonnegative=True)
        forward, backward, mean_psi = sympy.symbols("forward backward psi", real=True)
        least = sympy.Symbol("least", real=True)
        start = self.combine(least + beta * distance + forward + backward, least)
        overlap = mean_psi - beta * distance / 4
        at = {"forward": forward, "backward": backward, "overlap": overlap}
        bound = start - (forward + backward - 4 * overlap)
        steps = (Step(bound, BRIDGE, at), Step(sympy.S.Zero))

        def coordinates(x: Any, towards: Any, step: Any, **rest: Any) -> dict[str, Any]:
            beta = rest["u"] * critical(rest["h"])
            terms = kernel_terms(x, partner(x, towards, step), rest["h"], beta)
            return {**terms, "beta": beta, "least": optimum(rest["h"], beta)}

        return Proof(start, (mean_psi,), steps, coordinates, grounds=("N.1|psi", "N.1|overlap"))

    def scale(self, h: Any, u: Any, **_: Any) -> Any:
        """Logits."""
        return 1 + 4 * u * critical(h)


class _Larger(Control, _Pairs):
    id = "N.1/K-times-.95"
    statement = r"L - 2\log N \ge 0.95\,K"
    near = "the constant K replaced by .95 K"

    def combine(self, loss: Any, least: Any) -> Any:
        return loss - 0.95 * least


class _NonNegative(Control, _Pairs):
    id = "N.1/at-least-half"
    statement = r"L - 2\log N \ge \tfrac12 K"

    def combine(self, loss: Any, least: Any) -> Any:
        return loss - least / 2


@register
class FiniteOptimum(_Pairs):
    r"""``L − 2 log N ≥ K`` for every N and every configuration, if β ≤ β_c(h) [gaplab].

    ``L − 2 log N − K = β E‖x−y‖² + E_x log∫k dν + E_y log∫k dμ ≥ 4 E Ψ(‖x+y‖/2) ≥ 0`` with
    k = e^{βx·y}/Z: the bridge (N.1|bridge) with ``log∫√(P_x P_y) = Ψ − β‖x−y‖²/4``, and N.1|psi.
    """

    id = "N.1"
    statement = r"L - 2\log N \ge K = -2\beta+2\log Z(\beta)\quad(\beta\le\beta_c(h))"
    source = ("gaplab", "N.1")
    hypotheses = ("any N ≥ 1 and any unit rows in R^h, h ≥ 2", "β ≤ β_c(h)")
    beyond = (
        "Beyond β_c the proof covers configurations with ‖x_i+y_i‖/2 ≥ r_c(β, h) and all aligned "
        "ones (W.1); the rest would follow from N.1|lemma."
    )
    expected = "proved"
    simulation = (
        Prediction("free", "loss − 2 log N at the end", rtol=2e-3),
        Prediction("temperature_sweep", "loss − 2 log N at the end", rtol=2e-3),
    )
    controls = (_Larger, _NonNegative)

    def combine(self, loss: Any, least: Any) -> Any:
        """Excess minus K."""
        return loss - least
