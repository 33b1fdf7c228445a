"""Whitening each view: equal variance in every direction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from theory.repairs.base import REPAIRS, Repair
from theory.repairs.maps import AffineMap
from theory.repairs.views import Views
from theory.subspaces.moments import Moments, variance_basis
from theory.validation import check_choice, check_number

__all__ = ["Whitening"]


@REPAIRS.register("whitening")
class Whitening(Repair):
    """Centre and whiten every view with least motion: ``x' = N(Σ^(−½) (x − mean x))``.

    Of all maps that make the covariance a multiple of the identity the symmetric one (ZCA) moves
    rows least [Kessy2018]_. The covariance is shrunk towards its mean variance,
    ``(1 − ρ) S + ρ tr(S)/d I``, by default with the ρ that is best for Gaussian rows, so that
    few rows do not inflate noise. Unpaired.

    Parameters
    ----------
    shrinkage : float or "auto", default "auto"
        ρ in [0, 1]; "auto" is oracle approximating shrinkage [Chen2010]_. At 0 directions of no
        variance are left out.
    normalize : bool, default True
        Whether to scale the results to unit length.

    Attributes
    ----------
    x_mean_, y_mean_ : ndarray, shape (d,)
        Means of the first and the second view.
    more_means_ : list of ndarray
        Means of the third view and on.
    shrinkage_ : list of float
        ρ of every view.

    Examples
    --------
    >>> x = np.array([[3.0, 0.0], [-3.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> Whitening(shrinkage=0.0, normalize=False).fit(x, x).transform(x)[:3:2].round(3)
    array([[1.414, 0.   ],
           [0.   , 1.414]])
    """

    def __init__(self, shrinkage: float | str = "auto", normalize: bool = True) -> None:
        self.shrinkage = shrinkage
        self.normalize = normalize

    def _fit_maps(self, views: Views) -> list[AffineMap]:
        moments = views.joint().moments()
        self.x_mean_, self.y_mean_, *self.more_means_ = [each.mean for each in moments]
        self.shrinkage_ = [self._shrinkage(each) for each in moments]
        maps = []
        for each, rho, name in zip(moments, self.shrinkage_, views.names, strict=True):
            variance_basis(each, 1.0, name=name)  # refuses equal rows
            matrix = inverse_root(each.covariance(), rho)
            maps.append(AffineMap(matrix, -matrix @ each.mean))
        return maps

    def _shrinkage(self, moments: Moments) -> float:
        if isinstance(self.shrinkage, str):
            check_choice("shrinkage", self.shrinkage, ("auto",))
            return oracle_shrinkage(moments.covariance(), moments.count)
        return check_number("shrinkage", self.shrinkage, 0, 1)


def oracle_shrinkage(covariance: NDArray[np.float64], count: int) -> float:
    """Shrinkage ρ that approximates the best for Gaussian rows [Chen2010]_."""
    d = len(covariance)
    square, trace = float(np.square(covariance).sum()) / d**2, float(np.trace(covariance)) / d
    below = (count + 1) * (square - trace**2 / d)
    return 1.0 if below <= 0 else float(min(1.0, (square + trace**2) / below))


def inverse_root(covariance: NDArray[np.float64], rho: float) -> NDArray[np.float64]:
    """``((1 − ρ) S + ρ tr(S)/d I)^(−½)``, 0 in directions of no variance."""
    values, vectors = np.linalg.eigh(covariance)
    shrunk = (1 - rho) * np.maximum(values, 0.0) + rho * values.mean()
    kept = shrunk > len(values) * np.finfo(np.float64).eps * shrunk[-1]
    return (vectors[:, kept] / np.sqrt(shrunk[kept])) @ vectors[:, kept].T
