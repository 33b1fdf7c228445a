"""Benchmarks of gaplab against what a user would run instead: one suite a file."""

from gaplab.cli.benchmarks import (
    base,
    bessel,
    infonce,
    memory,
    repairs,
    scaling,
    simulator,
    subspaces,
    training_step,
    uniformity,
    vmf,
)
from gaplab.cli.benchmarks.base import (
    SIZES,
    SUITES,
    Growth,
    Peer,
    Size,
    Suite,
    Task,
    names,
    suite,
)
from gaplab.cli.benchmarks.harness import Found, Settings, run_suite
from gaplab.cli.benchmarks.results import GrowthRow, Row

__all__ = [
    "SIZES",
    "SUITES",
    "Found",
    "Growth",
    "GrowthRow",
    "Peer",
    "Row",
    "Settings",
    "Size",
    "Suite",
    "Task",
    "base",
    "bessel",
    "infonce",
    "memory",
    "names",
    "repairs",
    "run_suite",
    "scaling",
    "simulator",
    "subspaces",
    "suite",
    "training_step",
    "uniformity",
    "vmf",
]
