"""Experiments: questions to the simulator, each with a table of measured against predicted."""

from sim.experiments.base import EXPERIMENTS, Experiment, ExperimentResult, create, names, register
from sim.experiments.caps import HardCaps
from sim.experiments.circle import CollapseOnTheCircle
from sim.experiments.cone import RigidCones
from sim.experiments.cone_lifetime import ConeLifetime
from sim.experiments.decay_modes import DecayModes
from sim.experiments.finite_n import FiniteNumber
from sim.experiments.free import FreeParticles
from sim.experiments.groups import GroupConsequences
from sim.experiments.kappa_sweep import ConcentrationSweep
from sim.experiments.learned_temperature import LearnedTemperature
from sim.experiments.matched import MatchedToTraining
from sim.experiments.network_cones import NetworkCones
from sim.experiments.offset import ArtificialOffset
from sim.experiments.residual import GapAndResidual
from sim.experiments.restoration import Restoration
from sim.experiments.sigmoid import SigmoidGap
from sim.experiments.subspace import CollapsedDimensions
from sim.experiments.subspace_cones import ConesInSubspaces
from sim.experiments.temperature_sweep import TemperatureSweep
from sim.experiments.transition import CollapseTransition

__all__ = [
    "EXPERIMENTS",
    "ArtificialOffset",
    "CollapseOnTheCircle",
    "CollapseTransition",
    "CollapsedDimensions",
    "ConcentrationSweep",
    "ConeLifetime",
    "ConesInSubspaces",
    "DecayModes",
    "Experiment",
    "ExperimentResult",
    "FiniteNumber",
    "FreeParticles",
    "GapAndResidual",
    "GroupConsequences",
    "HardCaps",
    "LearnedTemperature",
    "MatchedToTraining",
    "NetworkCones",
    "Restoration",
    "RigidCones",
    "SigmoidGap",
    "TemperatureSweep",
    "create",
    "names",
    "register",
]
