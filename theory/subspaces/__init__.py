"""Linear subspaces: bases, principal angles, direct rotations, variance subspaces."""

from theory.subspaces.angles import PrincipalVectors, principal_angles, principal_vectors
from theory.subspaces.bases import fix_signs, orthonormal_basis, subspace_pair
from theory.subspaces.moments import Moments, cross_moment, variance_basis
from theory.subspaces.rotations import (
    align_frames,
    carry_frame,
    direct_rotation,
    hyperplane_rotation,
)
from theory.subspaces.selection import (
    angle_resolution,
    signal_basis,
    signal_dimension,
    split_moments,
)

__all__ = [
    "Moments",
    "PrincipalVectors",
    "align_frames",
    "angle_resolution",
    "carry_frame",
    "cross_moment",
    "direct_rotation",
    "fix_signs",
    "hyperplane_rotation",
    "orthonormal_basis",
    "principal_angles",
    "principal_vectors",
    "signal_basis",
    "signal_dimension",
    "split_moments",
    "subspace_pair",
    "variance_basis",
]
