"""N.3, the second variation out of the shared space."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory import bessel
from theory.claims.base import Control, register
from theory.claims.domain import Domain
from theory.claims.n_3 import InsideC
from theory.claims.proof import Proof, Step
from theory.claims.simulation_check import Prediction
from theory.claims.structured import UnitVector

__all__ = ["EscapeVariation"]

#: Error of the quadrature of `uniform_law`.
TOLERANCE = 1e-8


class _Variation(InsideC):
    constant: float = 1
    domain = Domain(**InsideC.domain.spaces, ab=UnitVector(2))

    def margin(self, s: Any, tau: Any, phi: Any, ab: Any) -> Any:
        """Tolerance minus the error of the formula, over 2β."""
        square, product = self.escapes(s, tau)
        cross = np.cos(phi) * ab[..., 0] * ab[..., 1]
        ratio = bessel.ratio(np.asarray(s) / 2 - 1, 1 / np.asarray(tau))
        claimed = 1 - self.constant * ratio - 2 * cross
        return TOLERANCE - np.abs(square + product * cross - claimed)

    def proof(self) -> Proof:
        """E′ = 0 and E″ = β(2 v·w − (a² + b²) x·y), in the means of which v·w drops out.

        The softmax over C has mean cosine A_s, the mean length of vMF(x, β); true pairs have
        x·y = 1 and v·w = ab cos φ.
        """
        a, b, ratio, cosine = sympy.symbols("a b ratio cosine", real=True)
        lengths, cross = a**2 + b**2, a * b * cosine
        found = ((-lengths * ratio) * 2 - 2 * (2 * cross - lengths)) / 2
        claimed = (1 - self.constant * ratio) * lengths - 2 * cross
        tolerance = sympy.Float(TOLERANCE)
        start = tolerance - sympy.Abs(found - claimed)
        return Proof(start, (), (Step(tolerance), Step(sympy.S.Zero)), _coordinates)


def _coordinates(s: Any, tau: Any, phi: Any, ab: Any) -> dict[str, Any]:
    ratio = bessel.ratio(np.asarray(s) / 2 - 1, 1 / np.asarray(tau))
    return {"a": ab[..., 0], "b": ab[..., 1], "ratio": ratio, "cosine": np.cos(phi)}


class _Near(Control, _Variation):
    id = "N.3|variation/1.03"
    statement = r"A_s \text{ replaced by } 1.03\,A_s"
    near = "the constant 1 replaced by 1.03"
    constant = 1.03


class _NoRepulsion(Control, _Variation):
    id = "N.3|variation/no-repulsion"
    statement = r"A_s \text{ replaced by } 0"
    constant = 0


@register
class EscapeVariation(_Variation):
    r"""What it costs pairs inside C to use their own directions [gaplab].

    For displacements a along u_A and b along u_B whose local means vanish; in general
    E[ab] becomes E[a(b − Pb)], P the averaging of the softmax over C.
    """

    id = "N.3|variation"
    statement = r"\delta^2 L = 2\beta\,[(1-A_s(\beta))(E a^2 + E b^2) - 2\cos\varphi\,E ab]"
    source = ("gaplab", "N.3")
    hypotheses = (
        "x_i = y_i uniform on the sphere of C (dimension s), a and b of mean 0 at every point",
        "margins by quadrature for s ∈ {1, 2, 3} and the temperatures of the domain",
    )
    beyond = "Harmonics of degree l have cos φ (1 − r_l) in place of cos φ: constants cost nothing."
    expected = "proved"
    simulation = (Prediction("transition", "growth rate of the specific energy"),)
    controls = (_Near, _NoRepulsion)
