"""The ledger: every claim as a margin over a domain, its evidence and the verdict."""

from theory.claims.b_1 import RatioInUnitInterval
from theory.claims.b_2 import RatioIncreases
from theory.claims.b_3 import RatioAbove, RatioBelow
from theory.claims.b_4 import ConvexInTheVector
from theory.claims.base import Claim, Control, names, register
from theory.claims.clouds import Rotation, VMFCloud
from theory.claims.domain import Domain
from theory.claims.e_1 import LogBelowTangent
from theory.claims.e_2 import GibbsPrinciple
from theory.claims.e_3 import MeanOfSquares
from theory.claims.e_4 import InnerProductBound
from theory.claims.e_5 import TriangleInequality
from theory.claims.g_1 import InnerProductRanking
from theory.claims.g_1_cosine import CosineRanking
from theory.claims.g_1_necessary import NecessaryForTwoKeys
from theory.claims.g_1_sufficient import OrthogonalShift
from theory.claims.g_1_three_keys import NecessaryForThreeKeys
from theory.claims.g_2 import ScatterGrowth
from theory.claims.g_2_gap_free import GapFreeScatterGrowth
from theory.claims.g_2_gap_free_published import GapFreeScatterGrowthPublished
from theory.claims.g_2_pooled import PooledScatterGrowth
from theory.claims.g_3 import AlignmentBoundsGap
from theory.claims.g_3_cones import AlignmentOfCones
from theory.claims.g_4 import AlignmentIgnoresSpread
from theory.claims.g_5 import CentroidUniformityOnTheCircle
from theory.claims.g_5_h3 import CentroidUniformityFromThree
from theory.claims.g_5_simplex import CentroidSimplex
from theory.claims.g_6 import CombinedOptimum
from theory.claims.g_6_limit import CombinedLimit
from theory.claims.g_7 import BlindToTranslation
from theory.claims.g_7_gradient import QueryGradient
from theory.claims.g_8 import GapDilutesGroups
from theory.claims.l_1 import ConeEffect
from theory.claims.l_1_kernel import LayerKernel
from theory.claims.l_2 import ColdMismatchKeepsAGap
from theory.claims.l_2_warm import WarmthClosesTheGap
from theory.claims.ledger import Ledger
from theory.claims.loader import load_claims
from theory.claims.ls_1 import SimplexOptimum
from theory.claims.ls_1_attained import SimplexAttains
from theory.claims.n_1 import FiniteOptimum
from theory.claims.n_1_bridge import BridgeInequality
from theory.claims.n_1_centre import NearlyOptimal
from theory.claims.n_1_equal import EqualCosines
from theory.claims.n_1_lemma import RootOverlap
from theory.claims.n_1_midpoints import MidpointBound
from theory.claims.n_1_overlap import GaussianOverlap
from theory.claims.n_1_psi import PsiNonNegative
from theory.claims.n_1_shells import ShellPotential
from theory.claims.n_2_antisymmetric import AntisymmetricSpectrum
from theory.claims.n_2_gap import GapDecay
from theory.claims.n_2_slowest import SlowestMode
from theory.claims.n_2_slowest_value import SlowestValue
from theory.claims.n_2_symmetric import SymmetricSpectrum
from theory.claims.n_3 import CollapseTransition
from theory.claims.n_3_variation import EscapeVariation
from theory.claims.n_4 import RigidCones
from theory.claims.n_4_bound import RotationCost
from theory.claims.n_5_apart import ConesRepel
from theory.claims.n_5_limit import ConcentratedCones
from theory.claims.n_5_torque import CentreTorque
from theory.claims.n_6 import CollapseOnTheCircle
from theory.claims.n_6_above import CollapseAboveTheCircle
from theory.claims.n_t3_prime import SmallestPrincipalAngle
from theory.claims.n_t3_prime_angle import ProjectedCentre
from theory.claims.n_t3_prime_direction import CentreDirection
from theory.claims.n_t3_prime_unique import UniqueCentrePair
from theory.claims.s_1 import SigmoidOptimum
from theory.claims.s_1_aligned import SigmoidHasNoGap
from theory.claims.s_1_ties import SigmoidTiesGaps
from theory.claims.simulation_check import Prediction
from theory.claims.spaces import Choice, Integer, Real, Space
from theory.claims.structured import SubspacePair, UnitRows, UnitVector
from theory.claims.verdict import Verdict
from theory.claims.verify import verify
from theory.claims.w_1 import UniformityOptimum
from theory.claims.y_c2 import ProjectedPairs
from theory.claims.y_c2_equal import EqualPairs
from theory.claims.y_c3 import HyperplaneRotation
from theory.claims.y_c4 import SharedProjection
from theory.claims.y_d1 import GapLeavesRankings
from theory.claims.y_d1_residual import SmallResidualRetrieves
from theory.claims.y_t1 import UnconstrainedOptimum
from theory.claims.y_t1_attained import UniformAttains
from theory.claims.y_t1_warm import WarmOptimum
from theory.claims.y_t2 import ConeConstraint
from theory.claims.y_t2_second_minimum import SecondMinimum
from theory.claims.y_t2_threshold import SecondMinimumThreshold
from theory.claims.y_t3 import SubspaceConstraint
from theory.claims.y_t3_given_a6 import SubspaceConstraintGivenA6
from theory.claims.y_t3_monotone import SubspaceMonotone
from theory.claims.y_t4 import PairsAgreeInSharedSpace
from theory.claims.y_t4_free import NoSpecificMean

