"""Y.C3: the hyperplane rotation aligns pairs that agree in C."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy

from theory.claims.base import Claim, Control, register
from theory.claims.centre import PHI
from theory.claims.domain import Domain
from theory.claims.proof import Proof, Step
from theory.claims.spaces import Choice
from theory.claims.structured import SubspacePair, UnitVector

__all__ = ["HyperplaneRotation"]

#: The square of a few roundings of quantities of size one.
TOLERANCE = 1e-28


class _Rotated(Claim):
    """A rotation by `turn` · φ in the plane of the normals, applied to a vector of A.

    The first two columns of `frame` span that plane: n_A = u and u_A = v. x is the part of z in A.
    """

    turn = 1.0
    domain = Domain(h=Choice([3, 4, 8]), frame=SubspacePair("h", 2, 1), z=UnitVector("h"), phi=PHI)

    def margin(self, frame: Any, z: Any, phi: Any, **_: Any) -> Any:
        """Tolerance minus the squared distance between Rx and its partner in B."""
        u, v = frame[..., 0], frame[..., 1]
        x = z - (z * u).sum(axis=-1, keepdims=True) * u
        rotation = self.rotation(u, v, self.turn * phi)
        c, s = np.cos(phi)[:, None], np.sin(phi)[:, None]
        a = (x * v).sum(axis=-1, keepdims=True)
        partner = x - a * v + a * (c * v - s * u)
        moved = np.einsum("...ij,...j->...i", rotation, x)
        return TOLERANCE - ((moved - partner) ** 2).sum(axis=-1)

    def rotation(self, u: Any, v: Any, phi: Any) -> Any:
        """I + (cos φ − 1)(uuᵀ + vvᵀ) + sin φ (vuᵀ − uvᵀ)."""
        c, s = np.cos(phi)[:, None, None], np.sin(phi)[:, None, None]
        outer = "...i,...j->...ij"
        plane = np.einsum(outer, u, u) + np.einsum(outer, v, v)
        turn = np.einsum(outer, v, u) - np.einsum(outer, u, v)
        return np.eye(u.shape[-1]) + (c - 1) * plane + s * turn

    def proof(self) -> Proof:
        """In the plane of the normals; outside it both sides are x."""
        a, c, s = sympy.symbols("a c s", real=True)
        turn = sympy.Float(self.turn)
        cosine = c if self.turn == 1 else sympy.cos(turn * sympy.acos(c))
        sine = s if self.turn == 1 else sympy.sin(turn * sympy.acos(c))
        along_u = -sine * a - a * (-s)
        along_v = a + (cosine - 1) * a - a * c
        tolerance = sympy.Float(TOLERANCE)
        start = tolerance - along_u**2 - along_v**2

        def coordinates(frame: Any, z: Any, phi: Any, **_: Any) -> dict[str, Any]:
            x_along = (z * frame[..., 1]).sum(axis=-1)
            return {"a": x_along, "c": np.cos(phi), "s": np.sin(phi)}

        return Proof(start, (), (Step(tolerance), Step(sympy.S.Zero)), coordinates)


class _TooFar(Control, _Rotated):
    id = "Y.C3/angle-off-by-2-percent"
    statement = r"R(1.02\,\varphi)\,x_i = y_i"
    near = "the constant 1 replaced by 1.02"
    turn = 1.02


class _WrongSense(Control, _Rotated):
    id = "Y.C3/wrong-sense"
    statement = r"R(-\varphi)\,x_i = y_i"
    turn = -1.0


@register
class HyperplaneRotation(_Rotated):
    """Rotating A onto B around C carries every x onto its partner, and fixes C [Yi2025].

    With normals signed so that n_A·n_B = cos φ ≥ 0. The formula is the direct rotation of the
    hyperplanes, `theory.subspaces.hyperplane_rotation`.
    """

    id = "Y.C3"
    statement = (
        r"R\,(a u_A + s) = a u_B + s\ (s \in C),\quad R = I + (\cos\varphi-1)(uu^\top+vv^\top)"
        r"+\sin\varphi\,(vu^\top-uv^\top)"
    )
    source = ("Yi2025", "corollary on hyperplane rotation")
    hypotheses = (
        "A and B are hyperplanes at dihedral angle φ ∈ (0, π/2), u = n_A, n_A·n_B = cos φ",
        "P_C x_i = P_C y_i and x_i·u_A = y_i·u_B",
    )
    beyond = "With normals signed the other way pairs are mirrored; at φ = π/2 both senses tie."
    expected = "proved"
    controls = (_TooFar, _WrongSense)
