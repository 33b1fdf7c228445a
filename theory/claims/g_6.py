"""G.6: the combined loss is lowest at the aligned simplex, and its excess bounds the gap."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.batches import loss_values, partner, square
from theory.claims.domain import Domain
from theory.claims.g_5_simplex import simplex_uniformity
from theory.claims.proof import Lemma, Proof, Step
from theory.claims.spaces import Integer, Real
from theory.claims.structured import UnitRows
from theory.finite import simplex_infonce

__all__ = ["CombinedOptimum", "from_claim"]

_WEIGHT, _VALUE, _BOUND = sympy.symbols("weight value bound", real=True)


def from_claim(claim: str, statement: str) -> Lemma:
    """Lemma that a claim of the ledger gives: value ≥ bound, with a weight ≥ 0."""
    return Lemma(
        name=claim,
        statement=statement,
        reason=f"claim {claim}",
        expression=_WEIGHT * (_VALUE - _BOUND),
        premises=(_WEIGHT,),
        claim=claim,
    )


_INFONCE = from_claim("LS.1", r"L \ge 2\log(1+(N-1)e^{-\beta N/(N-1)})")
_CENTROIDS = from_claim("G.5|simplex", r"L_{CU} \ge \log(N-1)-4N/(N-1)")
_GAP = from_claim("G.3", r"L_{ATP} \ge \|\bar x-\bar y\|^2")

#: Values of the parts of the loss that the proof names.
_PARTS = ("infonce_y", "infonce_z", "atp_y", "atp_z", "cu", "gap_y", "gap_z")


class _ThreeViews(Claim):
    """Three paired views, x the anchor."""

    domain = Domain(
        n=Integer(2, 4),
        h=Integer(1, 3),
        x=UnitRows("n", "h"),
        to_y=UnitRows("n", "h"),
        to_z=UnitRows("n", "h"),
        step=(0.0, 2.0),
        beta=Real(0.1, 100, log=True),
    )

    @abstractmethod
    def combine(self, loss: Any, optimum: Any, gap: Any) -> Any:
        """Margin from the loss, its value at the aligned simplex and the mean squared gap."""

    def margin(self, n: Any, x: Any, to_y: Any, to_z: Any, step: Any, beta: Any, **_: Any) -> Any:
        """Margin of three views."""
        y, z = partner(x, to_y, step), partner(x, to_z, step)
        loss = loss_values("gap_closing", x, y, z, beta=beta)
        optimum = simplex_infonce(n, beta) / 2 + simplex_uniformity(n)
        gap = (self.gap(x, y) + self.gap(x, z)) / 2
        return self.combine(loss, optimum, gap)

    def gap(self, x: Any, y: Any) -> Any:
        """‖mean x − mean y‖²."""
        return square(x.mean(axis=-2) - y.mean(axis=-2))

    def proof(self) -> Proof:
        """Each term is bounded by a claim of its own; the bounds are attained together."""
        names = dict(zip(_PARTS, sympy.symbols(_PARTS, real=True), strict=True))
        best, spread = sympy.symbols("best spread", real=True)
        half, quarter = sympy.Rational(1, 2), sympy.Rational(1, 4)
        loss = names["cu"] + half * (names["atp_y"] + names["atp_z"])
        loss += quarter * (names["infonce_y"] + names["infonce_z"])
        start = self.combine(loss, best / 2 + spread, half * (names["gap_y"] + names["gap_z"]))
        uses = [(_INFONCE, quarter, names[f"infonce_{v}"], best) for v in "yz"]
        uses += [(_GAP, half, names[f"atp_{v}"], names[f"gap_{v}"]) for v in "yz"]
        uses.append((_CENTROIDS, sympy.S.One, names["cu"], spread))
        steps, left = [], start
        for lemma, weight, value, bound in uses:
            left = sympy.expand(left - weight * (value - bound))
            steps.append(Step(left, lemma, {"weight": weight, "value": value, "bound": bound}))
        return Proof(start, (), tuple(steps), self._coordinates)

    def _coordinates(
        self, n: Any, x: Any, to_y: Any, to_z: Any, step: Any, beta: Any, **_: Any
    ) -> dict[str, Any]:
        y, z = partner(x, to_y, step), partner(x, to_z, step)
        values = {"best": simplex_infonce(n, beta), "spread": simplex_uniformity(n)}
        values["cu"] = loss_values("cu", x, y, z, beta=beta)
        for name, view in (("y", y), ("z", z)):
            values[f"infonce_{name}"] = 2 * loss_values("infonce", x, view, beta=beta)
            values[f"atp_{name}"] = loss_values("atp", x, view, beta=beta)
            values[f"gap_{name}"] = self.gap(x, view)
        return values

    def scale(self, beta: Any, **_: Any) -> Any:
        """Logits."""
        return 10 + 2 * beta


class _Higher(Control, _ThreeViews):
    id = "G.6/optimum-plus-.05"
    statement = r"L \ge L^* + 0.05"
    near = "false only within .05 of the optimum"

    def combine(self, loss: Any, optimum: Any, gap: Any) -> Any:
        return loss - optimum - 0.05


class _Positive(Control, _ThreeViews):
    id = "G.6/optimum-plus-1"
    statement = r"L \ge L^* + 1"

    def combine(self, loss: Any, optimum: Any, gap: Any) -> Any:
        return loss - optimum - 1


@register
class CombinedOptimum(_ThreeViews):
    r"""The excess of InfoNCE + ATP + CU over the aligned simplex bounds the gap [Grassucci2026].

    InfoNCE, CU and ATP − ‖gap‖² are each lowest at the aligned simplex (LS.1, G.5|simplex, G.3),
    so the optimum has gap 0, aligned pairs and no collapse, and a small excess a small gap.
    """

    id = "G.6"
    statement = (
        r"L_{ATP}+L_{CU}+L_{InfoNCE} \ge L^* + \tfrac1{M-1}\sum_{m\ne a}\|\bar z^m-\bar z^a\|^2,"
        r"\quad L^* = \log\!\big(1+(N-1)e^{-\beta N/(N-1)}\big)+\log(N-1)-\tfrac{4N}{N-1}"
    )
    source = ("Grassucci2026", "optimum of the combined loss, N ≤ h + 1, any number of modalities")
    hypotheses = ("N ≥ 2 samples, shown for three modalities with anchor x", "unit weights, t = 2")
    beyond = (
        "L* is attained iff N ≤ h + 1. For N → ∞, h ≥ 3 and β ≤ β_c see G.6|limit; between, "
        "only numerics."
    )
    expected = "proved"
    controls = (_Higher, _Positive)

    def combine(self, loss: Any, optimum: Any, gap: Any) -> Any:
        """Loss minus its value at the aligned simplex and the squared gap."""
        return loss - optimum - gap
