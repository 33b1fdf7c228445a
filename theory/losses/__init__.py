"""Contrastive losses of two and more views, registered by name."""

from theory.losses.alignclip import AlignCLIP
from theory.losses.atp import AlignTruePairs
from theory.losses.base import LOSSES, Loss, Terms, create, names, register
from theory.losses.checks import check_views
from theory.losses.cu import CentroidUniformity
from theory.losses.cua import CUA, CUAXU, CrossUniformity
from theory.losses.dhel import DHEL
from theory.losses.gap_closing import GapClosing
from theory.losses.infonce import InfoNCE
from theory.losses.kernel import KernelContrastive
from theory.losses.mmd import MMD
from theory.losses.shared_alignment import SharedAlignment
from theory.losses.sigmoid import Sigmoid
from theory.losses.streaming_infonce import infonce_value_and_gradient
from theory.losses.uniformity import Uniformity

__all__ = [
    "CUA",
    "CUAXU",
    "DHEL",
    "LOSSES",
    "MMD",
    "AlignCLIP",
    "AlignTruePairs",
    "CentroidUniformity",
    "CrossUniformity",
    "GapClosing",
    "InfoNCE",
    "KernelContrastive",
    "Loss",
    "SharedAlignment",
    "Sigmoid",
    "Terms",
    "Uniformity",
    "check_views",
    "create",
    "infonce_value_and_gradient",
    "names",
    "register",
]
