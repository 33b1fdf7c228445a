"""Repairs: maps fitted on embeddings that lie apart, which bring the modalities together."""

from theory.repairs.base import Repair, create, from_state, names
from theory.repairs.cca import CCA
from theory.repairs.centering import Centering
from theory.repairs.maps import AffineMap, RepairState
from theory.repairs.procrustes import Procrustes
from theory.repairs.realign import ReAlign
from theory.repairs.removal import Removal
from theory.repairs.rotation import Rotation
from theory.repairs.shared_projection import SharedProjection
from theory.repairs.side_by_side import SideBySide
from theory.repairs.translation import Translation
from theory.repairs.whitening import Whitening

__all__ = [
    "CCA",
    "AffineMap",
    "Centering",
    "Procrustes",
    "ReAlign",
    "Removal",
    "Repair",
    "RepairState",
    "Rotation",
    "SharedProjection",
    "SideBySide",
    "Translation",
    "Whitening",
    "create",
    "from_state",
    "names",
]
