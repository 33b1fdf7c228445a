"""Strategies draw what they promise, for every argument they accept."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from theory import strategies, subspaces
from theory.errors import InputError

#: Orthonormality and unit length: a few roundings per entry.
EXACT = 1e-12


@given(st.data(), st.integers(1, 9), st.integers(1, 40))
def test_unit_rows(data, n, h):
    x = data.draw(strategies.unit_rows(n, h))
    assert x.shape == (n, h)
    np.testing.assert_allclose((x * x).sum(axis=1), 1.0, atol=EXACT)


@given(st.data(), st.integers(1, 12))
def test_rotations(data, h):
    r = data.draw(strategies.rotations(h))
    np.testing.assert_allclose(r @ r.T, np.eye(h), atol=EXACT)
    assert np.linalg.det(r) == pytest.approx(1.0)


@given(st.data(), st.integers(1, 7))
def test_subspace_pairs_have_orthonormal_bases_and_the_angles_asked_for(data, h):
    d_a, d_b = data.draw(st.integers(1, h)), data.draw(st.integers(1, h))
    count, forced = min(d_a, d_b), max(0, d_a + d_b - h)
    angles = data.draw(strategies.principal_angles(count)).copy()
    angles[:forced] = 0.0
    a, b = data.draw(strategies.subspace_pairs(h, d_a, d_b, angles))
    assert (a.shape, b.shape) == ((h, d_a), (h, d_b))
    for basis in (a, b):
        np.testing.assert_allclose(basis.T @ basis, np.eye(basis.shape[1]), atol=EXACT)
    np.testing.assert_allclose(subspaces.principal_angles(a, b), np.sort(angles), atol=1e-7)


@given(strategies.paired_clouds())
def test_paired_clouds_are_paired_and_unit(clouds):
    x, y = clouds
    assert x.shape == y.shape
    np.testing.assert_allclose(np.linalg.norm([x, y], axis=-1), 1.0, atol=EXACT)


@given(strategies.temperatures(), strategies.dimensions(), strategies.log_reals(1e-3, 1e3))
def test_ranges(tau, h, kappa):
    assert 0.01 <= tau <= 2.0
    assert 2 <= h <= 1024
    assert 1e-3 <= kappa <= 1e3


def _simplest(strategy):
    return find(strategy, lambda drawn: True, settings=settings(max_examples=20, database=None))


def test_they_shrink_to_the_readable():
    np.testing.assert_array_equal(_simplest(strategies.unit_rows(2, 3)), [[1, 0, 0]] * 2)
    np.testing.assert_array_equal(_simplest(strategies.rotations(3)), np.eye(3))
    x, y = _simplest(strategies.paired_clouds())
    np.testing.assert_array_equal(x, y)


def test_every_hard_case_is_reached():
    angles = find(strategies.principal_angles(2), lambda a: a[0] == 0 and a[1] == math.pi / 2)
    x, y = find(strategies.paired_clouds(), lambda c: np.allclose(c[0], -c[1]))
    assert list(angles) == [0, math.pi / 2]
    np.testing.assert_allclose(x, -y)
    assert find(strategies.dimensions(), lambda h: h >= 512) >= 512


@pytest.mark.parametrize(
    "make",
    [
        lambda: strategies.log_reals(0.0, 1.0),
        lambda: strategies.dimensions(3, 2),
        lambda: strategies.place_pair(3, 2, 2, np.array([0.1, 0.2]), np.eye(3)),
        lambda: strategies.place_pair(4, 2, 2, np.array([0.1]), np.eye(4)),
    ],
)
def test_impossible_arguments_are_refused(make):
    with pytest.raises(InputError):
        make()


DRAW = """
import sys
from hypothesis import given, seed, settings, strategies as st
from theory import strategies as s

everything = st.tuples(
    s.reals(-3.0, 2e5), s.log_reals(1e-3, 1e6), s.temperatures(), s.dimensions(), s.seeds(),
    s.choices(range(100_000)), s.unit_rows(3, 4), s.unit_rows(30, 4), s.rotations(3),
    s.principal_angles(2), s.subspace_pairs(4, 2, 2), s.paired_clouds(),
)

@seed(1)
@settings(database=None, max_examples=60, deadline=None)
@given(everything)
def show(drawn):
    sys.stdout.write(repr(drawn))

show()
"""


def test_examples_depend_on_no_other_module_and_no_folder(tmp_path):
    """Hypothesis would mix in the literals of every module of the folder it runs in."""
    odd = ", ".join(str(v) for k in range(200, 260) for v in (k * 7, k / 7, -k, f"'{k}'"))
    (tmp_path / "odd.py").write_text(f"CONSTANTS = [{odd}]\n")
    drawn = []
    for first in ("", "import odd\n"):
        command = [sys.executable, "-c", first + DRAW]
        path = os.pathsep.join(["."] * bool(first) + [p for p in sys.path if p])
        done = subprocess.run(
            command,
            cwd=tmp_path if first else None,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        )
        drawn.append(done.stdout)
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) > 10_000
