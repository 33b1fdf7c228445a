"""Experiments: questions to the simulator, each with a table of measured against predicted."""

from sim.experiments.base import EXPERIMENTS, Experiment, ExperimentResult, create, names, register
from sim.experiments.circle import CollapseOnTheCircle
from sim.experiments.cone import RigidCones
from sim.experiments.cone_lifetime import ConeLifetime
from sim.experiments.decay_modes import DecayModes
from sim.experiments.finite_n import FiniteNumber
from sim.experiments.free import FreeParticles
from sim.experiments.kappa_sweep import ConcentrationSweep
from sim.experiments.matched import MatchedToTraining
from sim.experiments.subspace import CollapsedDimensions
from sim.experiments.temperature_sweep import TemperatureSweep
from sim.experiments.transition import CollapseTransition

__all__ = [
    "EXPERIMENTS",
    "CollapseOnTheCircle",
    "CollapseTransition",
    "CollapsedDimensions",
    "ConcentrationSweep",
    "ConeLifetime",
    "DecayModes",
    "Experiment",
    "ExperimentResult",
    "FiniteNumber",
    "FreeParticles",
    "MatchedToTraining",
    "RigidCones",
    "TemperatureSweep",
    "create",
    "names",
    "register",
]
