"""Real CLIP training: data sets, towers, training, evaluation."""

from realdata import datasets, distributed, tables
from realdata.checkpoints import load_towers
from realdata.config import TrainConfig
from realdata.evaluation import judge
from realdata.extra import require_open_clip
from realdata.open_clip_loss import open_clip_loss
from realdata.repairing import METHODS, repair_table, repaired
from realdata.towers import Towers
from realdata.training import resume, train, train_all

__all__ = [
    "METHODS",
    "Towers",
    "TrainConfig",
    "datasets",
    "distributed",
    "judge",
    "load_towers",
    "open_clip_loss",
    "repair_table",
    "repaired",
    "require_open_clip",
    "resume",
    "tables",
    "train",
    "train_all",
]
