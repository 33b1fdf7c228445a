"""Optimisers: how particles go downhill."""

from sim.optimisers.adam import Adam
from sim.optimisers.base import OPTIMISERS, Motion, Optimiser, create, names, register
from sim.optimisers.flow import Flow
from sim.optimisers.rsgd import RiemannianSGD

__all__ = [
    "OPTIMISERS",
    "Adam",
    "Flow",
    "Motion",
    "Optimiser",
    "RiemannianSGD",
    "create",
    "names",
    "register",
]
