"""The three shapes a metric can have, and the one registry of them.

A leaf writes its formula for one view, one pair of views or the whole sample; the class it
derives from turns that into the flat dictionary, for two views and for more.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from theory.metrics.sample import Sample, View
from theory.registry import Registry

__all__ = ["METRICS", "Metric", "PairMetric", "SampleMetric", "ViewMetric", "view_names"]

METRICS: Registry[type[Metric]] = Registry("metric")


class Metric(ABC):
    """A family member: reads a `Sample`, returns floats under fixed names.

    A value that the sample leaves undefined (the angle of a vanished mean, a mean over no
    pairs) is nan, never an error and never a number that looks like a result.
    """

    keys: ClassVar[tuple[str, ...]]
    """Names it returns, before the suffixes of views and pairs."""
    needs_labels: ClassVar[bool] = False
    cheap: ClassVar[bool] = True
    """Part of `snapshot`'s default set, which runs at every record of a trajectory."""

    @abstractmethod
    def __call__(self, sample: Sample) -> dict[str, float]:
        """Evaluate on a sample."""


class ViewMetric(Metric):
    """One number (or several) per view: suffix ``_x``, ``_y``, or ``_0``, ``_1``, ``_2``."""

    @abstractmethod
    def of_view(self, view: View) -> Sequence[float]:
        """Values of one view, in the order of `keys`."""

    def __call__(self, sample: Sample) -> dict[str, float]:
        """Evaluate every view."""
        names = view_names(len(sample.views))
        return {
            f"{key}_{name}": float(value)
            for name, view in zip(names, sample.views, strict=True)
            for key, value in zip(self.keys, self.of_view(view), strict=True)
        }


class PairMetric(Metric):
    """One number (or several) per pair of views.

    Two views: the plain key. More: suffix ``_01``, ``_02``, ``_12`` … and the mean over the
    pairs under the plain key.
    """

    @abstractmethod
    def of_pair(self, x: View, y: View, sample: Sample) -> Sequence[float]:
        """Values of one pair of views, in the order of `keys`."""

    def __call__(self, sample: Sample) -> dict[str, float]:
        """Evaluate every pair of views."""
        values = {
            pair: self.of_pair(sample.views[pair[0]], sample.views[pair[1]], sample)
            for pair in sample.pairs
        }
        means = np.mean(list(values.values()), axis=0)
        result = {key: float(mean) for key, mean in zip(self.keys, means, strict=True)}
        if len(values) > 1:
            for (a, b), row in values.items():
                for key, value in zip(self.keys, row, strict=True):
                    result[f"{key}_{a}{b}"] = float(value)
        return result


class SampleMetric(Metric):
    """Numbers of all views together, under the plain keys."""

    @abstractmethod
    def of_sample(self, sample: Sample) -> Sequence[float]:
        """Values, in the order of `keys`."""

    def __call__(self, sample: Sample) -> dict[str, float]:
        """Evaluate the whole sample."""
        return {
            key: float(value) for key, value in zip(self.keys, self.of_sample(sample), strict=True)
        }


def view_names(count: int) -> list[str]:
    """Suffixes of the views: x and y for two, else their numbers."""
    return ["x", "y"] if count == 2 else [str(i) for i in range(count)]
