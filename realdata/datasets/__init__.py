"""Data sets: images with captions, classes, one fixed split and a licence note."""

from realdata.datasets import av_mnist as _av_mnist  # noqa: F401  (registers)
from realdata.datasets import cifar as _cifar  # noqa: F401
from realdata.datasets import coco as _coco  # noqa: F401
from realdata.datasets import digits as _digits  # noqa: F401
from realdata.datasets import emoji as _emoji  # noqa: F401
from realdata.datasets import image_folder as _image_folder  # noqa: F401
from realdata.datasets import mnist as _mnist  # noqa: F401
from realdata.datasets import table as _table  # noqa: F401
from realdata.datasets import webdataset as _webdataset  # noqa: F401
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
