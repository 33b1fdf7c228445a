"""G.1|three-keys: with three keys or more, orthogonality to all differences is necessary."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from theory.claims.base import Array, Claim, Control, register
from theory.claims.batches import square
from theory.claims.domain import Domain
from theory.claims.rankings import unit
from theory.claims.spaces import Integer
from theory.claims.structured import UnitVector

__all__ = ["NecessaryForThreeKeys"]


#: Squared component below which the quotient is rounding.
SMALLEST = 1e-12


class _ThreeKeys(Claim):
    """Three orthonormal keys and a shift; all queries keep all orders iff no difference turns."""

    domain = Domain(h=Integer(3, 5), direction=UnitVector("h"), length=(0.0, 0.5))
    rate: ClassVar[float] = 0.0787

    def disagreements(self, delta: Any) -> tuple[Array, Array]:
        """One minus the cosine by which each difference turns, and its squared part along δ."""
        keys = np.eye(delta.shape[-1])[:3]
        shifted = unit(keys + delta[..., None, :])
        pairs = ([0, 0, 1], [1, 2, 2])
        before = keys[pairs[0]] - keys[pairs[1]]
        after = shifted[..., pairs[0], :] - shifted[..., pairs[1], :]
        turned = square(unit(before) - unit(after)) / 2
        return turned, (before * delta[..., None, :]).sum(axis=-1) ** 2

    def margin(self, h: Any, direction: Any, length: Any) -> Any:
        """Largest disagreement per largest component, minus the rate claimed."""
        turned, along = self.disagreements(length[..., None] * direction)
        return self.per_component(turned.max(axis=-1), along.max(axis=-1)) - self.rate

    def per_component(self, turned: Any, along: Any) -> Array:
        """Quotient, or one where δ has no component to speak of."""
        some = along > SMALLEST
        return np.where(some, turned / np.where(some, along, 1.0), 1.0)


class _Stronger(Control, _ThreeKeys):
    id = "G.1|three-keys/rate-.082"
    statement = r"\max_{jk}(1-\cos) \ge 0.082\,\max_{jk}(\delta\cdot(y_j-y_k))^2"
    near = "the constant .0787 replaced by .082"
    rate = 0.082


class _FirstPair(Control, _ThreeKeys):
    id = "G.1|three-keys/one-pair"
    statement = r"1-\cos_{12} \ge 0.0787\,\max_{jk}(\delta\cdot(y_j-y_k))^2"

    def margin(self, h: Any, direction: Any, length: Any) -> Any:
        turned, along = self.disagreements(length[..., None] * direction)
        return self.per_component(turned[..., 0], along.max(axis=-1)) - self.rate


@register
class NecessaryForThreeKeys(_ThreeKeys):
    r"""If no query reorders three shifted keys, δ is orthogonal to their differences [gaplab].

    Proved for any three distinct unit keys in the notes (theory/NOTES.md, G.1); here with a rate,
    for orthonormal ones: a component of δ along some difference turns some difference.
    """

    id = "G.1|three-keys"
    statement = (
        r"\max_{j<k}\big(1-\cos\angle(y_j-y_k,\ \hat y_j-\hat y_k)\big) \ge "
        r"0.0787\,\max_{j<k}(\delta\cdot(y_j-y_k))^2,\quad \hat y = \tfrac{y+\delta}{\|y+\delta\|}"
    )
    source = ("gaplab", "G.1, converse for three keys")
    hypotheses = ("three orthonormal keys, all queries", "‖δ‖ ≤ ½: no key comes near 0")
    beyond = (
        "For two keys it is false (G.1|necessary); the rate falls to 0 as a key is shifted to 0."
    )
    expected = "supported"
    controls = (_Stronger, _FirstPair)
