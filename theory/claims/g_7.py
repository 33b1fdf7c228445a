"""G.7: a translation of the gallery leaves InfoNCE unchanged in the direction of its queries."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import sympy
from scipy.special import logsumexp

from theory.claims.base import Array, Claim, Control, register
from theory.claims.batches import loss_values
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.rows import pair_scores, row_loss, score_symbols
from theory.claims.spaces import Integer, Real
from theory.claims.structured import UnitRows, UnitVector

__all__ = ["BlindToTranslation", "direction_loss"]

#: Rounding of a loss below 1000.
TOLERANCE = 1e-10
#: Largest number of pairs.
ROWS = 3


def direction_loss(queries: Any, keys: Any, beta: Any) -> Array:
    """One direction of L: the mean of −log softmax_j(β q_i·k_j)_i."""
    scores = beta[:, None, None] * (queries @ np.swapaxes(keys, -1, -2))
    positive = np.diagonal(scores, axis1=-2, axis2=-1)
    return np.asarray((logsumexp(scores, axis=-1) - positive).mean(axis=-1))


class _Translated(Claim):
    """Paired clouds, y translated by δ = length · direction and not renormalised."""

    domain = Domain(
        n=Integer(1, ROWS),
        h=Integer(1, 4),
        x=UnitRows("n", "h"),
        y=UnitRows("n", "h"),
        direction=UnitVector("h"),
        length=(0.0, 3.0),
        beta=Real(0.1, 100, log=True),
    )
    stretch: ClassVar[Any] = 1

    def margin(self, x: Any, y: Any, direction: Any, length: Any, beta: Any, **_: Any) -> Any:
        """Tolerance minus the change of L_{X→Y}, the loss less its other direction."""
        moved = self.stretch * y + (length[:, None] * direction)[:, None, :]
        both = 2 * loss_values("infonce", x, moved, beta=beta)
        forward = both - direction_loss(moved, x, beta)
        return TOLERANCE - np.abs(forward - direction_loss(x, y, beta))

    def proof(self) -> Proof:
        """In every row all scores gain βx_i·δ, which cancels from their differences."""
        at = score_symbols(ROWS)
        gains = sympy.symbols(f"gain:{ROWS}", real=True)
        change = sympy.S.Zero
        for i, (scores, gain) in enumerate(zip(at.score, gains, strict=True)):
            moved = row_loss([self.stretch * s + gain for s in scores], at.present, i)
            change += at.share * at.present[i] * (moved - row_loss(scores, at.present, i))
        tolerance = sympy.Float(TOLERANCE)
        steps = (Step(tolerance), Step(sympy.S.Zero))
        return Proof(tolerance - sympy.Abs(change), (), steps, _coordinates)

    def scale(self, beta: Any, length: Any, **_: Any) -> Any:
        """Logits."""
        return 1 + 4 * beta * (1 + length)


def _coordinates(
    x: Any, y: Any, direction: Any, length: Any, beta: Any, **_: Any
) -> dict[str, Any]:
    values = pair_scores(beta[:, None, None] * (x @ np.swapaxes(y, -1, -2)), ROWS)
    gain = (beta * length)[:, None] * np.einsum("...ih,...h->...i", x, direction)
    for i in range(ROWS):
        values[f"gain{i}"] = gain[:, i] if i < gain.shape[1] else 0 * beta
    return values


class _Stretched(Control, _Translated):
    id = "G.7/stretched-by-1.02"
    statement = r"L_{X\to Y}(x, 1.02\,y+\delta) = L_{X\to Y}(x, y)"
    near = "the constant 1 replaced by 1.02"
    stretch = 1.02


class _BothWays(Control, _Translated):
    id = "G.7/both-directions"
    statement = r"L(x, y+\delta) = L(x, y)"

    def margin(self, x: Any, y: Any, direction: Any, length: Any, beta: Any, **_: Any) -> Any:
        moved = y + (length[:, None] * direction)[:, None, :]
        before, after = (loss_values("infonce", x, v, beta=beta) for v in (y, moved))
        return TOLERANCE - np.abs(after - before)


@register
class BlindToTranslation(_Translated):
    r"""``L_{X→Y}(x, y + δ) = L_{X→Y}(x, y)``: softmax over keys cancels x_i·δ [Grassucci2026]."""

    id = "G.7"
    statement = r"L_{X\to Y}(x, y+\delta) = L_{X\to Y}(x, y)"
    source = ("Grassucci2026", "InfoNCE and translations")
    hypotheses = (
        "no renormalisation after the shift, the direction whose keys are shifted",
        "any number of pairs, shown for up to three",
    )
    beyond = "Not for Y→X, whose queries move, nor after renormalisation."
    expected = "proved"
    controls = (_Stretched, _BothWays)
