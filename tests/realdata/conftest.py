"""A model small enough to train within a second, and one finished run of it."""

from pathlib import Path
from typing import Any

import pytest

from gaplab.records import RunFolder
from realdata import TrainConfig, train

pytest.importorskip("open_clip", reason="the extra 'real' is not installed")


@pytest.fixture(scope="session")
def tiny(tiny_model: str) -> dict[str, Any]:
    """Settings of a run of four epochs with five steps each."""
    return {
        "model": tiny_model,
        "epochs": 4,
        "batch_size": 256,
        "seeds": (0, 1),
        "records": 6,
        "checkpoint_every": 1,
    }


@pytest.fixture(scope="session")
def finished(tiny: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run of the gap-closing loss."""
    config = TrainConfig.from_mapping({**tiny, "loss": "gap_closing"})
    folder: Path = tmp_path_factory.mktemp("runs") / "gap_closing"
    return train(config, RunFolder.create(folder, "train", config.to_dict()))
