"""Simulators on hyperspheres that impose the constraints of the theory."""

from sim.config import SimulationConfig
from sim.simulator import DivergedError, simulate, simulate_all

__all__ = ["DivergedError", "SimulationConfig", "simulate", "simulate_all"]
