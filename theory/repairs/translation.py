"""Translation along the gap."""

from __future__ import annotations

import numpy as np

from theory.repairs.base import REPAIRS, Repair
from theory.repairs.maps import AffineMap
from theory.repairs.views import Views
from theory.validation import check_number

__all__ = ["Translation"]


@REPAIRS.register("translation")
class Translation(Repair):
    """Shift the views towards each other along the difference of their means [Liang2022]_.

    ``x' = N(x − λΔ)``, ``y' = N(y + λΔ)`` with ``Δ = mean x − mean y`` and N the normalisation:
    at ``λ = ½`` the means coincide before normalising (and nearly so after), at 0 nothing moves,
    at 1 the gap is mirrored. For any number of views each moves by ``2λ (c − mean)``, c the mean
    of the means, which is the same for two. Unpaired.

    Parameters
    ----------
    strength : float, default 0.5
        λ.
    normalize : bool, default True
        Whether to scale the results to unit length.

    Attributes
    ----------
    x_mean_, y_mean_ : ndarray, shape (d,)
        Means of the first and the second view.
    more_means_ : list of ndarray
        Means of the third view and on.

    Examples
    --------
    >>> repair = Translation(normalize=False)
    >>> repair.fit_transform([[1.0, 0.0]], [[0.0, 1.0]])
    (array([[0.5, 0.5]]), array([[0.5, 0.5]]))
    """

    def __init__(self, strength: float = 0.5, normalize: bool = True) -> None:
        self.strength = strength
        self.normalize = normalize

    def _fit_maps(self, views: Views) -> list[AffineMap]:
        strength = check_number("strength", self.strength)
        means = [each.mean for each in views.means()]
        self.x_mean_, self.y_mean_, *self.more_means_ = means
        center = np.mean(means, axis=0)
        return [AffineMap(offset=2 * strength * (center - mean)) for mean in means]
