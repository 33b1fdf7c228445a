"""N.1|bridge: steps 3 and 4 of the finite-N theorem, on finite measures."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.proof import Lemma, Proof, Step
from theory.claims.spaces import Integer
from theory.claims.structured import UnitRows, UnitVector

__all__ = ["GIBBS", "LOG_SUM", "BridgeInequality"]

#: Least mass of an atom, relative to the largest: keeps all logarithms finite.
FLOOR = 1e-3

_TERM, _COUPLED, _DIVERGENCE, _OVERLAP = sympy.symbols("term coupled divergence overlap", real=True)

#: Step 3.
GIBBS = Lemma(
    name="gibbs",
    statement=r"E_\mu\log\!\int\! k\,d\nu \ge E_\rho\log k - KL(\rho\,\|\,\mu\times\nu)",
    reason=(
        "for every coupling ρ of (μ, ν): claim E.2, log E_ν k(x, ·) ≥ E_{ρ(·|x)} log k − "
        "KL(ρ(·|x)‖ν), averaged over x ~ μ"
    ),
    expression=_TERM - _COUPLED,
    premises=(),
    claim="E.2",
)

#: Step 4, with Q ∝ √(P_x P_y), for which E ∫Q log(P_x P_y/Q²) = 2 E log Σ√(P_x P_y).
LOG_SUM = Lemma(
    name="log-sum",
    statement=(
        r"E_\rho\log k - KL(\rho\,\|\,\mu\times\nu) \ge KL(M\|S)"
        r" + 2\,E\log\textstyle\sum\sqrt{P_xP_y}"
    ),
    reason=(
        "claim E.2 as the log-sum inequality over z of ρ_ij log(Σ_z P_i P′_j/S / Σ_z Q_i Q_j/M), "
        "ρ the law of (x, y′) drawn independently given z ~ M"
    ),
    expression=_COUPLED - _DIVERGENCE - 2 * _OVERLAP,
    premises=(),
    claim="E.2",
)


def masses(p: Any, q: Any, s: Any, tilt: Any) -> tuple[Any, Any, Any]:
    """Measures P_i, P′_i (rows) and a probability vector S from unit vectors, no atom empty."""
    factor = np.exp(2 * tilt)[..., None]
    first, second, base = (v**2 + FLOOR for v in (p, q, s))
    return first * factor, second / factor**2, base / base.sum(axis=-1, keepdims=True)


def quantities(p: Any, q: Any, s: Any, tilt: Any) -> dict[str, Any]:
    """Every quantity of the proof, as finite sums, for a batch of measures."""
    first, second, base = masses(p, q, s, tilt)
    n = first.shape[-2]
    kernel = np.einsum("...iz,...jz,...z->...ij", first, second, 1 / base)
    shared = np.sqrt(first * second)
    overlap = shared.sum(axis=-1)
    bridge = shared / overlap[..., None]
    mixture = bridge.mean(axis=-2)
    density = np.einsum("...iz,...jz,...z->...ij", bridge, bridge, 1 / mixture)
    return {
        "forward": np.log(kernel.mean(axis=-1)).mean(axis=-1),
        "backward": np.log(kernel.mean(axis=-2)).mean(axis=-1),
        "coupled": (density * np.log(kernel / density)).sum(axis=(-2, -1)) / n**2,
        "divergence": (mixture * np.log(mixture / base)).sum(axis=-1),
        "overlap": np.log(overlap).mean(axis=-1),
    }


class _FiniteMeasures(Claim):
    """N pairs of measures of any mass on m atoms, and a probability S."""

    domain = Domain(
        n=Integer(1, 5),
        m=Integer(1, 5),
        p=UnitRows("n", "m"),
        q=UnitRows("n", "m"),
        s=UnitVector("m"),
        tilt=UnitVector("n"),
    )

    @abstractmethod
    def combine(self, forward: Any, backward: Any, divergence: Any, overlap: Any) -> Any:
        """Margin from the four terms of the inequality."""

    def margin(self, n: Any, m: Any, p: Any, q: Any, s: Any, tilt: Any) -> Any:
        """Margin of a batch of measures."""
        values = quantities(p, q, s, tilt)
        del values["coupled"]
        return self.combine(**values)

    def proof(self) -> Proof:
        """Gibbs in each direction, then log-sum twice."""
        names = ("forward", "backward", "coupled", "divergence", "overlap")
        forward, backward, coupled, divergence, overlap = sympy.symbols(names, real=True)
        start = self.combine(forward, backward, divergence, overlap)
        one = start - forward + coupled
        two = one - backward + coupled
        three = two - coupled + divergence + 2 * overlap
        at = {"coupled": coupled, "divergence": divergence, "overlap": overlap}
        steps = (
            Step(one, GIBBS, {"term": forward, "coupled": coupled}),
            Step(two, GIBBS, {"term": backward, "coupled": coupled}),
            Step(three, LOG_SUM, at),
            Step(sympy.S.Zero, LOG_SUM, at),
        )

        def coordinates(p: Any, q: Any, s: Any, tilt: Any, **_: Any) -> dict[str, Any]:
            return quantities(p, q, s, tilt)

        return Proof(start, (), steps, coordinates)

    def scale(self, **_: Any) -> Any:
        """Logarithms of the floor."""
        return 20.0


class _TightOverlap(Control, _FiniteMeasures):
    id = "N.1|bridge/overlap-3.8"
    statement = r"\dots \ge 2\,KL(M\|S) + 3.8\,E\log\textstyle\sum\sqrt{P_xP_y}"
    near = "the constant 4 replaced by 3.8"

    def combine(self, forward: Any, backward: Any, divergence: Any, overlap: Any) -> Any:
        return forward + backward - 2 * divergence - 3.8 * overlap


class _TightDivergence(Control, _FiniteMeasures):
    id = "N.1|bridge/divergence-3"
    statement = r"\dots \ge 3\,KL(M\|S) + 4\,E\log\textstyle\sum\sqrt{P_xP_y}"

    def combine(self, forward: Any, backward: Any, divergence: Any, overlap: Any) -> Any:
        return forward + backward - 3 * divergence - 4 * overlap


@register
class BridgeInequality(_FiniteMeasures):
    r"""Both log terms of the loss are bounded by how far the pairs overlap [gaplab].

    For any kernel ``k(x_i, y_j) = Σ_z P_i(z) P′_j(z)/S(z)`` and paired measures. With R^h in
    place of the atoms, ``P_x = G_x s/Z′`` and ``S = s²/Z′`` the kernel is ``e^{βx·y}/Z``, which
    gives the finite-N theorem.
    """

    id = "N.1|bridge"
    statement = (
        r"E_x\log E_y k + E_y\log E_x k \ge 2\,KL(M\|S) + 4\,E\log\textstyle\sum_z\sqrt{P_xP_y},"
        r"\quad k(x,y)=\textstyle\sum_z P_x P_y/S"
    )
    source = ("gaplab", "N.1, steps 3 and 4")
    hypotheses = (
        "P_x and P_y are measures of any mass, S is a probability measure, S > 0",
        "M is the mean over pairs of Q ∝ √(P_x P_y)",
    )
    beyond = "It needs the same representation for both arguments: a positive semidefinite kernel."
    expected = "proved"
    controls = (_TightOverlap, _TightDivergence)

    def combine(self, forward: Any, backward: Any, divergence: Any, overlap: Any) -> Any:
        """Both log terms minus their bound."""
        return forward + backward - 2 * divergence - 4 * overlap
