r"""Modified Bessel functions of the first kind, on the log scale and as ratios.

Everything here broadcasts ``nu`` against ``z``, takes NumPy arrays (anything array-like; the
result is float64, a scalar for scalars) or torch tensors (computed in float64, returned in the
dtype of ``z``, differentiable in ``z`` to any order), gives NaN for NaN, and holds for
:math:`\nu\ge-\tfrac12`, :math:`z\ge0`. The orders met on the sphere of :math:`\mathbb R^h` are
:math:`\nu=h/2-1`; a line (h = 1) has :math:`\nu=-\tfrac12`.

For :math:`\nu\le10^5` and :math:`10^{-12}\le z\le10^7` the tests hold the error of `log_iv` and
`log_f` to :math:`10^{-14}\max(1,|\log I_\nu|,\sqrt{\nu^2+z^2})` and the relative error of
`ratio` to :math:`2\cdot10^{-15}`, against ball arithmetic.
"""

from __future__ import annotations

from typing import Any

from theory.bessel._arguments import apply

__all__ = [
    "log_f",
    "log_growth",
    "log_iv",
    "log_iv_derivative",
    "ratio",
    "ratio_complement",
    "ratio_derivative",
]


def log_iv(nu: Any, z: Any) -> Any:
    r"""Logarithm of the modified Bessel function :math:`I_\nu(z)`.

    Parameters
    ----------
    nu : array_like
        Order, at least −½.
    z : array_like or Tensor
        Argument, at least 0.

    Returns
    -------
    float, ndarray or Tensor
        :math:`\log I_\nu(z)`; at z = 0 it is −inf, 0 or inf for ν > 0, = 0 or < 0.

    Raises
    ------
    InputError
        If an order is below −½ or an argument negative or infinite.

    Examples
    --------
    >>> round(float(log_iv(255.0, 100.0)), 6)
    -154.557397
    """
    return apply("log_iv", nu, z)


def log_f(nu: Any, z: Any) -> Any:
    r"""Logarithm of :math:`f_\nu(z) = I_\nu(z)/z^\nu`, finite and smooth at 0.

    Parameters
    ----------
    nu, z : array_like or Tensor
        Order and argument, as in `log_iv`.

    Returns
    -------
    float, ndarray or Tensor
        :math:`\log f_\nu(z)`, equal to :math:`-\nu\log2-\log\Gamma(\nu+1)` at 0.

    Examples
    --------
    >>> round(float(log_f(0.5, 0.0)), 6)  # log √(2/π)
    -0.225791
    """
    return apply("log_f", nu, z)


def log_growth(nu: Any, z: Any, *, scaled: bool = False) -> Any:
    r"""Logarithm of :math:`f_\nu(z)/f_\nu(0) = {}_0F_1(;\nu+1;z^2/4)`, relatively accurate.

    This is :math:`\log E_\sigma e^{z u\cdot e}`, u uniform on the sphere with
    :math:`\nu=h/2-1`: the log partition function of the vMF law.

    Parameters
    ----------
    nu, z : array_like or Tensor
        Order and argument, as in `log_iv`.
    scaled : bool, default False
        Subtract z, so that differences between large arguments keep their accuracy.

    Returns
    -------
    float, ndarray or Tensor
        0 at z = 0, :math:`z^2/(4(\nu+1))` to first order.

    Examples
    --------
    >>> print(f"{log_growth(0.5, 1e-9):.6e}")  # log(sinh z / z)
    1.666667e-19
    """
    return apply("scaled" if scaled else "log", nu, z)


def ratio(nu: Any, z: Any) -> Any:
    r"""Ratio :math:`I_{\nu+1}(z)/I_\nu(z)`, the mean length :math:`A_h(z)` of a vMF law.

    Parameters
    ----------
    nu, z : array_like or Tensor
        Order and argument, as in `log_iv`.

    Returns
    -------
    float, ndarray or Tensor
        In [0, 1), increasing in z, and the derivative of `log_f`.

    Examples
    --------
    >>> round(float(ratio(0.5, 2.0)), 6)  # coth 2 − 1/2
    0.537315
    """
    return apply("ratio", nu, z)


def ratio_complement(nu: Any, z: Any) -> Any:
    r"""One minus `ratio`, relatively accurate where the ratio is close to 1 (ν ≥ 0 or ν = −½).

    Parameters
    ----------
    nu, z : array_like or Tensor
        Order and argument, as in `log_iv`.

    Returns
    -------
    float, ndarray or Tensor
        :math:`1-I_{\nu+1}(z)/I_\nu(z)\in(0,1]`, about :math:`(2\nu+1)/(2z)` for large z.

    Examples
    --------
    >>> print(f"{ratio_complement(-0.5, 100.0):.6e}")  # 1 − tanh 100
    2.767793e-87
    """
    return apply("complement", nu, z)


def ratio_derivative(nu: Any, z: Any) -> Any:
    r"""Derivative of `ratio` in z, relatively accurate at both ends (ν ≥ 0 or ν = −½).

    The textbook form :math:`1-r^2-(2\nu+1)r/z` cancels for large z; this one does not.

    Parameters
    ----------
    nu, z : array_like or Tensor
        Order and argument, as in `log_iv`.

    Returns
    -------
    float, ndarray or Tensor
        Positive; :math:`1/(2\nu+2)` at z = 0.

    Examples
    --------
    >>> float(ratio_derivative(1.0, 0.0))
    0.25
    """
    return apply("derivative", nu, z)


def log_iv_derivative(nu: Any, z: Any) -> Any:
    r"""Derivative of `log_iv` in z.

    Parameters
    ----------
    nu, z : array_like or Tensor
        Order and argument, as in `log_iv`; z must be positive unless ν = 0.

    Returns
    -------
    float, ndarray or Tensor
        :math:`I'_\nu(z)/I_\nu(z) = I_{\nu+1}(z)/I_\nu(z) + \nu/z`.

    Examples
    --------
    >>> float(log_iv_derivative(0.0, 0.0))
    0.0
    """
    return apply("log_iv_derivative", nu, z)
