r"""Proofs by power series: products of Bessel functions have coefficients one can compare.

With :math:`f_ν(z) = I_ν(z)/z^ν = 2^{-ν} \sum_k (z/2)^{2k}/(k!\,Γ(ν+k+1))` every coefficient of
a product is a quotient of Gamma functions, so that a quadratic inequality between Bessel
functions follows from one between rational functions of ν and of the index.
"""

from __future__ import annotations

import functools
import math

import sympy
from sympy import Expr

from theory.claims.proof import F, Lemma, ProofError

__all__ = ["SeriesLemma", "coefficient"]

_NU = sympy.Symbol("nu", real=True)
#: 2ν + 1
_S = sympy.Symbol("s", positive=True)
_Z = sympy.Symbol("z", positive=True)
_M = sympy.Symbol("m", integer=True, nonnegative=True)

#: Orders and number of coefficients at which the product formula is compared with plain sums.
_ORDERS, _COUNT = (0.0, 0.5, 7.0), 6
#: Relative: a sum of at most 6 quotients of Gamma functions in double precision.
_TOLERANCE = 1e-11

#: One term: factor, power of z and the two offsets of the order.
_Term = tuple[Expr, int, int, int]


class SeriesLemma(Lemma):
    """A quadratic form in f_ν, f_{ν+1}, … whose series in z² has coefficients ≥ 0 for ν ≥ −1/2.

    The coefficients are those of the product formula [Watson1944]; `check` computes them for
    ν > −1/2, and the end point follows by continuity.
    """

    def check(self) -> None:
        """Reduce "every coefficient is ≥ 0" to true, and compare the first with plain sums."""
        _check_series(self.expression, self.name)


@functools.lru_cache(maxsize=64)
def _check_series(expression: Expr, name: str) -> None:
    terms = _terms(expression)
    quotient = coefficient(expression)
    if not sympy.factor(quotient.subs(_NU, (_S - 1) / 2)).is_nonnegative:
        raise ProofError(f"the coefficients of the series {name} are not shown to be >= 0")
    for order in _ORDERS:
        for index in range(_COUNT):
            value = float(quotient.subs({_NU: order, _M: index})) * _product(order, 0, 0, index)
            parts = [
                float(q.subs(_NU, order)) * 2.0 ** (p - a - b) * _cauchy(order, a, b, index, p)
                for q, p, a, b in terms
            ]
            if abs(value - sum(parts)) > _TOLERANCE * sum(map(abs, parts)):
                raise ProofError(f"coefficient {index} of the series {name} is another one")


def coefficient(expression: Expr) -> Expr:
    r"""Coefficient of (z/2)^{2m} of a quadratic form, over that of 4^ν f_ν².

    Parameters
    ----------
    expression : Expr
        Sum of terms q(ν) z^{2j} F(ν+a, z) F(ν+b, z).

    Returns
    -------
    Expr
        A rational function of ν and m.
    """
    total = sympy.S.Zero
    for q, power, a, b in _terms(expression):
        total += q * sympy.Integer(2) ** (power - a - b) * _gammas(a, b, _M - power // 2)
    return sympy.factor(sympy.gammasimp(sympy.expand_func(total / _gammas(0, 0, _M))))


def _gammas(a: int, b: int, k: Expr) -> Expr:
    """Coefficient k of 2^{2ν+a+b} f_{ν+a} f_{ν+b} in (z/2)²."""
    sum_of_orders = 2 * _NU + a + b
    below = sympy.gamma(sum_of_orders + k + 1) * sympy.gamma(k + 1)
    below *= sympy.gamma(_NU + a + k + 1) * sympy.gamma(_NU + b + k + 1)
    return sympy.gamma(sum_of_orders + 2 * k + 1) / below


def _terms(expression: Expr) -> list[_Term]:
    """Read a quadratic form; the symbols are recognised by their names."""
    by_name = {"nu": _NU, "z": _Z}
    known = {s: by_name[s.name] for s in expression.free_symbols if s.name in by_name}
    terms = []
    for term in sympy.Add.make_args(sympy.expand(expression.subs(known))):
        offsets: list[int] = []
        for factor in sympy.Mul.make_args(term):
            base, exponent = factor.as_base_exp()
            if base.func == F:
                offsets += [int(base.args[0] - _NU)] * int(exponent)
        rest = term.replace(lambda e: e.func == F, lambda e: sympy.S.One)
        factor, power = rest.as_coeff_exponent(_Z)
        if len(offsets) != 2 or not (power / 2).is_integer or factor.has(_Z):
            raise ProofError(f"{term} is no term of a quadratic form in Bessel functions")
        terms.append((factor, int(power), offsets[0], offsets[1]))
    return terms


def _cauchy(order: float, a: int, b: int, index: int, power: int) -> float:
    """Coefficient of (z/2)^{2·index} of (z/2)^power f_{ν+a} f_{ν+b}, by a plain sum."""
    top = index - power // 2
    return sum(
        1 / (_factorial(i, order + a + i) * _factorial(top - i, order + b + top - i))
        for i in range(top + 1)
    )


def _factorial(k: int, x: float) -> float:
    return math.factorial(k) * math.gamma(x + 1)


def _product(order: float, a: int, b: int, k: int) -> float:
    """Float of `_gammas`, by logarithms."""
    s = 2 * order + a + b
    logs = math.lgamma(s + 2 * k + 1) - math.lgamma(s + k + 1) - math.lgamma(k + 1)
    return math.exp(logs - math.lgamma(order + a + k + 1) - math.lgamma(order + b + k + 1))
