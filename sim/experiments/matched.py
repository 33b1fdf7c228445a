"""The simulation matched to a real run: same dimension, batch, loss, temperature and cones."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import xarray as xr

from gaplab.records import load_trajectory
from sim.experiments.base import Experiment, Lab, register
from sim.matched import matched_config
from theory.errors import InputError

__all__ = ["MatchedToTraining"]


@register("matched")
class MatchedToTraining(Experiment):
    """Seed s is matched to run s of the training, counted around where there are fewer."""

    name = "matched"
    question = "How much of a real run's gap dynamics do free particles with its start explain?"
    sizes: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "quick": {"source": None, "steps": 1500, "subspace": None},
        "full": {"source": None, "steps": 10000, "subspace": None},
    }

    def fill(self, lab: Lab, settings: Mapping[str, Any]) -> None:
        """Simulate, and compare the start with the training's."""
        if settings["source"] is None:
            raise InputError("source is None; name a training run or its trajectory.nc.")
        source = Path(settings["source"])
        training = load_trajectory(source / "trajectory.nc" if source.is_dir() else source)
        for _ in lab.each([source]):
            self._match(lab, training, settings)

    @staticmethod
    def _match(lab: Lab, training: xr.Dataset, settings: Mapping[str, Any]) -> None:
        runs = [seed % training.sizes["run"] for seed in lab.seeds]
        configs = [
            matched_config(
                training,
                run,
                seeds=(seed,),
                steps=settings["steps"],
                subspace=settings["subspace"],
            )
            for seed, run in zip(lab.seeds, runs, strict=True)
        ]
        setting = f"matched to {configs[0].loss}, h={configs[0].h}, N={configs[0].n}"
        fields = [{f.name: getattr(c, f.name) for f in dataclasses.fields(c)} for c in configs]
        found = lab.simulate_all([(setting, own) for own in fields])
        for name in ("centroid_gap", "true_pair_cosine"):
            if name in training:
                lab.compare(
                    f"{name.replace('_', ' ')} at the start",
                    setting,
                    predicted=training[name].values[runs, 0],
                    measured=[float(part[name][0, 0]) for part in found],
                    source="training, step 0",
                )
