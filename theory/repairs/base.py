"""What every repair is: one affine map per view, and unit rows afterwards."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from theory.errors import InputError
from theory.registry import Registry
from theory.repairs.maps import AffineMap, RepairState, pack, unpack
from theory.subspaces.moments import Moments, variance_basis
from theory.subspaces.selection import signal_basis
from theory.validation import check_choice, check_number, check_views, row_chunks, view_names

__all__ = ["REPAIRS", "Repair", "create", "from_state", "names", "view_basis"]

REPAIRS: Registry[type[Repair]] = Registry("repair")

names = REPAIRS.names
create = REPAIRS.create

# A mapped row shorter than this many roundings of the row itself has no direction.
VANISHING_ROW = 4.0


def view_basis(
    moments: Moments, variance: float | str, centered: bool, name: str
) -> NDArray[np.float64]:
    """Subspace of one view, by the option `variance` of a leaf: a share, or "auto"."""
    if isinstance(variance, str):
        check_choice("variance", variance, ("auto",))
        return signal_basis(moments, centered, name)
    level = check_number("variance", variance, 0, 1, open_low=True)
    return variance_basis(moments, level, centered, name)


def from_state(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Repair:
    """Give back the fitted repair whose ``state()`` this is.

    Parameters
    ----------
    header : mapping
    arrays : mapping of str to ndarray
        As in `RepairState`.

    Raises
    ------
    InputError
        If they are not the state of a repair.

    Examples
    --------
    >>> repair = create("translation").fit([[1.0, 0.0]], [[0.0, 1.0]])
    >>> from_state(*repair.state()).transform([[1.0, 0.0]])
    array([[0.70710678, 0.70710678]])
    """
    if not {"repair", "options", "fitted"} <= set(header):
        raise InputError(
            f"the state has {', '.join(map(str, header)) or 'no entries'}; give what state() of a "
            "fitted repair returned."
        )
    repair: Repair = create(header["repair"], **header["options"])
    for key, value in header["fitted"].items():
        setattr(repair, key, unpack(value, arrays))
    return repair


class Repair(BaseEstimator, ABC):
    """A scikit-learn estimator of two or more views.

    A leaf stores its options in ``__init__`` (`normalize` among them) and computes one
    `AffineMap` per view in ``_fit_maps``.

    Attributes
    ----------
    x_map_, y_map_ : AffineMap
        What is applied to the first and the second view.
    more_maps_ : list of AffineMap
        What is applied to the third view and on.
    n_features_in_ : int
        Dimension of the embeddings.
    n_views_ : int
        Number of views fitted.
    """

    normalize: bool

    @property
    def needs_pairs(self) -> bool:
        """Whether `fit` uses that row ``i`` of every view is the same item."""
        return False

    def fit(self, X: Any, Y: Any, *more: Any) -> Self:
        """Fit the maps.

        Parameters
        ----------
        X, Y, *more : array_like or torch.Tensor, shape (n, d)
            The views; their numbers of rows may differ unless `needs_pairs`.

        Returns
        -------
        Repair
            The estimator itself.

        Raises
        ------
        TypeError, InputError
            If a view or an option cannot be used.
        """
        views = check_views(X, Y, *more, paired=self.needs_pairs)
        maps = self._fit_maps(views)
        self.n_features_in_ = views[0].shape[1]
        self.n_views_ = len(views)
        self.x_map_, self.y_map_ = maps[:2]
        self.more_maps_ = list(maps[2:])
        return self

    def transform(self, X: Any = None, Y: Any = None, *more: Any) -> Any:
        """Map views, fitted or held out.

        Parameters
        ----------
        X, Y, *more : array_like or torch.Tensor, shape (n, d), or None
            The views to map, each in the place it had in `fit`; None for one to leave out.

        Returns
        -------
        ndarray or tuple of ndarray
            One NumPy array per view given (a bare array for one) of the view's own dtype, with
            unit rows unless ``normalize=False``.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        TypeError, InputError
            If a view cannot be used, or a mapped row vanishes and so has no direction.
        """
        check_is_fitted(self)
        views = (X, Y, *more)
        maps = (self.x_map_, self.y_map_, *self.more_maps_)
        called = view_names(len(views))
        if len(views) > len(maps):
            raise InputError(
                f"{len(views)} views given but {len(maps)} were fitted; fit with all of them."
            )
        given = [index for index, view in enumerate(views) if view is not None]
        arrays = check_views(
            *(views[index] for index in given), names=[called[i] for i in given], paired=False
        )
        width = arrays[0].shape[1]
        if width != self.n_features_in_:
            raise InputError(
                f"{called[given[0]]} has {width} columns but the repair was fitted on "
                f"{self.n_features_in_}; use embeddings of the same model."
            )
        mapped = tuple(
            self._apply(maps[index], array, called[index])
            for index, array in zip(given, arrays, strict=True)
        )
        return mapped if len(mapped) > 1 else mapped[0]

    def fit_transform(self, X: Any, Y: Any, *more: Any) -> Any:
        """Fit, then map the same views: ``fit(X, Y, *more).transform(X, Y, *more)``."""
        return self.fit(X, Y, *more).transform(X, Y, *more)

    def state(self) -> RepairState:
        """Options and fitted state as plain values and arrays; `from_state` gives them back.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        """
        check_is_fitted(self)
        arrays: dict[str, NDArray[Any]] = {}
        fitted = {k: pack(v, k, arrays) for k, v in vars(self).items() if k.endswith("_")}
        options = {k: pack(v, k, {}) for k, v in self.get_params(deep=False).items()}
        return RepairState({"repair": self.name, "options": options, "fitted": fitted}, arrays)

    @property
    def name(self) -> str:
        """The name it is registered under."""
        return next(name for name, leaf in REPAIRS.items() if leaf is type(self))

    @abstractmethod
    def _fit_maps(self, views: Sequence[NDArray[Any]]) -> list[AffineMap]:
        """Compute one map per checked view, and keep the leaf's own fitted state."""

    def _apply(self, affine: AffineMap, rows: NDArray[Any], name: str) -> NDArray[Any]:
        width = rows.shape[1] if affine.matrix is None else affine.matrix.shape[0]
        out = np.empty((len(rows), width), dtype=rows.dtype)
        start = 0
        for chunk in row_chunks(rows):
            mapped = affine(chunk)
            if self.normalize:
                mapped /= self._lengths(mapped, chunk, name, start)
            out[start : start + len(chunk)] = mapped
            start += len(chunk)
        return out

    def _lengths(
        self, mapped: NDArray[np.float64], rows: NDArray[Any], name: str, start: int
    ) -> NDArray[np.float64]:
        length = np.linalg.norm(mapped, axis=1, keepdims=True)
        before = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
        vanished = length <= VANISHING_ROW * np.finfo(rows.dtype).eps * before
        if vanished.any():
            raise InputError(
                f"row {start + int(vanished.argmax())} of {name} is mapped to zero and has no "
                "direction; leave it out, or set normalize=False."
            )
        return length
