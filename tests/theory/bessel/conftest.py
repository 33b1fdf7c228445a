"""Ball arithmetic as the oracle of the special functions."""

from collections.abc import Callable

import pytest
from flint import arb, ctx


def _exact(nu: float, z: float) -> dict[str, arb]:
    """Every quantity of the package at (ν, z), z > 0, to more than 80 bits."""
    before = ctx.prec
    try:
        for precision in (300, 1200, 4800):
            ctx.prec = precision
            order, x = arb(nu), arb(z)
            bessel = x.bessel_i(order)
            ratio = x.bessel_i(order + 1) / bessel
            log_iv = bessel.log()
            growth = log_iv - order * (x / 2).log() + (order + 1).lgamma()
            found = {
                "log_iv": log_iv,
                "log_f": log_iv - order * x.log(),
                "log_growth": growth,
                "log_growth_scaled": growth - x,
                "ratio": ratio,
                "ratio_complement": 1 - ratio,
                "ratio_derivative": 1 - ratio**2 - (2 * order + 1) * ratio / x,
                "log_iv_derivative": ratio + order / x,
            }
            if nu == -0.5:  # 1 − tanh z by differences would need z more digits
                found["ratio_complement"] = 2 / (1 + (2 * x).exp())
                found["ratio_derivative"] = 1 / x.cosh() ** 2
            checked = (found["ratio"], found["ratio_complement"], growth)
            if all(value.rel_accuracy_bits() > 80 for value in checked):
                return found
        raise ArithmeticError(f"no 80 bits at nu={nu}, z={z}")
    finally:
        ctx.prec = before


@pytest.fixture(scope="session")
def exact() -> Callable[[float, float], dict[str, arb]]:
    """The oracle: exact(nu, z)[name]."""
    return _exact


@pytest.fixture(scope="session")
def distance() -> Callable[[float, arb], float]:
    """|computed − exact|, formed in ball arithmetic."""
    return lambda computed, value: abs(float((arb(float(computed)) - value).mid()))
