"""G.4: any aligned configuration minimises the alignment loss, total collapse included."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.batches import loss_values, square
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Integer
from theory.claims.structured import UnitRows

__all__ = ["AlignmentIgnoresSpread"]


class _ThreeViews(Claim):
    """Three paired views."""

    domain = Domain(
        n=Integer(1, 6),
        h=Integer(1, 5),
        x=UnitRows("n", "h"),
        y=UnitRows("n", "h"),
        z=UnitRows("n", "h"),
    )

    @abstractmethod
    def combine(self, loss: Any, aligned: Any, spread: Any) -> Any:
        """Margin from L_ATP, its value at x = y = z, and 1 − ‖x̄‖²."""

    def margin(self, n: Any, h: Any, x: Any, y: Any, z: Any) -> Any:
        """Margin of three views."""
        zero = 0.0 * n
        loss = loss_values("atp", x, y, z, beta=zero)
        aligned = loss_values("atp", x, x, x, beta=zero)
        return self.combine(loss, aligned, 1 - square(x.mean(axis=-2)))

    def proof(self) -> Proof:
        """A mean of squared distances from the anchor, all zero where the views agree."""
        first, second = sympy.symbols("first second", nonnegative=True)
        spread = sympy.Symbol("spread", real=True)
        start = self.combine((first + second) / 2, sympy.S.Zero, spread)

        def coordinates(x: Any, y: Any, z: Any, **_: Any) -> dict[str, Any]:
            return {
                "first": square(y - x).mean(axis=-1),
                "second": square(z - x).mean(axis=-1),
                "spread": 1 - square(x.mean(axis=-2)),
            }

        return Proof(start, (), (Step(sympy.S.Zero),), coordinates)


class _PunishesCollapse(Control, _ThreeViews):
    id = "G.4/prefers-collapse"
    statement = r"L_{ATP} \ge 0.01\,(1-\|\bar x\|^2)"
    near = "false only for aligned clouds that are spread"

    def combine(self, loss: Any, aligned: Any, spread: Any) -> Any:
        return loss - aligned - spread / 100


class _Bounded(Control, _ThreeViews):
    id = "G.4/maximum"
    statement = r"L_{ATP}(x,y,z) \le L_{ATP}(x,x,x)"

    def combine(self, loss: Any, aligned: Any, spread: Any) -> Any:
        return aligned - loss


@register
class AlignmentIgnoresSpread(_ThreeViews):
    r"""L_ATP ≥ 0 = L_ATP(x, x, x) for every x, spread or collapsed [Grassucci2026]."""

    id = "G.4"
    statement = r"L_{ATP}(x,y,z) \ge L_{ATP}(x',x',x') = 0 \quad\text{for every } x'"
    source = ("Grassucci2026", "remark on L_ATP alone")
    hypotheses = ("any number of modalities, shown for three with anchor x",)
    beyond = "With a term that spreads the centroids (G.6) collapse is no minimum."
    expected = "proved"
    controls = (_PunishesCollapse, _Bounded)

    def combine(self, loss: Any, aligned: Any, spread: Any) -> Any:
        """Loss minus its value at alignment."""
        return loss - aligned
