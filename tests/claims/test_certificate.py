"""Certificates: rigorous on true margins, never on false ones; balls with gradients."""

import dataclasses

import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st

from theory import bessel
from theory.claims import Choice, Claim, Domain, Real, verify
from theory.claims import functions as f
from theory.claims.certificate import CertificateEngine
from theory.claims.dual import Dual
from theory.claims.evidence import FAILED, HOLDS, PARTIAL, PROFILES, VIOLATED
from theory.claims.functions import log_f_difference
from theory.claims.jet import ORDER, Jet
from theory.claims.recheck import recheck

QUICK = PROFILES["quick"]


class RatioBelowOne(Claim):
    id = "ratio-below-one"
    balls = True
    domain = Domain(nu=Choice([-0.5, 0, 3, 255]), z=Real(1e-2, 30.0, log=True))

    def margin(self, nu, z):
        return 1 - f.ratio(nu, z)


class RootMean(Claim):
    id = "root-mean"
    balls = True
    domain = Domain(t=(0.0, 10.0))

    def margin(self, t):
        return np.sqrt(1 + t**2) - (1 + t) / np.sqrt(2) + 1e-4


class RatioBound(RatioBelowOne):
    """An Amos-type bound: A ≥ z/(ν+1 + √(z² + (ν+1)²))."""

    id = "ratio-bound"
    domain = Domain(nu=Choice([3]), z=Real(1.0, 100.0, log=True))

    def margin(self, nu, z):
        return f.ratio(nu, z) - z / (nu + 1 + np.sqrt(z**2 + (nu + 1) ** 2))


class FalseBound(RatioBound):
    """The same with ν + ½ in place of ν + 1 is the upper bound."""

    id = "false-bound"

    def margin(self, nu, z):
        return f.ratio(nu, z) - z / (nu + 0.5 + np.sqrt(z**2 + (nu + 0.5) ** 2))


class NarrowlyFalse(RootMean):
    id = "narrowly-false"

    def margin(self, t):
        return (t - 3.3) ** 2 - 1e-6


def examine(claim, boxes=QUICK.boxes):
    profile = dataclasses.replace(QUICK, boxes=boxes)
    return CertificateEngine().examine(claim(), profile, 0, readable=True)


@pytest.mark.parametrize("claim", [RatioBelowOne, RootMean, RatioBound])
def test_true_margins_are_certified(claim):
    found = examine(claim)
    assert found.outcome == HOLDS
    assert found.counts["balls"] <= QUICK.boxes
    assert "Box:" in found.note
    assert verify(claims=[claim])[claim.id].status == "certified"


@pytest.mark.parametrize("claim", [FalseBound, NarrowlyFalse])
def test_false_margins_are_never_certified(claim):
    found = examine(claim)
    assert found.outcome == VIOLATED
    assert recheck(claim(), found.at)[0] == VIOLATED


def test_a_box_that_does_not_close_reports_its_share_and_leaves_supported():
    class Touches(RootMean):
        id = "touches"

        def margin(self, t):
            return (t - np.pi) ** 2 * (1 + 0 * t)

    found = examine(Touches)
    assert found.outcome == PARTIAL
    assert "uncertified share" in found.note.lower()
    assert verify(claims=[Touches])["touches"].status == "supported"


def test_a_reduced_margin_must_bound_the_margin():
    class Cheats(NarrowlyFalse):
        def reduced(self, t):
            return 1 + 0 * t

    assert examine(Cheats).outcome == FAILED


def test_a_margin_that_cannot_take_balls_is_an_error_that_says_so():
    class NoBalls(RootMean):
        id = "no-balls"

        def margin(self, t):
            return np.where(np.asarray(t) > 0, 1.0, 1.0) * float(np.mean(t))

    verdict = verify(claims=[NoBalls])["no-balls"]
    assert verdict.status == "error"
    assert "'no-balls'" in verdict.message


def _close(ball, value, scale=1.0):
    return abs(float(ball.mid()) - value) <= 1e-11 * max(1.0, abs(value), scale)


@given(st.sampled_from([-0.5, 0, 0.5, 3, 31, 255]), st.floats(1e-3, 500))
def test_ball_functions_agree_with_float_ones(nu, z):
    assert _close(f.log_f(nu, arb(z)), bessel.log_f(nu, z), z)
    assert _close(f.log_iv(nu, arb(z)), bessel.log_iv(nu, z), 1 + nu * 10)
    assert _close(f.ratio(nu, arb(z)), bessel.ratio(nu, z))
    assert _close(f.log_f_difference(nu, arb(z), arb(z + 1)), -1 * _gain(nu, z), z)


