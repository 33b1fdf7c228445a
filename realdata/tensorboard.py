"""What was recorded, for TensorBoard."""

from __future__ import annotations

import math
from pathlib import Path

import xarray as xr

from realdata.extra import require

__all__ = ["write_events"]


def write_events(trajectory: xr.Dataset, folder: Path) -> Path:
    """Write every scalar of a trajectory of one run as events.

    Parameters
    ----------
    trajectory : xarray.Dataset
        One run.
    folder : Path
        For the event file.

    Raises
    ------
    InputError
        If TensorBoard is not installed.
    """
    require("tensorboard", "tensorboard=true")
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(str(folder)) as writer:
        for name, variable in trajectory.data_vars.items():
            if variable.dims != ("run", "step"):
                continue
            for step, value in zip(trajectory["step"].values, variable.values[0], strict=True):
                if math.isfinite(value):
                    writer.add_scalar(str(name), float(value), int(step))
    return folder
