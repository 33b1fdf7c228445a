"""Constraints of the theory: what the particles of a simulation may do."""

from sim.constraints.base import CONSTRAINTS, Constraint, Tensors, create, names, register
from sim.constraints.cone import Cone
from sim.constraints.free import Free
from sim.constraints.subspace import Subspace

__all__ = [
    "CONSTRAINTS",
    "Cone",
    "Constraint",
    "Free",
    "Subspace",
    "Tensors",
    "create",
    "names",
    "register",
]
