import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sim.constraints import Subspace
from theory.errors import InputError
from theory.subspaces import principal_angles

ROUNDING = 1e-12


def random_views(h, n=10, runs=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(runs, n, h, generator=generator, dtype=torch.float64) for _ in "xy")


@given(phi=st.floats(0.01, math.pi / 2), h=st.integers(3, 12))
def test_one_angle_means_two_hyperplanes(phi, h):
    room = Subspace(h, angles=[phi])
    assert [basis.shape for basis in room.bases] == [(h, h - 1)] * 2
    angles = principal_angles(*room.bases)
    np.testing.assert_allclose(angles[:-1], 0, atol=1e-7)
    assert math.isclose(angles[-1], phi, rel_tol=1e-9)


@given(phi=st.floats(0.01, math.pi / 2), h=st.integers(5, 9), views=st.integers(3, 4))
def test_every_two_of_many_subspaces_have_the_prescribed_angles(phi, h, views):
    room = Subspace(h, angles=[phi], modalities=views)
    assert [basis.shape for basis in room.bases] == [(h, h - views + 1)] * views
    for m in range(1, views):
        for k in range(m):
            angles = principal_angles(room.bases[k], room.bases[m])
            np.testing.assert_allclose(angles[:-1], 0, atol=1e-7)
            assert math.isclose(angles[-1], phi, rel_tol=1e-9)


@pytest.mark.parametrize("centres", ["free", "orthogonal"])
def test_particles_stay_in_their_subspaces(centres):
    room = Subspace(6, dims=(3, 4), angles=[0.4, 0.9], centres=centres)
    parameters = room.place(random_views(6))
    tangents = room.gradient(parameters, random_views(6, seed=1))
    views = room.views(room.retract(parameters, tuple(-0.05 * t for t in tangents)))
    for view, basis in zip(views, map(torch.as_tensor, room.bases), strict=True):
        torch.testing.assert_close(view @ basis @ basis.T, view, rtol=0, atol=ROUNDING)


@given(h=st.integers(3, 8), seed=st.integers(0, 50))
def test_a6_holds_after_every_move(h, seed):
    room = Subspace(h, angles=[1.0], centres="orthogonal")
    parameters = room.place(random_views(h, n=12, seed=seed))
    shared = torch.as_tensor(room.shared_basis)
    for step in range(3):
        for view in room.views(parameters):
            assert (view.mean(1) @ shared).abs().max() < ROUNDING
        tangents = room.gradient(parameters, random_views(h, n=12, seed=seed + step))
        for tangent in tangents:
            assert tangent[..., : room.n_shared].sum(1).abs().max() < 1e-10
        parameters = room.retract(parameters, tuple(-0.02 * t for t in tangents))


def test_a6_asks_nothing_where_nothing_is_shared():
    held, free = (
        Subspace(6, dims=(2, 3), angles=[0.4, 0.9], centres=centres)
        for centres in ("orthogonal", "free")
    )
    for a, b in zip(held.place(random_views(6)), free.place(random_views(6)), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=0)


def test_measures_against_their_definitions():
    room = Subspace(5, angles=[0.8])
    parameters = room.place(random_views(5))
    x, y = (view[1].numpy() for view in room.views(parameters))
    projector = room.shared_basis @ room.shared_basis.T
    found = {name: value[1].item() for name, value in room.measure(parameters).items()}
    outside = x - x @ projector
    expected = {
        "specific_energy_x": (outside**2).sum(1).mean(),
        "specific_mean_x": np.linalg.norm(outside.mean(0)),
        "shared_residual": np.linalg.norm((x - y) @ projector, axis=1).mean(),
    }
    for name, value in expected.items():
        assert math.isclose(found[name], value, rel_tol=1e-10), name


def test_energies_of_several_directions_add_up():
    room = Subspace(6, dims=(4, 4), angles=[0.4, 0.9])
    found = room.measure(room.place(random_views(6)))
    parts = found["direction_energy_0"] + found["direction_energy_1"]
    torch.testing.assert_close(parts, (found["specific_energy_x"] + found["specific_energy_y"]) / 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"h": 4, "angles": [0.1, 0.2]}, "non-zero angles need 5 dimensions but h = 4"),
        ({"h": 4, "dims": (1, 2), "angles": [0.1, 0.2]}, r"min\(dims\) is 1"),
        ({"h": 4, "dims": (5, 2), "angles": [0.1]}, "does not fit into h = 4"),
        ({"h": 4, "angles": [2.0]}, "between 0 and π/2"),
        ({"h": 4, "angles": [float("nan")]}, "between 0 and π/2"),
        ({"h": 4, "centres": "tied"}, "centres is 'tied'"),
        ({"h": 4, "angles": [], "centres": "orthogonal"}, "lies in the other"),
        ({"h": 3, "dims": (2, 2, 2), "angles": [0.5], "modalities": 3}, "need 4 dimensions but h"),
        ({"h": 6, "dims": (2, 2, 3), "angles": [0.5], "modalities": 3}, "must be of one dimension"),
        ({"h": 6, "dims": (2, 2), "angles": [0.5], "modalities": 3}, "dims has 2 entries for 3"),
        ({"h": 6, "angles": [-0.5], "modalities": 3}, "between 0 and π/2"),
    ],
)
def test_impossible_subspaces(options, message):
    with pytest.raises(InputError, match=message):
        Subspace(**options)
