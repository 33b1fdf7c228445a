"""Landscapes of the centre-pair losses: what Y.T2 and Y.T3 look like, as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from theory.errors import InputError
from theory.limits import center_loss, subspace_center_loss

__all__ = ["center_pair_landscape", "cone_landscape", "subspace_landscape"]


def cone_landscape(
    h: int = 4,
    tau: float = 0.1,
    kappas: Sequence[float] = (1.0, 5.0, 20.0, 100.0),
    points: int = 361,
) -> dict[str, Any]:
    """``J(cos Δθ; κ) − J(1; κ)`` over the angle of two equally concentrated cones [Yi2025]_.

    Parameters
    ----------
    h : int
        Dimension.
    tau : float
        Temperature.
    kappas : sequence of float
        Concentrations, each of both cones.
    points : int
        Angles from 0 to π.

    Returns
    -------
    dict
        ``h``, ``tau``, ``kappas``; ``angle`` (points,) in radians; ``loss`` (κ × points), the
        loss above its value at angle 0, and ``relative``, the same over its maximum;
        ``second_minimum`` (κ,), whether 180° is one.

    Examples
    --------
    >>> [bool(second) for second in cone_landscape(kappas=(1.0, 20.0))["second_minimum"]]
    [False, True]
    """
    if points < 3:
        raise InputError(f"points is {points}; give at least 3.")
    angle = np.linspace(0.0, np.pi, points)
    kappa = np.asarray(kappas, dtype=np.float64)[:, None]
    # cos(π) rounds to −1 and cos(0) to 1 exactly, so that both ends are the true ends
    loss = np.asarray(center_loss(np.cos(angle), kappa, h, tau))
    above = loss - loss[:, :1]
    return {
        "h": h,
        "tau": tau,
        "kappas": kappa[:, 0],
        "angle": angle,
        "loss": above,
        "relative": above / above.max(axis=1, keepdims=True),
        "second_minimum": loss[:, -1] < loss[:, -2],
    }


def subspace_landscape(
    h: int = 4,
    tau: float = 0.5,
    kappa: float = 5.0,
    phi: float = np.pi / 3,
    points: int = 121,
) -> dict[str, Any]:
    """Centre-pair loss J̃ of two hyperplanes over their great circles, both readings of Y.T3.

    Hyperplanes A and B at dihedral angle φ meet in C. With e a unit vector of C, and u_A, u_B
    the unit vectors of A and B orthogonal to C (``u_A·u_B = cos φ``), the centres are
    ``c_x = cos a e + sin a u_A`` and ``c_y = cos b e + sin b u_B``; so
    ``w = cos a cos b + sin a sin b cos φ`` and ``t_x = |P_B c_x| = √(cos²a + sin²a cos²φ)``.
    ``a = b = 0`` puts both centres in C (gap 0), ``a = b = π/2`` is the pair of (A6), whose gap
    is φ. Over all centres the first is lower; among centres orthogonal to C (A6) the second
    is lowest [Yi2025]_.

    Parameters
    ----------
    h : int
        Dimension, at least 3.
    tau, kappa : float
        Temperature and concentration.
    phi : float
        Dihedral angle in radians, in (0, π/2).
    points : int
        Points of each circle from −π to π.

    Returns
    -------
    dict
        ``h``, ``tau``, ``kappa``, ``phi``; ``elevation`` (points,) in radians; ``loss``
        (points × points), the mean of both directions over (a, b); ``path`` over
        ``a = b`` from 0 to π/2: ``elevation``, ``gap_angle``, ``loss``; ``states``: the named
        pairs with ``elevations`` (list of (a, b)), ``gap_angle`` and ``loss``.
    """
    if h < 3:
        raise InputError(f"h is {h}; hyperplanes that meet need h of at least 3.")
    if not 0 < phi < np.pi / 2:
        raise InputError(f"phi is {phi}; give a dihedral angle in (0, π/2) radians.")
    if points < 3:
        raise InputError(f"points is {points}; give at least 3.")

    def loss(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        w = np.cos(a) * np.cos(b) + np.sin(a) * np.sin(b) * np.cos(phi)
        t_x = np.sqrt(np.cos(a) ** 2 + (np.sin(a) * np.cos(phi)) ** 2)
        t_y = np.sqrt(np.cos(b) ** 2 + (np.sin(b) * np.cos(phi)) ** 2)
        both = [np.asarray(subspace_center_loss(w, t, kappa, h, tau)) for t in (t_x, t_y)]
        return 0.5 * (both[0] + both[1])

    def gap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        w = np.cos(a) * np.cos(b) + np.sin(a) * np.sin(b) * np.cos(phi)
        return np.arccos(np.clip(w, -1.0, 1.0))

    def state(*pairs: tuple[float, float]) -> dict[str, Any]:
        a, b = np.array(pairs[0])[:, None]
        return {"elevations": pairs, "gap_angle": gap(a, b)[0], "loss": loss(a, b)[0]}

    circle = np.linspace(-np.pi, np.pi, points)
    rise = np.linspace(0.0, np.pi / 2, points)
    right = np.pi / 2
    return {
        "h": h,
        "tau": tau,
        "kappa": kappa,
        "phi": phi,
        "elevation": circle,
        "loss": loss(circle[:, None], circle[None, :]),
        "path": {"elevation": rise, "gap_angle": gap(rise, rise), "loss": loss(rise, rise)},
        "states": {
            "inside": state((0.0, 0.0), (np.pi, np.pi), (-np.pi, -np.pi)),
            "acute": state((right, right), (-right, -right)),
            "obtuse": state((right, -right), (-right, right)),
        },
    }


def center_pair_landscape(
    cone: dict[str, Any] | None = None, subspace: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Both landscapes, as kept in ``landscape.json``.

    Parameters
    ----------
    cone, subspace : dict, optional
        Arguments of `cone_landscape` and `subspace_landscape`; the defaults show the second
        minimum of Y.T2 and the counterexample to Y.T3.

    Examples
    --------
    >>> states = center_pair_landscape()["subspace"]["states"]
    >>> {name: round(float(state["loss"]), 6) for name, state in states.items()}
    {'inside': -0.336428, 'acute': -0.182282, 'obtuse': 0.222853}
    """
    return {
        "cone": cone_landscape(**(cone or {})),
        "subspace": subspace_landscape(**(subspace or {})),
    }
