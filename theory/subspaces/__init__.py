"""Linear subspaces: bases, principal angles, direct rotations, variance subspaces."""

from theory.subspaces.angles import PrincipalVectors, principal_angles, principal_vectors
from theory.subspaces.bases import fix_signs, orthonormal_basis, subspace_pair
from theory.subspaces.canonical import (
    Canonical,
    canonical_correlations,
    correlated_bases,
    correlation_edge,
    pairs_correlate,
    whitener,
)
from theory.subspaces.joint import CrossMoment, JointMoments, Means
from theory.subspaces.moments import Moments, variance_basis
from theory.subspaces.rotations import (
    align_frames,
    carry_frame,
    direct_rotation,
    hyperplane_rotation,
)
from theory.subspaces.selection import (
    angle_resolution,
    half_bases,
    signal_basis,
    signal_dimension,
)

__all__ = [
    "Canonical",
    "CrossMoment",
    "JointMoments",
    "Means",
    "Moments",
    "PrincipalVectors",
    "align_frames",
    "angle_resolution",
    "canonical_correlations",
    "carry_frame",
    "correlated_bases",
    "correlation_edge",
    "direct_rotation",
    "fix_signs",
    "half_bases",
    "hyperplane_rotation",
    "orthonormal_basis",
    "pairs_correlate",
    "principal_angles",
    "principal_vectors",
    "signal_basis",
    "signal_dimension",
    "subspace_pair",
    "variance_basis",
    "whitener",
]
