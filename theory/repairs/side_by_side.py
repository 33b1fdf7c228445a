"""A repair as a transformer of one array, for scikit-learn's own tools."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import check_is_fitted, validate_data

from theory.errors import InputError
from theory.repairs.base import Repair
from theory.validation import check_integer

__all__ = ["SideBySide"]


class SideBySide(TransformerMixin, BaseEstimator):
    """Apply a repair to views that stand side by side in one array ``[X, Y, …]``.

    scikit-learn's pipelines and searches split, pass on and score one array of rows; two paired
    views are one array of twice the width. Repairs can so be chained, put before a classifier
    and tuned: ``make_pipeline(SideBySide(Centering()), SideBySide(Rotation()))``.

    Parameters
    ----------
    repair : Repair
        What to apply; it is cloned, and left unfitted.
    n_views : int, default 2
        Number of views of equal width.

    Attributes
    ----------
    repair_ : Repair
        The fitted repair.
    n_features_in_ : int
        Columns of all views together.

    Examples
    --------
    >>> from theory.repairs import Translation
    >>> SideBySide(Translation()).fit_transform([[1.0, 0.0, 0.0, 1.0]]).round(3)
    array([[0.707, 0.707, 0.707, 0.707]])
    """

    def __init__(self, repair: Repair, n_views: int = 2) -> None:
        self.repair = repair
        self.n_views = n_views

    def fit(self, X: Any, y: Any = None) -> Self:
        """Fit a clone of the repair on the views in `X`, shape (n, n_views · d); `y` is unused.

        Raises
        ------
        ValueError
            If `X` is no array of numbers or the repair refuses a view.
        """
        rows = validate_data(self, X, dtype=[np.float64, np.float32])
        self.repair_ = clone(self.repair).fit(*self._views(rows))
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """Map the views in `X`, shape (n, n_views · d), and put them side by side again."""
        check_is_fitted(self)
        rows = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        return np.hstack(self.repair_.transform(*self._views(rows)))

    def _views(self, rows: NDArray[Any]) -> list[NDArray[Any]]:
        count = check_integer("n_views", self.n_views, 2)
        if rows.shape[1] % count:
            raise InputError(
                f"X has {rows.shape[1]} columns, not a multiple of n_views = {count}; "
                "put views of equal width side by side."
            )
        return np.split(rows, count, axis=1)
