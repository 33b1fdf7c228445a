"""Starts: the states from which simulations begin."""

from sim.starts.base import STARTS, Start, create, names, register
from sim.starts.cones import Antipodal, Cones
from sim.starts.shared import Shared
from sim.starts.uniform import Uniform

__all__ = [
    "STARTS",
    "Antipodal",
    "Cones",
    "Shared",
    "Start",
    "Uniform",
    "create",
    "names",
    "register",
]
