import math

import numpy as np
import pytest
import torch

from sim.constraints import ReluEncoders
from sim.constraints.base import normalize
from theory.errors import InputError, InputTypeError


def latents(h=5, n=6, runs=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    view = normalize(torch.randn(runs, n, h, generator=generator, dtype=torch.float64))
    return view, view


def test_views_are_the_networks_that_the_docstring_says():
    """Oracle: a loop over runs, modalities and layers in NumPy."""
    room = ReluEncoders(5, hidden=(17, 14), seed=3)
    given = latents()
    rng = np.random.default_rng(3)
    shapes = [(17, 5), (14, 17), (5, 14)]
    count = sum(math.prod(shape) for shape in shapes)
    for view, start in zip(room.views(room.place(given)), given, strict=True):
        flat = rng.standard_normal(count)
        parts = np.split(flat, np.cumsum([math.prod(s) for s in shapes])[:-1])
        for run in range(2):
            z = start[run].numpy()
            for k, (part, shape) in enumerate(zip(parts, shapes, strict=True)):
                z = z @ part.reshape(shape).T / math.sqrt(shape[1])
                z = np.maximum(z, 0) * math.sqrt(2) if k < 2 else z
            z /= np.linalg.norm(z, axis=1, keepdims=True)
            np.testing.assert_allclose(view[run].numpy(), z, atol=1e-12)


def test_wide_layers_map_angles_as_the_theory_says():
    """L.1 twice; a width of 4096 leaves about 1/√4096 of scatter."""
    room = ReluEncoders(3, hidden=(4096, 4096))
    start = torch.tensor([[[1.0, 0, 0], [math.cos(2.0), math.sin(2.0), 0]]], dtype=torch.float64)
    found = room.measure(room.place((start, start)))
    theta = 2.0
    for _ in range(2):
        theta = math.acos((math.sin(theta) + (math.pi - theta) * math.cos(theta)) / math.pi)
    for name in "xy":
        assert abs(found[f"hidden_cosine_{name}"].item() - math.cos(theta)) < 5 / 64


def test_the_latents_do_not_move():
    room = ReluEncoders(5, hidden=(8,))
    parameters = room.place(latents())
    tangents = room.gradient(parameters, latents(seed=1))
    weights = sum(rows * columns for rows, columns in room.shapes)
    for tangent in tangents:
        assert tangent[..., weights:].abs().max() == 0
        assert tangent[..., :weights].abs().max() > 0


def test_every_item_is_a_function_of_its_latent():
    """Equal latents have equal views, whatever the training."""
    start = latents()[0].clone()
    start[:, 1] = start[:, 0]
    room = ReluEncoders(5)
    parameters = room.place((start, start))
    for _ in range(5):
        tangents = room.gradient(parameters, latents(seed=1))
        parameters = room.retract(parameters, tuple(-0.1 * t for t in tangents))
    for view in room.views(parameters):
        torch.testing.assert_close(view[:, 0], view[:, 1], rtol=0, atol=1e-14)


def test_impossible_networks():
    with pytest.raises(InputError, match="hidden is 0"):
        ReluEncoders(4, hidden=(0,))
    with pytest.raises(InputTypeError, match="hidden must be an integer"):
        ReluEncoders(4, hidden=(2.5,))
