r"""Losses of infinitely many pairs: the functionals whose minima the theorems are about.

Notation: h the dimension, :math:`\tau` the temperature, :math:`\beta=1/\tau`,
:math:`f_\nu(z)=I_\nu(z)/z^\nu`; ``w`` is the cosine between two centres. Everything broadcasts,
takes NumPy arrays or torch tensors, and is differentiable in tensors. Two facts carry the
module: the log partition function of the uniform law is :math:`\log f_\nu(\beta)/f_\nu(0)`, and
that of vMF(c, κ) tilted by a is :math:`\log f_\nu(|\kappa c+a|)/f_\nu(\kappa)`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from theory.bessel import log_growth
from theory.ranges import check_least, check_real, inverse_temperature, refuse
from theory.validation import is_tensor

__all__ = [
    "center_loss",
    "center_pair_loss_direction",
    "excess",
    "log_partition",
    "squared_resultant",
    "subspace_center_loss",
    "subspace_pair_loss",
    "uniform_optimum",
]

# How far a cosine may lie outside its range by rounding, in float64 and in float32: that of
# inner products of unit vectors in a few thousand dimensions.
_ROUNDING = 1e-12
_ROUNDING_SINGLE = 1e-5

# Added to M² so that the square root has a derivative at 0; its root is far below rounding.
_TINY = 1e-200


def _order(h: Any, least: float, name: str = "h") -> NDArray[np.float64]:
    """Bessel order h/2 − 1 of a dimension."""
    return 0.5 * check_least(h, name, least) - 1.0


def _check_cosines(w: Any, t: Any) -> None:
    """Refuse |w| > t or t > 1, beyond rounding."""
    cosine, length = check_real(w, "w"), check_real(t, "t")
    single = any(str(getattr(x, "dtype", "")).endswith("float32") for x in (w, t))
    slack = _ROUNDING_SINGLE if single else _ROUNDING
    wrong = (length < -slack) | (length > 1.0 + slack)
    refuse(wrong, length, "t", "a length of a projected centre lies in [0, 1]")
    cosine, length = np.broadcast_arrays(cosine, length)
    refuse(np.abs(cosine) > length + slack, cosine, "w", "a cosine lies in [-t, t], t <= 1")


def _where(condition: Any, first: Any, second: Any) -> Any:
    if not is_tensor(condition):
        return np.where(condition, first, second)[()]
    import torch

    return torch.where(condition, first, second)


def _widened(*values: Any) -> tuple[Any, list[Any]]:
    """All values in float64; with them the dtype to return, or None for NumPy."""
    if not any(is_tensor(value) for value in values):
        return None, [np.asarray(value, dtype=np.float64) for value in values]
    import torch

    dtype, device = torch.get_default_dtype(), None
    given = [value for value in values if is_tensor(value) and value.is_floating_point()]
    if given:
        dtype, device = given[0].dtype, given[0].device
        for value in given[1:]:
            dtype = torch.promote_types(dtype, value.dtype)
    return dtype, [torch.as_tensor(x, dtype=torch.float64, device=device) for x in values]


def log_partition(beta: Any, h: Any) -> Any:
    r"""Log partition function of the uniform law, :math:`\log Z(\beta)`.

    Parameters
    ----------
    beta : array_like or Tensor
        Inverse temperature, at least 0.
    h : array_like
        Dimension, at least 1.

    Returns
    -------
    float, ndarray or Tensor
        :math:`\log E_\sigma e^{\beta u\cdot e} = \log f_\nu(\beta)/f_\nu(0)`, ν = h/2 − 1, with
        full relative accuracy at small β as well.

    Raises
    ------
    InputError
        If `beta` is negative or `h` below 1.

    Examples
    --------
    >>> round(float(log_partition(5.0, 3)), 6)  # log(sinh 5 / 5)
    2.69737
    """
    check_least(beta, "beta", 0.0)
    return log_growth(_order(h, 1.0), beta)


def uniform_optimum(h: Any, tau: Any) -> Any:
    r"""Optimum of the unconstrained loss [Yi2025], the sum of both directions.

    Parameters
    ----------
    h : array_like
        Dimension, at least 2.
    tau : array_like or Tensor
        Temperature, positive.

    Returns
    -------
    float, ndarray or Tensor
        :math:`K=-2\beta+2\log Z(\beta)`, the limit of :math:`L-2\log N` at aligned pairs with
        uniform marginals.

    Raises
    ------
    InputError
        If `tau` is not positive or `h` below 2.

    Examples
    --------
    >>> round(float(uniform_optimum(3, 0.5)), 6)
    -2.80956
    """
    beta = inverse_temperature(tau)
    return 2.0 * log_growth(_order(h, 2.0), beta, scaled=True)


def center_loss(w: Any, kappa: Any, h: Any, tau: Any) -> Any:
    r"""Centre-pair loss under the cone constraint [Yi2025], one direction.

    Parameters
    ----------
    w : array_like or Tensor
        :math:`\cos\Delta\theta`, in [−1, 1].
    kappa : array_like or Tensor
        Concentration of the contrasted modality, at least 0.
    h : array_like
        Dimension, at least 2.
    tau : array_like or Tensor
        Temperature, positive.

    Returns
    -------
    float, ndarray or Tensor
        :math:`J(w;\kappa)=-\beta w+\log f_\nu(M)-\log f_\nu(\kappa)`,
        :math:`M=\sqrt{\kappa^2+2\kappa\beta w+\beta^2}`.

    Raises
    ------
    InputError
        If an argument is outside its range.

    Examples
    --------
    >>> bool(center_loss(1.0, 5.0, 4, 0.5) < center_loss(0.5, 5.0, 4, 0.5))
    True
    """
    return center_pair_loss_direction(w, 1.0, kappa, inverse_temperature(tau), _order(h, 2.0))


def subspace_center_loss(w: Any, t: Any, kappa: Any, h: Any, tau: Any) -> Any:
    r"""Centre-pair loss under the hyperplane constraint [Yi2025], one direction.

    Parameters
    ----------
    w : array_like or Tensor
        :math:`c_x\cdot c_y`, in [−t, t].
    t : array_like or Tensor
        :math:`|P_Bc_x|`, in [0, 1].
    kappa : array_like or Tensor
        Concentration of the contrasted modality, at least 0.
    h : array_like
        Dimension of the whole space, at least 3.
    tau : array_like or Tensor
        Temperature, positive.

    Returns
    -------
    float, ndarray or Tensor
        :math:`\tilde J(w,t;\kappa)`: `center_pair_loss_direction` with the order
        :math:`\tilde\nu=(h-1)/2-1` of a hyperplane.

    Raises
    ------
    InputError
        If an argument is outside its range.

    Examples
    --------
    Centres in the common subspace do better than the specific directions at 60°:

    >>> round(float(subspace_center_loss(1.0, 1.0, 5.0, 4, 0.5)), 6)
    -0.336428
    >>> round(float(subspace_center_loss(0.5, 0.5, 5.0, 4, 0.5)), 6)
    -0.182282
    """
    return center_pair_loss_direction(w, t, kappa, inverse_temperature(tau), _order(h, 3.0) - 0.5)


def subspace_pair_loss(w: Any, t: Any, kappa: Any, dimension: Any, tau: Any) -> Any:
    r"""Centre-pair loss of one direction for a subspace of any dimension.

    Parameters
    ----------
    w : array_like or Tensor
        Cosine of the centres, in [−t, t].
    t : array_like or Tensor
        Length of the query's centre projected on the contrasted modality's subspace.
    kappa : array_like or Tensor
        Concentration of the contrasted modality, at least 0.
    dimension : array_like
        Dimension of the contrasted modality's subspace, at least 1 (a line: f is cosh).
    tau : array_like or Tensor
        Temperature, positive.

    Returns
    -------
    float, ndarray or Tensor
        `center_pair_loss_direction` with :math:`\nu=d/2-1`.

    Raises
    ------
    InputError
        If an argument is outside its range.

    Examples
    --------
    >>> bool(subspace_pair_loss(0.5, 0.5, 5.0, 3, 0.5) == subspace_center_loss(.5, .5, 5., 4, .5))
    True
    """
    return center_pair_loss_direction(
        w, t, kappa, inverse_temperature(tau), _order(dimension, 1.0, "dimension")
    )


def center_pair_loss_direction(w: Any, t: Any, kappa: Any, beta: Any, nu: Any) -> Any:
    r"""Loss of one centre against a vMF cloud: what the cone and subspace losses share.

    Parameters
    ----------
    w : array_like or Tensor
        Cosine of the two centres, in [−t, t].
    t : array_like or Tensor
        Length of the query's centre projected on the span of the cloud, in [0, 1].
    kappa : array_like or Tensor
        Concentration of the cloud, at least 0.
    beta : array_like or Tensor
        Inverse temperature, at least 0.
    nu : array_like
        Order :math:`d/2-1` of the cloud's d-dimensional span.

    Returns
    -------
    float, ndarray or Tensor
        :math:`-\beta w+\log f_\nu(M)-\log f_\nu(\kappa)`,
        :math:`M^2=\kappa^2+2\kappa\beta w+\beta^2t^2`; nothing cancels at large κ or near M = 0.

    Raises
    ------
    InputError
        If an argument is outside its range.

    Examples
    --------
    >>> round(float(center_pair_loss_direction(1.0, 1.0, 0.0, 5.0, 0.5)), 6)  # log Z(5) − 5
    -2.30263
    """
    check_least(kappa, "kappa", 0.0)
    check_least(beta, "beta", 0.0)
    _check_cosines(w, t)
    dtype, (w, t, kappa, beta) = _widened(w, t, kappa, beta)
    reach = beta * t
    square = squared_resultant(w, t, kappa, beta)
    length = (square + _TINY).clip(min=0.5 * _TINY) ** 0.5
    # log f(M) − log f(κ) = [log f(M) − M] − [log f(κ) − κ] + (M − κ); below M = 1 the first
    # bracket is left whole, since taking M out would spoil the derivative at M = 0.
    near = length < 1.0
    shift = beta * (2.0 * kappa * w + reach * t) / (length + kappa)
    whole, less = log_growth(nu, length), log_growth(nu, length, scaled=True)
    grown = _where(near, whole - kappa, less + shift) - log_growth(nu, kappa, scaled=True)
    result = grown - beta * w
    return result if dtype is None else result.to(dtype)


def squared_resultant(w: Any, t: Any, kappa: Any, beta: Any) -> Any:
    r"""Squared length :math:`M^2=\kappa^2+2\kappa\beta w+\beta^2t^2` of a tilted vMF parameter.

    Written as :math:`(\kappa-\beta t)^2+2\kappa\beta(t+w)`: rounding keeps it ≥ 0 at w = −t.

    Parameters
    ----------
    w, t, kappa, beta : number, ndarray, Tensor, ball or symbol
        As in `center_pair_loss_direction`; not checked here.

    Returns
    -------
    Same kind
        Only sums and products are taken, so that the proofs of `theory.claims` use this very line.

    Examples
    --------
    >>> squared_resultant(1.0, 1.0, 3.0, 4.0)
    49.0
    """
    return (kappa - beta * t) ** 2 + 2 * kappa * beta * (t + w)


def excess(loss: Any, n: Any) -> Any:
    r"""Convert a registered loss to the field's excess: :math:`2\,\mathrm{loss}-2\log N`.

    Registered losses are the mean of both directions; [Yi2025] takes their sum, and its limit
    exists after :math:`2\log N` is subtracted.

    Parameters
    ----------
    loss : array_like or Tensor
        Mean of both directions, as `theory.losses` returns it.
    n : array_like
        Number of pairs in the batch, at least 1.

    Returns
    -------
    float, ndarray or Tensor
        To be compared with `uniform_optimum` and the sums of both directions here.

    Raises
    ------
    InputError
        If `n` is below 1.

    Examples
    --------
    >>> float(excess(0.0, 1))
    0.0
    """
    count = check_least(n, "n", 1.0)
    offset = 2.0 * np.log(count)
    if is_tensor(loss):
        return 2.0 * loss - loss.new_tensor(offset)
    return 2.0 * check_real(loss, "loss") - offset
