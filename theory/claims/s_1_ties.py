"""S.1|ties: with temperature and bias learnt, the sigmoid loss cannot tell gaps apart."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import sympy

from theory.claims.base import Array, Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.rows import pair_scores, score_symbols
from theory.claims.s_1 import sigmoid_loss
from theory.claims.spaces import Integer, Real
from theory.claims.structured import UnitRows

__all__ = ["SigmoidTiesGaps", "with_gap"]

#: Rounding of a loss below 500.
TOLERANCE = 1e-10
#: Largest number of pairs.
ROWS = 2


def with_gap(rows: Any, height: Any) -> Array:
    """Unit rows √(1−s²) u with one more coordinate, s."""
    s = np.reshape(height, (-1, 1, 1))
    column = np.broadcast_to(s, (*rows.shape[:-1], 1))
    return np.concatenate([np.sqrt(1 - s**2) * rows, column], axis=-1)


class _Gaps(Claim):
    """Clouds lifted to opposite heights ±s, their means at least 2s apart."""

    domain = Domain(
        n=Integer(1, ROWS),
        h=Integer(1, 4),
        x=UnitRows("n", "h"),
        y=UnitRows("n", "h"),
        s=(0.0, 0.9),
        beta=Real(0.1, 30, log=True),
        bias=(-12.0, 6.0),
    )
    beta_factor: ClassVar[float] = 1
    bias_factor: ClassVar[float] = 1

    def margin(self, n: Any, h: Any, x: Any, y: Any, s: Any, beta: Any, bias: Any) -> Any:
        """Tolerance minus the difference of the two losses."""
        sharper = self.beta_factor * beta / (1 - s**2)
        raised = bias + self.bias_factor * sharper * s**2
        lifted = sigmoid_loss(with_gap(x, s), with_gap(y, -s), sharper, raised)
        return TOLERANCE - np.abs(lifted - sigmoid_loss(x, y, beta, bias))

    def scale(self, n: Any, beta: Any, bias: Any, **_: Any) -> Any:
        """Logits, one per row and key."""
        return n * (1 + 12 * beta + np.abs(bias))

    def proof(self) -> Proof:
        """Every logit is the one before: β′((1−s²) u·v − s²) + b′ = β u·v + b."""
        at = score_symbols(ROWS)
        beta, kept = sympy.symbols("beta kept", positive=True)  # kept = 1 − s²
        bias = sympy.Symbol("bias", real=True)
        sharper = self.beta_factor * beta / kept
        raised = bias + self.bias_factor * sharper * (1 - kept)
        change = sympy.S.Zero
        for i, row in enumerate(at.score):
            for j, inner in enumerate(row):
                sign = -1 if i == j else 1
                flat = beta * inner + bias
                lifted = sharper * (kept * inner - (1 - kept)) + raised
                losses = [sympy.log(1 + sympy.exp(sign * logit)) for logit in (lifted, flat)]
                change += at.share * at.present[i] * at.present[j] * (losses[0] - losses[1])
        tolerance = sympy.Float(TOLERANCE)
        steps = (Step(tolerance), Step(sympy.S.Zero))
        return Proof(tolerance - sympy.Abs(change), (), steps, _coordinates)


def _coordinates(x: Any, y: Any, s: Any, beta: Any, bias: Any, **_: Any) -> dict[str, Any]:
    inner = pair_scores(x @ np.swapaxes(y, -1, -2), ROWS)
    return {**inner, "kept": 1 - s**2, "beta": beta, "bias": bias}


class _BetaOff(Control, _Gaps):
    id = "S.1|ties/beta-1.02"
    statement = r"\beta' = 1.02\,\beta/(1-s^2)"
    near = "the constant 1 replaced by 1.02"
    beta_factor = 1.02


class _SameBias(Control, _Gaps):
    id = "S.1|ties/same-bias"
    statement = r"b' = b"
    bias_factor = 0


@register
class SigmoidTiesGaps(_Gaps):
    r"""Any gap is undone by ``β′ = β/(1−s²)`` and ``b′ = b + β′s²`` [Bangachev2025].

    ``β′((1−s²) u·v − s²) + b′ = βu·v + b``: all logits agree, so with β and b learnt the loss
    has no preferred gap below 2. The same holds for InfoNCE with β learnt, where b′ cancels.
    """

    id = "S.1|ties"
    statement = (
        r"L_\sigma\big(\sqrt{1-s^2}\,x \oplus s,\ \sqrt{1-s^2}\,y \oplus (-s);"
        r"\ \tfrac{\beta}{1-s^2},\ b+\tfrac{\beta s^2}{1-s^2}\big) = L_\sigma(x,y;\beta,b)"
    )
    source = ("Bangachev2025", "global minimisers with a gap when β and b are learnt")
    hypotheses = (
        "β and b are free, and a dimension is left for the gap",
        "any number of pairs, shown for up to two",
    )
    beyond = "At fixed β and b one gap is best (S.1)."
    expected = "proved"
    controls = (_BetaOff, _SameBias)
