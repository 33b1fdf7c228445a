"""The state of a simulation under way on disk: one file of tensors, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import safetensors
import torch
import xarray as xr
from safetensors.torch import save as to_bytes

from gaplab.records import RecordError, atomic_path
from sim.config import SimulationConfig

__all__ = ["Kept", "StateFile"]

EVERY_SECONDS = 30.0
"""Between two savings: what a kill may cost."""

LAYOUT = 2
"""Version of what the tensors mean; a state of another one cannot be gone on from."""

_RECORDS = "records"


class Kept:
    """What a state file gives back.

    Attributes
    ----------
    batch, step : int
        Which batch of runs was under way, and at which step.
    tensors : dict of str to torch.Tensor
        State of that batch.
    records : list of xarray.Dataset
        Trajectories of the batches before, then those so far of this one.
    """

    def __init__(self, tensors: dict[str, torch.Tensor], metadata: Mapping[str, str]) -> None:
        self.batch, self.step = int(metadata["batch"]), int(metadata["step"])
        text = bytes(tensors.pop(_RECORDS).tolist()).decode()
        self.records = [xr.Dataset.from_dict(record) for record in json.loads(text)]
        self.tensors = tensors


class StateFile:
    """Where a simulation keeps its state.

    Parameters
    ----------
    path : path
        A safetensors file; saving replaces it as a whole.
    configs : sequence of SimulationConfig
        What is simulated; another simulation's state is refused.
    """

    def __init__(self, path: str | Path, configs: Sequence[SimulationConfig]) -> None:
        self.path = Path(path)
        text = json.dumps([LAYOUT, *(config.to_dict() for config in configs)], sort_keys=True)
        self._fingerprint = hashlib.sha256(text.encode()).hexdigest()
        self._last = time.monotonic()

    @property
    def due(self) -> bool:
        """Whether it is time to save."""
        return time.monotonic() - self._last >= EVERY_SECONDS

    def save(
        self,
        batch: int,
        step: int,
        tensors: Mapping[str, torch.Tensor],
        records: Sequence[xr.Dataset],
    ) -> None:
        """Write the state; what interrupts this leaves the one before."""
        text = json.dumps([record.to_dict() for record in records]).encode()
        kept = {name: value.detach().contiguous() for name, value in tensors.items()}
        kept[_RECORDS] = torch.frombuffer(bytearray(text), dtype=torch.uint8)
        metadata = {"fingerprint": self._fingerprint, "batch": str(batch), "step": str(step)}
        with atomic_path(self.path) as part:
            part.write_bytes(to_bytes(kept, metadata))
        self._last = time.monotonic()

    def load(self) -> Kept | None:
        """Read the state; None if there is none yet.

        Raises
        ------
        RecordError
            If the file is damaged, or belongs to another simulation.
        """
        if not self.path.is_file():
            return None
        try:
            with safetensors.safe_open(self.path, framework="pt") as opened:
                metadata = opened.metadata() or {}
                # Copies lie where new tensors would: alignment decides how products round.
                tensors = {key: opened.get_tensor(key).clone() for key in opened.keys()}  # noqa: SIM118
        except (OSError, safetensors.SafetensorError) as error:
            raise RecordError(
                f"{self.path} is damaged ({error}); delete it, and that simulation starts again."
            ) from None
        if metadata.get("fingerprint") != self._fingerprint:
            raise RecordError(
                f"{self.path} is of another simulation or of another version of gaplab; "
                "delete it, or name another file."
            )
        return Kept(tensors, metadata)
