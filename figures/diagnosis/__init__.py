"""The page of a diagnosis: findings, theory, every metric, and pictures, in one HTML file."""

from figures.diagnosis.cosines import PairCosines
from figures.diagnosis.plane import PairMap
from figures.diagnosis.shapes import Shapes
from figures.diagnosis.writer import write_page

__all__ = ["PairCosines", "PairMap", "Shapes", "write_page"]
