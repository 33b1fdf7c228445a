"""Experiments: questions to the simulator, each with a table of measured against predicted."""

from sim.experiments.base import EXPERIMENTS, Experiment, ExperimentResult, create, names, register
from sim.experiments.circle import CollapseOnTheCircle
from sim.experiments.cone import RigidCones
from sim.experiments.free import FreeParticles
from sim.experiments.matched import MatchedToTraining
from sim.experiments.subspace import CollapsedDimensions

__all__ = [
    "EXPERIMENTS",
    "CollapseOnTheCircle",
    "CollapsedDimensions",
    "Experiment",
    "ExperimentResult",
    "FreeParticles",
    "MatchedToTraining",
    "RigidCones",
    "create",
    "names",
    "register",
]
