"""Centring each view about its own mean."""

from __future__ import annotations

from theory.repairs.base import REPAIRS, Repair
from theory.repairs.maps import AffineMap
from theory.repairs.views import Views

__all__ = ["Centering"]


@REPAIRS.register("centering")
class Centering(Repair):
    """Subtract every view's mean: ``x' = N(x − mean x)`` [Zhang2024]_.

    The gap that is a difference of means vanishes before normalising, and nearly so after;
    published also as C3's collapse, I0T and GR-CLIP. Unlike `Translation` it also removes the
    mean that all views have in common, the cone. Unpaired.

    Parameters
    ----------
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
    >>> x = [[1.0, 0.0], [0.0, 1.0]]
    >>> Centering(normalize=False).fit(x, x).transform(x)
    array([[ 0.5, -0.5],
           [-0.5,  0.5]])
    """

    def __init__(self, normalize: bool = True) -> None:
        self.normalize = normalize

    def _fit_maps(self, views: Views) -> list[AffineMap]:
        means = [each.mean for each in views.means()]
        self.x_mean_, self.y_mean_, *self.more_means_ = means
        return [AffineMap(offset=-mean) for mean in means]
