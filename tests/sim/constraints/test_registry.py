"""What holds for every constraint, the moment it is registered."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sim import constraints
from theory import losses
from theory.errors import InputError
from theory.registry import Registry

TURN = 1e-12  # rounding of unit rows after a step, in a few dozen operations

# A constraint that moves differently says here how long its tangents are; the rest are
# vector fields with the sum over particles.
SQUARED_LENGTH = {
    "cone": lambda t, n: n / 2 * t.square().sum(),
    "subspace_cone": lambda t, n: n / 2 * t.square().sum(),
    "relu": lambda t, n: n * t.square().sum(),
    "cap": lambda t, n: t[..., :-1, :].square().sum() + n * t[..., -1, :].square().sum(),
}
LATENTS = {"relu": "the start's views are latents, which the views do not tell"}


def squared_length(name, tangents, n):
    of = SQUARED_LENGTH.get(name, lambda t, n: t.square().sum())
    return sum(of(t, n) for t in tangents).item()


def placed(name, h, n, seed, **options):
    room = constraints.create(name, h=h, **options)
    generator = torch.Generator().manual_seed(seed)
    views = tuple(
        torch.randn(2, n, h, generator=generator, dtype=torch.float64)
        for _ in range(room.modalities)
    )
    return room, room.place(views)


VARIANTS = [
    *((name, {}) for name in constraints.names() if name != "cap"),
    *((name, {"modalities": 3}) for name in constraints.names() if name != "cap"),
    ("cap", {"angle": 3.1}),  # no particle of these clouds is at the edge: see test_cap.py
    ("cap", {"angle": 3.1, "centres": "held", "modalities": 3}),
    ("cone", {"moves": "centre"}),
    ("subspace", {"centres": "orthogonal"}),
    ("subspace", {"dims": (2, 3), "angles": (0.3,)}),
    ("subspace", {"centres": "orthogonal", "modalities": 3}),
    ("subspace_cone", {"centres": "orthogonal"}),
    ("subspace_cone", {"centres": "orthogonal", "dims": (3, 3), "angles": (0.3, 0.6)}),
    ("soft_subspace", {"noise": 0.5, "dims": (2, 3), "angles": (0.3,)}),
    ("relu", {"hidden": ()}),
]


@pytest.mark.parametrize(("name", "options"), VARIANTS)
class TestEveryConstraint:
    @given(h=st.integers(5, 9), n=st.integers(3, 12), seed=st.integers(0, 99))
    def test_views_are_unit_and_stay_so(self, name, options, h, n, seed):
        room, parameters = placed(name, h, n, seed, **options)
        views = room.views(parameters)
        gradients = tuple(torch.flip(v, [-1]) for v in views)
        for _ in range(3):
            tangents = room.gradient(parameters, gradients)
            parameters = room.retract(parameters, tuple(-0.1 * n * t for t in tangents))
        for view in room.views(parameters):
            assert view.shape == (2, n, h)
            lengths = torch.linalg.vector_norm(view, dim=-1)
            assert (lengths - 1).abs().max() < TURN

    def test_placing_what_is_feasible_changes_nothing(self, name, options):
        if name in LATENTS:
            pytest.skip(LATENTS[name])
        room, parameters = placed(name, 6, 8, 0, **options)
        again = room.place(room.views(parameters))
        for a, b in zip(room.views(parameters), room.views(again), strict=True):
            torch.testing.assert_close(a, b, rtol=0, atol=TURN)

    @pytest.mark.parametrize("loss", ["infonce", "gap_closing"])
    def test_gradient_is_the_slope_along_itself(self, name, options, loss):
        """Oracle: the central difference of the loss along the retraction is |gradient|²."""
        n = 8
        room, parameters = placed(name, 6, n, 1, **options)
        function = losses.create(loss)

        def value(at):
            terms, _, _ = function.value_and_gradient(*room.views(at), logit_scale=3.0)
            return terms["loss"].sum().item()

        _, gradients, _ = function.value_and_gradient(*room.views(parameters), logit_scale=3.0)
        tangents = room.gradient(parameters, gradients)
        step = 1e-5
        ahead, behind = (
            value(room.retract(parameters, tuple(sign * step * t for t in tangents)))
            for sign in (1, -1)
        )
        expected = squared_length(name, tangents, n)
        # truncation ~ step² · third derivatives, rounding ~ 1e-16 / step
        assert math.isclose((ahead - behind) / (2 * step), expected, rel_tol=1e-5)

    def test_descent_lowers_the_loss(self, name, options):
        room, parameters = placed(name, 5, 10, 2, **options)
        loss = losses.create("infonce")
        values = []
        for _ in range(30):
            terms, gradients, _ = loss.value_and_gradient(*room.views(parameters), logit_scale=2.0)
            values.append(terms["loss"])
            moves = (-0.2 * t for t in room.gradient(parameters, gradients))
            parameters = room.retract(parameters, tuple(moves))
        assert (torch.stack(values).diff(dim=0) <= 1e-12).all()

    def test_measures_are_one_number_a_run(self, name, options):
        room, parameters = placed(name, 6, 8, 3, **options)
        for value in room.measure(parameters).values():
            assert value.shape == (2,)
            assert torch.isfinite(value).all()

    def test_runs_of_a_batch_do_not_meet(self, name, options):
        room, parameters = placed(name, 6, 8, 4, **options)
        gradients = tuple(torch.ones_like(v) for v in room.views(parameters))
        both = room.gradient(parameters, gradients)
        one = room.gradient(tuple(p[:1] for p in parameters), tuple(g[:1] for g in gradients))
        for a, b in zip(both, one, strict=True):
            torch.testing.assert_close(a[:1], b, rtol=1e-12, atol=TURN)

    def test_shared_basis_is_orthonormal_and_feasible(self, name, options):
        room = constraints.create(name, h=6, **options)
        basis = room.shared_basis
        np.testing.assert_allclose(basis.T @ basis, np.eye(basis.shape[1]), atol=TURN)


def test_constraints_are_a_registry():
    assert isinstance(constraints.CONSTRAINTS, Registry)
    kinds = {"free", "cone", "cap", "subspace", "subspace_cone", "soft_subspace", "relu"}
    assert kinds <= set(constraints.names())


@pytest.mark.parametrize("name", constraints.names())
@pytest.mark.parametrize(("h", "modalities"), [(1, 2), (3, 1)])
def test_too_few_dimensions_or_views(name, h, modalities):
    with pytest.raises(InputError, match="give an integer of at least 2"):
        constraints.create(name, h=h, modalities=modalities)
