"""The unit sphere in R^h: geometry, uniform and von Mises-Fisher laws."""

from theory.sphere.geometry import (
    distance,
    exponential_map,
    mean_direction,
    mean_row,
    normalize,
    project_tangent,
    retract,
)
from theory.sphere.sampling import random_rotation, sample_uniform
from theory.sphere.vmf import fit_vmf, sample_vmf

__all__ = [
    "distance",
    "exponential_map",
    "fit_vmf",
    "mean_direction",
    "mean_row",
    "normalize",
    "project_tangent",
    "random_rotation",
    "retract",
    "sample_uniform",
    "sample_vmf",
]
