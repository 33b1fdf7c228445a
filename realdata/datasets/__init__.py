"""Data sets: images with captions, classes, one fixed split and a licence note."""

from realdata.datasets import digits as _digits  # noqa: F401  (registers)
from realdata.datasets.base import (
    DATASETS,
    SPLITS,
    PairedDataset,
    Pairs,
    create,
    names,
    stratified_split,
)

__all__ = ["DATASETS", "SPLITS", "PairedDataset", "Pairs", "create", "names", "stratified_split"]
