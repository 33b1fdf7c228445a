"""Repairs: maps fitted on embeddings that lie apart, which bring the modalities together."""

from theory.repairs.base import AffineMap, Repair, create, names
from theory.repairs.procrustes import Procrustes
from theory.repairs.rotation import Rotation
from theory.repairs.shared_projection import SharedProjection
from theory.repairs.translation import Translation

__all__ = [
    "AffineMap",
    "Procrustes",
    "Repair",
    "Rotation",
    "SharedProjection",
    "Translation",
    "create",
    "names",
]
