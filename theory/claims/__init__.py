"""The ledger: every claim as a margin over a domain, its evidence and the verdict."""

from theory.claims.base import Claim, Control, names, register
from theory.claims.clouds import Rotation, VMFCloud
from theory.claims.domain import Domain
from theory.claims.g_3 import AlignmentBoundsGap
from theory.claims.g_4 import AlignmentIgnoresSpread
from theory.claims.ledger import Ledger
from theory.claims.loader import load_claims
from theory.claims.ls_1 import SimplexOptimum
from theory.claims.ls_1_attained import SimplexAttains
from theory.claims.n_t3_prime import SmallestPrincipalAngle
from theory.claims.spaces import Choice, Integer, Real, Space
from theory.claims.structured import SubspacePair, UnitRows, UnitVector
from theory.claims.verdict import Verdict
from theory.claims.verify import verify
from theory.claims.y_t2 import ConeConstraint
from theory.claims.y_t3 import SubspaceConstraint
from theory.claims.y_t3_given_a6 import SubspaceConstraintGivenA6

__all__ = [
    "AlignmentBoundsGap",
    "AlignmentIgnoresSpread",
    "Choice",
    "Claim",
    "ConeConstraint",
    "Control",
    "Domain",
    "Integer",
    "Ledger",
    "Real",
    "Rotation",
    "SimplexAttains",
    "SimplexOptimum",
    "SmallestPrincipalAngle",
    "Space",
    "SubspaceConstraint",
    "SubspaceConstraintGivenA6",
    "SubspacePair",
    "UnitRows",
    "UnitVector",
    "VMFCloud",
    "Verdict",
    "load_claims",
    "names",
    "register",
    "verify",
]
