"""Repairs: maps fitted on embeddings that lie apart, which bring the modalities together."""

from theory.repairs.base import Repair, create, from_state, names
from theory.repairs.maps import AffineMap, RepairState
from theory.repairs.procrustes import Procrustes
from theory.repairs.rotation import Rotation
from theory.repairs.shared_projection import SharedProjection
from theory.repairs.translation import Translation

__all__ = [
    "AffineMap",
    "Procrustes",
    "Repair",
    "RepairState",
    "Rotation",
    "SharedProjection",
    "Translation",
    "create",
    "from_state",
    "names",
]
