"""G.1|necessary: an unchanged ranking is claimed to need a shift orthogonal to differences."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from theory.claims.base import Array, Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.rankings import unit
from theory.claims.spaces import Integer
from theory.claims.structured import UnitVector

__all__ = ["NecessaryForTwoKeys"]

#: How much disagreement a component of δ along the difference is claimed to cause, squared.
RATE = 1e-3


class _TwoKeys(Claim):
    """Two unit keys and a shift; all queries keep their order iff a − b keeps its direction."""

    domain = Domain(
        h=Integer(2, 3),
        a=UnitVector("h"),
        b=UnitVector("h"),
        direction=UnitVector("h"),
        length=(0.0, 0.95),
    )
    factor_of_shift: ClassVar[float] = 1.0

    def disagreement(self, a: Any, b: Any, delta: Any) -> Array:
        """One minus the cosine between a − b before and after the shift (0: nobody reorders)."""
        after = unit(unit(a + delta) - unit(b + delta))
        return np.asarray(1 - (unit(a - b) * after).sum(axis=-1))

    def margin(self, h: Any, a: Any, b: Any, direction: Any, length: Any) -> Any:
        """Disagreement minus what the component along a − b is claimed to cause."""
        delta = self.factor_of_shift * length[..., None] * direction
        along = ((a - b) * delta).sum(axis=-1)
        return self.disagreement(a, b, delta) - RATE * along**2


class _SmallShift(Control, _TwoKeys):
    id = "G.1|necessary/small-shift"
    statement = r"\|\delta\| \le 0.28,\ \text{and no query reorders} \Rightarrow \delta\cdot(a-b)=0"
    near = "false only for nearly opposite keys"
    factor_of_shift = 0.3


class _Never(Control, _TwoKeys):
    id = "G.1|necessary/nobody-reorders"
    statement = r"\text{no query reorders under any } \delta"

    def margin(self, h: Any, a: Any, b: Any, direction: Any, length: Any) -> Any:
        return -self.disagreement(a, b, length[..., None] * direction)


@register
class NecessaryForTwoKeys(_TwoKeys):
    r"""If no query reorders two shifted keys, δ ⊥ a − b is claimed to follow [Grassucci2026].

    False: with −δ on the chord between a and b both shifted keys lie along a − b, and every
    query keeps its order.
    """

    id = "G.1|necessary"
    statement = (
        r"1-\cos\angle\big(a-b,\ \widehat{a+\delta}-\widehat{b+\delta}\big) \ge "
        r"10^{-3}\,(\delta\cdot(a-b))^2"
    )
    source = ("Grassucci2026", "retrieval under a shift of one modality, converse for two keys")
    hypotheses = ("a gallery of two unit keys, all queries", "‖δ‖ < 1: no key is shifted to 0")
    beyond = "False for two keys; true for three distinct unit keys or more (proof in the notes)."
    expected = "refuted"
    controls = (_SmallShift, _Never)
