"""Predictions for planted subspaces, and what is observed there."""

import numpy as np
import pytest

from gaplab.records import Embeddings
from realdata.expectations import expectations


def planted(angle: float, rng: np.random.Generator, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Two planes of ℝ⁴ that share one direction; the others are at `angle`."""
    common, x, y = rng.normal(size=(3, n))
    zeros = np.zeros(n)
    one = np.stack([common, x, zeros, zeros], axis=1)
    two = np.stack([common, np.cos(angle) * y, np.sin(angle) * y, zeros], axis=1)
    return tuple(v / np.linalg.norm(v, axis=1, keepdims=True) for v in (one, two))


def by_quantity(rows: list[dict], pair: str) -> dict[str, dict]:
    return {row["quantity"]: row for row in rows if row["pair"] == pair}


def test_shared_directions_let_the_gap_close(rng: np.random.Generator) -> None:
    x, y = planted(np.pi / 2, rng)
    found = by_quantity(expectations(Embeddings({"image": x, "text": y}), 0.05), "image, text")
    assert found["gap angle (°)"]["predicted"] == pytest.approx(0.0, abs=1e-6)
    assert found["IMS residual"]["observed"] > 0.1
    # A_1(20) is nearly 1: only nearly orthogonal directions are given up, as these are
    given_up = found["share in directions given up"]
    assert given_up["predicted"] == 0.0
    shares = [np.square(v[:, axes]).sum(axis=1).mean() for v, axes in ((x, [1]), (y, [2]))]
    assert given_up["observed"] == pytest.approx(np.mean(shares), abs=0.02)


def test_planes_that_meet_in_nothing_keep_their_angle() -> None:
    rng = np.random.default_rng(0)
    turn = np.radians(30)
    x = np.zeros((300, 4))
    y = np.zeros((300, 4))
    x[:, :2] = rng.normal([3.0, 0.0], 1.0, size=(300, 2))
    y[:, :2] = x[:, :2] * np.cos(turn)
    y[:, 2:] = x[:, :2] * np.sin(turn)
    views = {k: v / np.linalg.norm(v, axis=1, keepdims=True) for k, v in (("a", x), ("b", y))}
    found = by_quantity(expectations(Embeddings(views), 0.1), "a, b")
    assert found["gap angle (°)"]["predicted"] == pytest.approx(30.0, abs=1e-6)
    assert found["gap angle (°)"]["observed"] == pytest.approx(30.0, abs=1e-6)
    assert found["IMS residual"]["observed"] == pytest.approx(0.0, abs=1e-12)
    assert "share in directions given up" not in found


def test_three_views_have_three_pairs(rng: np.random.Generator) -> None:
    x, y = planted(0.3, rng)
    rows = expectations(Embeddings({"image": x, "audio": x[::-1].copy(), "text": y}), 0.07)
    assert {row["pair"] for row in rows} == {"image, audio", "image, text", "audio, text"}
