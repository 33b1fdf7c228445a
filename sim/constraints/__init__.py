"""Constraints of the theory: what the particles of a simulation may do."""

from sim.constraints.base import CONSTRAINTS, Constraint, Tensors, create, names, register
from sim.constraints.cap import Cap
from sim.constraints.cone import Cone
from sim.constraints.free import Free
from sim.constraints.relu import ReluEncoders
from sim.constraints.soft_subspace import SoftSubspace
from sim.constraints.subspace import Subspace
from sim.constraints.subspace_cone import SubspaceCone

__all__ = [
    "CONSTRAINTS",
    "Cap",
    "Cone",
    "Constraint",
    "Free",
    "ReluEncoders",
    "SoftSubspace",
    "Subspace",
    "SubspaceCone",
    "Tensors",
    "create",
    "names",
    "register",
]