def _gain(nu, z):
    return bessel.log_f(nu, z + 1) - bessel.log_f(nu, z)


@given(st.sampled_from([-0.5, 0.5, 3, 31]), st.floats(0.1, 50), st.floats(0, 5), st.floats(0, 1))
def test_balls_enclose_the_values_inside(nu, lo, width, part):
    box = arb(lo).union(arb(lo + width))
    inside = lo + part * width
    for function in (f.log_f, f.ratio):
        assert function(nu, box).overlaps(function(nu, arb(inside)))


@given(st.sampled_from([-0.5, 0.5, 3, 31]), st.floats(0.1, 50))
def test_gradients_are_the_slopes(nu, z):
    def function(t):
        return f.log_f(nu, t) * f.ratio(nu, t) - np.exp(-t / 10) / (1 + t**2) + f.sqrt(t) ** 3

    kept, ctx.prec = ctx.prec, 128
    try:
        step = arb(2) ** -40
        slope = (function(arb(z) + step) - function(arb(z) - step)) / (2 * step)
        dual = function(Dual(arb(z), (arb(1),)))
    finally:
        ctx.prec = kept
    assert dual.value.overlaps(function(arb(z)))
    assert abs(float((dual.gradient[0] - slope).mid())) < 1e-9 * (1 + abs(float(slope.mid())))


def elementary(t):
    angle = f.acos(np.cos(t / 20)) + f.cos(t) + np.sin(t) * np.tan(t / 20)
    grown = np.expm1(t / 9) * np.tanh(t) - np.sinh(t / 9) / np.cosh(t / 9)
    return f.sqrt(1 + angle**2) * np.log(2 + t) - (1 - f.unit_part(t / 60)) / np.log1p(t) + grown**3


LINES = (
    lambda nu, t: f.ratio(nu, t),
    lambda nu, t: f.ratio_over(nu, t) * t**0.5,
    lambda nu, t: f.log_f(nu, t) - f.log_iv(nu, 2 * t),
    lambda nu, t: f.log_f_difference(nu, t, 3.0),
    lambda nu, t: elementary(t),
)


@given(
    st.sampled_from(range(len(LINES))),
    st.sampled_from([-0.5, 0, 3, 31, 255]),
    st.floats(0.01, 30),
    st.floats(1e-3, 0.3),
    st.floats(-1, 1),
)
def test_taylor_polynomials_with_their_remainder_enclose_the_function(which, nu, lo, width, t):
    function, hull = LINES[which], arb(lo).union(arb(lo * (1 + width)))
    centre = arb(float(hull.mid()))
    radius = arb(abs(hull - centre).upper())
    at, over = (function(nu, Jet.line(start, radius)).coefficients() for start in (centre, hull))
    bound = sum(c * arb(t) ** k for k, c in enumerate(at[:ORDER]))
    exact = function(nu, centre + arb(t) * radius)
    assert (bound + over[ORDER] * arb(0, 1)).overlaps(exact)
    assert at[0].overlaps(function(nu, centre))
    assert not at[0].is_finite() or at[0].rad() < 1e-9


class RatioFalls(Claim):
    """Small margins, 1e-6 and less, over six decades of z: gradients alone do not close it."""

    id = "ratio-falls"
    balls = True
    domain = Domain(h=Choice([3, 64]), z=Real(1e-2, 30.0, log=True))

    def margin(self, h, z):
        nu = h / 2 - 1
        return f.ratio(nu, z) / z * (nu + 0.5 + np.sqrt(z**2 + (nu + 1.5) ** 2)) - 1


def test_small_margins_in_bessel_ratios_are_certified():
    found = examine(RatioFalls)
    assert found.outcome == HOLDS
    assert found.counts["balls"] < 1000


def test_a_float_beside_a_ball_is_enclosed_like_a_ball():
    ball = arb("3.7", 1e-30)
    mixed, exact = log_f_difference(0.5, ball, 4.0), log_f_difference(0.5, ball, arb(4))
    assert mixed.overlaps(exact)
    assert log_f_difference(0.5, 4.0, ball).overlaps(-exact)
