"""Starts: the states from which simulations begin."""

from sim.starts.base import STARTS, Start, create, names, register
from sim.starts.clusters import Clusters, class_of
from sim.starts.cones import Antipodal, Cones
from sim.starts.disturbed import Disturbed
from sim.starts.lifted import Lifted, simplex
from sim.starts.measured import Measured
from sim.starts.shared import Shared
from sim.starts.twins import Twins
from sim.starts.uniform import Uniform

__all__ = [
    "STARTS",
    "Antipodal",
    "Clusters",
    "Cones",
    "Disturbed",
    "Lifted",
    "Measured",
    "Shared",
    "Start",
    "Twins",
    "Uniform",
    "class_of",
    "create",
    "names",
    "register",
    "simplex",
]
