"""What every repair is: one affine map per view, and unit rows afterwards."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from theory.errors import InputError
from theory.registry import Registry
from theory.repairs.maps import AffineMap, RepairState, pack, unpack
from theory.repairs.views import Views, check_unit, is_dask
from theory.subspaces.moments import Moments, variance_basis
from theory.subspaces.selection import signal_basis
from theory.validation import check_choice, check_number, check_views, row_chunks, view_names

__all__ = ["REPAIRS", "Repair", "check_paired", "create", "from_state", "names", "view_basis"]

REPAIRS: Registry[type[Repair]] = Registry("repair")

names = REPAIRS.names
create = REPAIRS.create

# A mapped row shorter than this many roundings of the row itself has no direction.
VANISHING_ROW = 4.0


def check_paired(paired: Any) -> None:
    """Check the option `paired` of a leaf: True, False or "auto".

    Raises
    ------
    InputError
        If it is anything else.
    """
    if not (isinstance(paired, bool) or paired == "auto"):
        raise InputError(f"paired is {paired!r}; give True, False or 'auto'.")


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
    `AffineMap` per view in ``_fit_maps``, from statistics of one or two passes over the rows:
    memory does not grow with their number. With ``normalize=True`` rows are unit, before and
    after; with ``normalize=False`` they may have any length.

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
        """Whether row ``i`` of every view must be the same item in `fit`."""
        return False

    def fit(self, X: Any, Y: Any, *more: Any) -> Self:
        """Fit the maps.

        Parameters
        ----------
        X, Y, *more : array_like, torch.Tensor, dask.array.Array, iterator or callable
            The views, shape (n, d) each: whole, or as an iterator of blocks of rows (read
            once), or as a function that returns such an iterator. Their numbers of rows may
            differ unless `needs_pairs`. Dask arrays are summed where their blocks are.

        Returns
        -------
        Repair
            The estimator itself.

        Raises
        ------
        TypeError, InputError
            If a view or an option cannot be used.
        """
        views = Views((X, Y, *more), unit=self.normalize, paired=self.needs_pairs)
        maps = self._fit_maps(views)
        self.n_features_in_ = views.dimension
        self.n_views_ = len(views)
        self.x_map_, self.y_map_ = maps[:2]
        self.more_maps_ = list(maps[2:])
        return self

    def transform(self, X: Any = None, Y: Any = None, *more: Any) -> Any:
        """Map views, fitted or held out.

        Parameters
        ----------
        X, Y, *more : array_like, torch.Tensor or dask.array.Array, shape (n, d), or None
            The views to map, each in the place it had in `fit`; None for one to leave out.

        Returns
        -------
        ndarray or dask.array.Array, or tuple of them
            One array per view given (a bare array for one) of the view's own dtype, with
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
        if len(views) > len(maps):
            raise InputError(
                f"{len(views)} views given but {len(maps)} were fitted; fit with all of them."
            )
        given = [
            (view, affine, name)
            for view, affine, name in zip(views, maps, view_names(len(views)), strict=False)
            if view is not None
        ]
        if not given:
            raise InputError("no views given; pass at least one (n, d) array of embeddings.")
        mapped = tuple(
            self._lazily(*one) if is_dask(one[0]) else self._apply(*one) for one in given
        )
        return mapped if len(mapped) > 1 else mapped[0]

    def fit_transform(self, X: Any, Y: Any, *more: Any) -> Any:
        """Fit, then map the same views: ``fit(X, Y, *more).transform(X, Y, *more)``."""
        return self.fit(X, Y, *more).transform(X, Y, *more)

    @property
    def name(self) -> str:
        """The name it is registered under."""
        return next(name for name, leaf in REPAIRS.items() if leaf is type(self))

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

    @abstractmethod
    def _fit_maps(self, views: Views) -> list[AffineMap]:
        """Compute one map per view, and keep the leaf's own fitted state."""

    def _lazily(self, view: Any, affine: AffineMap, name: str) -> Any:
        """Map the blocks of a Dask array when they are computed."""
        whole = view.rechunk({1: -1})
        width = affine.width(whole.shape[1])
        return whole.map_blocks(
            self._apply, affine, name, dtype=whole.dtype, chunks=(whole.chunks[0], (width,))
        )

    def _apply(self, view: Any, affine: AffineMap, name: str) -> NDArray[Any]:
        (rows,) = check_views(view, names=[name])
        if rows.shape[1] != self.n_features_in_:
            raise InputError(
                f"{name} has {rows.shape[1]} columns but the repair was fitted on "
                f"{self.n_features_in_}; use embeddings of the same model."
            )
        out = np.empty((len(rows), affine.width(rows.shape[1])), dtype=rows.dtype)
        start = 0
        for chunk in row_chunks(rows):
            mapped = affine(chunk)
            if self.normalize:
                check_unit(chunk, name, start)
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
