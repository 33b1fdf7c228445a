"""G.5 as published: with unnormalised centroids too, the uniform circle is claimed optimal."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from theory.claims.base import Array, Claim, Control, register
from theory.claims.batches import loss_values
from theory.claims.domain import Domain
from theory.claims.spaces import Integer, Real

__all__ = ["CentroidUniformityOnTheCircle", "views_with_means"]

#: Pairs.
N = 40


def views_with_means(means: Any) -> tuple[Array, Array]:
    """Unit rows x and y in the plane with (x + y)/2 = means."""
    length = np.linalg.norm(means, axis=-1, keepdims=True)
    across = np.stack([-means[..., 1], means[..., 0]], axis=-1)
    first = np.broadcast_to([1.0, 0.0], means.shape)
    across = np.where(length > 1e-12, across / np.where(length > 1e-12, length, 1.0), first)
    offset = np.sqrt(np.maximum(1 - length**2, 0.0)) * across
    return means + offset, means - offset


class _Rings(Claim):
    """N pairs on the circle: `inner` of the centroids on a ring of radius ρ, the others outside."""

    domain = Domain(inner=Integer(0, 20), rho=Real(0.0, 1.0))
    form: ClassVar[str] = "paper"

    def rings(self, inner: Any, rho: Any) -> Array:
        """Centroids, both rings evenly spaced."""
        index = np.arange(N)
        count = inner[:, None]
        inside = index < count
        angle = 2 * np.pi * np.where(inside, index / np.maximum(count, 1), index / (N - count))
        radius = np.where(inside, rho[:, None], 1.0)
        return radius[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1)

    def above(self, inner: Any, rho: Any) -> Array:
        """L_CU minus its value at N evenly spaced centroids on the circle."""
        zero = np.zeros(1)
        loss = loss_values(
            "cu", *views_with_means(self.rings(inner, rho)), beta=0 * rho, form=self.form
        )
        even = views_with_means(self.rings(zero.astype(int), zero))
        return loss - loss_values("cu", *even, beta=zero, form=self.form)

    def margin(self, inner: Any, rho: Any) -> Any:
        """Margin of two rings."""
        return self.above(inner, rho)


class _NoWorse(Control, _Rings):
    id = "G.5/within-.02"
    statement = r"L_{CU} \ge L_{CU}(\text{uniform}) - 0.02"
    near = "false only with a tenth of the mass near the centre"

    def margin(self, inner: Any, rho: Any) -> Any:
        return self.above(inner, rho) + 0.02


class _Maximum(Control, _Rings):
    id = "G.5/maximum"
    statement = r"L_{CU} \le L_{CU}(\text{uniform})"

    def margin(self, inner: Any, rho: Any) -> Any:
        return -self.above(inner, rho)


@register
class CentroidUniformityOnTheCircle(_Rings):
    r"""On the circle the uniform law of unnormalised centroids is claimed optimal [Grassucci2026].

    False: the potential of the uniform circle is lower at the centre, e^{−2} against
    ``e^{−4} I_0(4) = 0.207``, so moving some centroids there (opposite views) pays. With
    normalised centroids, or from h = 3 on (G.5|h>=3), it holds.
    """

    id = "G.5"
    statement = r"h=2:\quad L_{CU}(\mu) \ge L_{CU}(\text{uniform on the circle})"
    source = ("Grassucci2026", "optimum of L_CU, with the paper's unnormalised centroids")
    hypotheses = ("h = 2", "centroids μ_i = (x_i + y_i)/2 as written, not normalised")
    beyond = "False as it stands for h = 2; it holds for h ≥ 3 (G.5|h>=3)."
    expected = "refuted"
    controls = (_NoWorse, _Maximum)