__all__ = [
    "AlignmentBoundsGap",
    "AlignmentIgnoresSpread",
    "AlignmentOfCones",
    "AntisymmetricSpectrum",
    "BlindToTranslation",
    "BridgeInequality",
    "CentreDirection",
    "CentreTorque",
    "CentroidSimplex",
    "CentroidUniformityFromThree",
    "CentroidUniformityOnTheCircle",
    "Choice",
    "Claim",
    "ColdMismatchKeepsAGap",
    "CollapseAboveTheCircle",
    "CollapseOnTheCircle",
    "CollapseTransition",
    "CombinedLimit",
    "CombinedOptimum",
    "ConcentratedCones",
    "ConeConstraint",
    "ConeEffect",
    "ConesRepel",
    "Control",
    "ConvexInTheVector",
    "CosineRanking",
    "Domain",
    "EqualCosines",
    "EqualPairs",
    "EscapeVariation",
    "FiniteOptimum",
    "GapDecay",
    "GapDilutesGroups",
    "GapFreeScatterGrowth",
    "GapFreeScatterGrowthPublished",
    "GapLeavesRankings",
    "GaussianOverlap",
    "GibbsPrinciple",
    "HyperplaneRotation",
    "InnerProductBound",
    "InnerProductRanking",
    "Integer",
    "LayerKernel",
    "Ledger",
    "LogBelowTangent",
    "MeanOfSquares",
    "MidpointBound",
    "NearlyOptimal",
    "NecessaryForThreeKeys",
    "NecessaryForTwoKeys",
    "NoSpecificMean",
    "OrthogonalShift",
    "PairsAgreeInSharedSpace",
    "PooledScatterGrowth",
    "Prediction",
    "ProjectedCentre",
    "ProjectedPairs",
    "PsiNonNegative",
    "QueryGradient",
    "RatioAbove",
    "RatioBelow",
    "RatioInUnitInterval",
    "RatioIncreases",
    "Real",
    "RigidCones",
    "RootOverlap",
    "Rotation",
    "RotationCost",
    "ScatterGrowth",
    "SecondMinimum",
    "SecondMinimumThreshold",
    "SharedProjection",
    "ShellPotential",
    "SigmoidHasNoGap",
    "SigmoidOptimum",
    "SigmoidTiesGaps",
    "SimplexAttains",
    "SimplexOptimum",
    "SlowestMode",
    "SlowestValue",
    "SmallResidualRetrieves",
    "SmallestPrincipalAngle",
    "Space",
    "SubspaceConstraint",
    "SubspaceConstraintGivenA6",
    "SubspaceMonotone",
    "SubspacePair",
    "SymmetricSpectrum",
    "TriangleInequality",
    "UnconstrainedOptimum",
    "UniformAttains",
    "UniformityOptimum",
    "UniqueCentrePair",
    "UnitRows",
    "UnitVector",
    "VMFCloud",
    "Verdict",
    "WarmOptimum",
    "WarmthClosesTheGap",
    "load_claims",
    "names",
    "register",
    "verify",
]
