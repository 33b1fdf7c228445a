"""Simulators on hyperspheres that impose the constraints of the theory."""

from sim.config import SimulationConfig
from sim.simulator import DivergedError, simulate

__all__ = ["DivergedError", "SimulationConfig", "simulate"]
