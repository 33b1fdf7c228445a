"""L.1, kernel: the map of a wide random layer is the mean over its weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from theory.claims.base import Claim, Control, register
from theory.claims.domain import Domain
from theory.claims.l_1 import layer_cosine
from theory.claims.spaces import Choice

__all__ = ["LayerKernel"]

#: The error claimed is this over the square of the number of weights.
ERROR = 10.0


class _Layer(Claim):
    """A layer whose weights point in n equally spaced directions of the plane of two inputs."""

    constant = 1.0
    domain = Domain(n=Choice([64, 128, 256], fixed=True), theta=(0.0, float(np.pi)))

    def margin(self, n: Any, theta: Any) -> Any:
        """Allowed minus found distance between the cosine after the layer and the formula."""
        count = int(n[0])
        alpha = 2 * np.pi * np.arange(count) / count
        first = np.maximum(np.cos(alpha), 0)
        second = np.maximum(np.cos(alpha - theta[:, None]), 0)
        lengths = np.linalg.norm(first) * np.linalg.norm(second, axis=-1)
        found = second @ first / lengths
        return ERROR / count**2 - np.abs(found - self.constant * layer_cosine(theta))


class _Near(Control, _Layer):
    id = "L.1|kernel/.98"
    statement = r"\cos' \to .98\,\tfrac1\pi(\sin\theta + (\pi-\theta)\cos\theta)"
    near = "the constant 1 replaced by .98"
    constant = 0.98


class _Orthogonal(Control, _Layer):
    id = "L.1|kernel/orthogonal"
    statement = r"\cos' \to 0"
    constant = 0.0


@register
class LayerKernel(_Layer):
    r"""The cosine after a layer tends to the formula of L.1 as weights fill all directions.

    Only the part of a Gaussian weight in the plane of the two inputs matters; its direction is
    uniform and its length drops out of the ratio [Liang2022].
    """

    id = "L.1|kernel"
    statement = (
        r"\Big|\frac{\sum_k [w_k\cdot x]_+[w_k\cdot y]_+}{|[Wx]_+||[Wy]_+|} - "
        r"\tfrac1\pi(\sin\theta+(\pi-\theta)\cos\theta)\Big| \le 10/n^2"
    )
    source = ("Liang2022", "cone effect")
    hypotheses = ("weights in n = 64, 128, 256 equally spaced directions of the plane",)
    beyond = "Random weights of width n differ from it by O(1/√n)."
    expected = "supported"
    controls = (_Near, _Orthogonal)
