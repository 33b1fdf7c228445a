"""What is measured while a model trains: on held-out validation pairs, never on test pairs."""

from __future__ import annotations

from typing import Any

import torch

from realdata.datasets import PairedDataset
from realdata.towers import Towers
from theory import losses, metrics

__all__ = ["Observer"]

_TERMS = ("infonce", "atp", "cu")
_GROUP_LEVEL = "v_measure"
_TRAIN = ("centroid_gap", "gap_angle", "true_pair_cosine", "r1_xy", "r1_yx")


class Observer:
    """Measures towers on the validation pairs and on equally many training pairs.

    Parameters
    ----------
    towers : Towers
        The model to look at.
    data : PairedDataset
        Its ``val`` part is measured, and the first rows of its ``train`` part.
    inputs : tuple of torch.Tensor
        All items, from `Towers.inputs` (or `Towers.freeze`).
    """

    def __init__(
        self,
        towers: Towers,
        data: PairedDataset,
        inputs: tuple[torch.Tensor, ...],
    ) -> None:
        self._towers = towers
        val = data.split["val"]
        train = data.split["train"][: len(val)]
        self._val, self._train = data.rows(val), data.rows(train)
        self._inputs = [
            tuple(part[torch.from_numpy(rows)] for part in inputs) for rows in (val, train)
        ]
        self._terms = {name: losses.create(name) for name in _TERMS}

    @torch.no_grad()
    def terms(self, views: tuple[torch.Tensor, ...]) -> dict[str, float]:
        """The unweighted terms of a batch, whatever loss is trained: they compare across losses."""
        scale = self._towers.logit_scale
        return {
            name: float(loss(*views, logit_scale=scale)["loss"])
            for name, loss in self._terms.items()
        }

    def measure(self, *, group_level: bool) -> dict[str, Any]:
        """Metrics of the validation pairs, and a few of training pairs under ``train_``.

        Parameters
        ----------
        group_level : bool
            Whether to cluster as well, which takes longer than all the rest.
        """
        val, train = (self._towers.embed(*inputs) for inputs in self._inputs)
        pairs = self._val
        found = metrics.snapshot(*val, labels=pairs.labels, groups=pairs.groups)
        if group_level:
            found |= metrics.evaluate(*val, labels=pairs.labels, names=[_GROUP_LEVEL])
        seen = metrics.evaluate(*train, groups=self._train.groups, names=_TRAIN)
        return {**found, **{f"train_{name}": value for name, value in seen.items()}}
