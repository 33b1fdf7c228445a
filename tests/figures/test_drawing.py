"""Helpers that several figures share."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from figures.drawing import (
    draw_band,
    draw_links,
    grid_shape,
    legend_beside,
    log_from_zero,
    note,
    within_range,
)
from figures.series import Band

X = np.array([0.0, 1.0, 10.0])


def axes():
    return Figure().subplots()


def test_band_without_interval_is_a_line_only():
    ax = axes()
    unknown = np.full(3, np.nan)
    draw_band(ax, Band(X, X, unknown, unknown, 1), "k", "alone")
    assert len(ax.lines) == 1
    assert not ax.collections
    draw_band(ax, Band(X, X, X - 1, X + 1, 2), "k", "both")
    assert len(ax.collections) == 1


def test_links_join_rows():
    ax = axes()
    a, b = np.zeros((4, 2)), np.ones((4, 2))
    draw_links(ax, a, b, "k")
    np.testing.assert_array_equal(ax.collections[0].get_segments(), np.stack([a, b], axis=1))


def test_log_axis_shows_zero():
    ax = axes()
    ax.plot([0, 1, 10, 1e6], [0, 1, 2, 3])
    log_from_zero(ax)
    ax.figure.draw_without_rendering()
    texts = [t.get_text() for t in ax.get_xticklabels()]
    assert {"0", "1", "10", "1,000", "$10^{6}$"} <= set(texts)


@pytest.mark.parametrize(
    ("items", "shape"),
    [(0, (1, 1)), (1, (1, 1)), (3, (1, 3)), (4, (2, 2)), (5, (2, 3)), (7, (3, 3))],
)
def test_grid(items, shape):
    assert grid_shape(range(items)) == shape


@pytest.mark.parametrize("used", [3, 4])
def test_legend_takes_an_empty_panel_or_stands_below(used):
    figure = Figure(layout="constrained")
    grid = figure.subplots(2, 2)
    grid.flat[0].plot([0, 1], label="a")
    legend_beside(grid, used)
    inside, below = grid.flat[3].get_legend(), figure.legends
    assert (inside is not None, len(below)) == ((True, 0) if used == 3 else (False, 1))


def test_note_stands_in_its_corner():
    ax = axes()
    note(ax, "text", "k", corner="upper right")
    (text,) = ax.texts
    assert text.xy == (1.0, 1.0)
    assert (text.get_ha(), text.get_va()) == ("right", "top")


@pytest.mark.parametrize("direction", ["x", "y"])
def test_axes_end_where_the_metric_does(direction):
    ax = axes()
    ax.set(xlim=(-0.5, 1.5), ylim=(-0.5, 1.5))
    within_range(ax, "v_measure", direction)
    low, high = ax.get_xlim() if direction == "x" else ax.get_ylim()
    assert -0.05 < low < 0 < 1 < high < 1.05
    ax.set_ylim(0.4, 0.6)
    within_range(ax, "v_measure")
    within_range(ax, "logit_scale")
    assert ax.get_ylim() == pytest.approx((0.4, 0.6))
