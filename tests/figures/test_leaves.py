"""What each figure draws is what the records hold, read from the artists."""

import matplotlib as mpl
import numpy as np
import pytest

import figures
from figures.style import label
from gaplab.records import Embeddings, load_trajectory, read_json, write_json
from theory.dynamics import gap_decay_rate, stability_spectrum
from theory.limits import uniform_optimum
from theory.maps import pca_map
from theory.statistics import mean_interval

EXACT = 1e-12  # the same float64 operations


def lines(ax):
    """Lines of the axes with a label of their own."""
    return {line.get_label(): line for line in ax.lines if not line.get_label().startswith("_")}


def panel(picture, title):
    (found,) = [ax for ax in picture.axes if ax.get_title(loc="left") == title]
    return found


def test_training_draws_the_mean_and_interval_over_seeds(drawn, full_run):
    ax = panel(drawn("training"), "centroid gap")
    saved = load_trajectory(full_run / "training" / "infonce" / "trajectory.nc")["centroid_gap"]
    line = lines(ax)["CLIP (InfoNCE)"]
    np.testing.assert_array_equal(line.get_xdata(), saved["step"])
    np.testing.assert_allclose(line.get_ydata(), saved.mean("run"), rtol=EXACT)
    last = mean_interval(saved.values[:, -1])
    (band,) = [
        c for c in ax.collections
        if mpl.colors.same_color(c.get_facecolor()[0][:3], line.get_color())
    ]  # fmt: skip
    at_end = band.get_paths()[0].vertices
    edge = at_end[at_end[:, 0] == saved["step"].values[-1], 1]
    np.testing.assert_allclose([edge.min(), edge.max()], [last.low, last.high], rtol=1e-9)


def test_training_leaves_out_steps_that_were_not_measured(drawn):
    ax = panel(drawn("training"), "V-measure")
    assert min(lines(ax)["gap-closing"].get_xdata()) == 10


def test_gap_dynamics_puts_the_simulation_on_the_clock_of_training(drawn, full_run):
    picture = drawn("gap_dynamics")
    found = lines(panel(picture, "centroid gap"))
    simulated = next(line for name, line in found.items() if name.startswith("simulation"))
    saved = load_trajectory(full_run / "comparison" / "matched" / "trajectory.nc")
    np.testing.assert_allclose(simulated.get_xdata(), 20.0 * saved["time"].mean("run"), rtol=EXACT)
    notes = [text.get_text() for text in panel(picture, "centroid gap").texts]
    assert notes == ["simulation ~ training: r = 0.97"]


def test_spectra_start_dotted_and_end_solid(drawn, full_run):
    ax = panel(drawn("spectra"), "gap-closing")
    saved = load_trajectory(full_run / "training" / "gap_closing" / "trajectory.nc")["spectrum_x"]
    found = lines(ax)
    for name, step in (("image, untrained", 0), ("image, trained", -1)):
        expected = np.exp(np.log(saved).mean("run").values[step])  # geometric, on a log axis
        np.testing.assert_allclose(found[name].get_ydata(), expected, rtol=EXACT)
    assert ax.get_yscale() == "log"


def test_landscape_marks_both_readings_and_the_second_minimum(drawn, full_run):
    picture = drawn("landscape")
    saved = read_json(full_run / "landscape.json")
    marks = {
        line.get_label(): (line.get_xdata()[0], line.get_ydata()[0])
        for line in panel(picture, "Y.T3: the two readings").lines[1:]
    }
    inside = next(xy for name, xy in marks.items() if "in C" in name)
    acute = next(xy for name, xy in marks.items() if "gap φ" in name)
    assert inside == (0.0, saved["subspace"]["states"]["inside"]["loss"])
    assert acute[0] == pytest.approx(60.0)
    assert inside[1] < acute[1]
    cone = panel(picture, "Y.T2: cones")
    assert len(lines(cone)) == len(saved["cone"]["kappas"])
    dots = [line for line in cone.lines if line.get_marker() == "o"]
    assert len(dots) == sum(saved["cone"]["second_minimum"])


def test_simulations_draw_the_predicted_slope_beside_the_curve(drawn):
    picture = drawn("simulations")
    ax = panel(picture, "free particles")
    assert ax.get_yscale() == "log"
    assert set(lines(ax)) == {"h=3, τ=0.5, N=64", "h=8, τ=0.5, N=64"}
    guides = [line for line in ax.lines if line.get_label().startswith("_")]
    slopes = [np.diff(np.log(g.get_ydata())) / np.diff(g.get_xdata()) for g in guides]
    np.testing.assert_allclose(np.ravel(slopes), [-2.0, -0.5], rtol=1e-9)
    cones = panel(picture, "rigid cones")
    first = lines(cones)["h=3, τ=0.5, N=64"].get_ydata()[0]
    assert first == pytest.approx(np.degrees(1.5))
    assert cones.get_ylabel().endswith("(°)")


def test_simulation_bands_on_a_log_axis_stay_positive(drawn):
    ax = panel(drawn("simulations"), "free particles")
    heights = np.concatenate([c.get_paths()[0].vertices[:, 1] for c in ax.collections])
    assert heights.min() > 0


def test_repairs_link_every_pair(drawn, full_run):
    ax = panel(drawn("repairs"), "no repair")
    saved = Embeddings.load(full_run / "repairs" / "none.safetensors")
    plane = pca_map(*saved.views.values())
    found = lines(ax)
    np.testing.assert_allclose(found["image"].get_xydata(), plane.views[0], rtol=EXACT)
    np.testing.assert_allclose(found["text"].get_xydata(), plane.views[1], rtol=EXACT)
    segments = ax.collections[0].get_segments()
    np.testing.assert_allclose(segments, np.stack(plane.views, axis=1), rtol=EXACT)
    row = read_json(full_run / "repairs" / "table.json")[0]
    assert f"{row['centroid_gap']:.2f}" in ax.get_title(loc="right")


def test_similarities_are_densities(drawn):
    ax = panel(drawn("similarities"), "rotation")
    for patch in ax.patches:
        heights, edges, _ = patch.get_data()
        assert (heights * np.diff(edges)).sum() == pytest.approx(1.0)


def test_methods_draw_the_interval_over_seeds(drawn, full_run):
    picture = drawn("methods")
    ax = panel(picture, "centroid gap")
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names[:2] == ["CLIP (InfoNCE) training", "gap-closing training"]
    assert set(names[2:]) == {
        f"CLIP + {label(m)}" for m in ("translation", "procrustes", "rotation", "shared_projection")
    }
    seeds = read_json(full_run / "training" / "infonce" / "evaluation.json")["seeds"]
    expected = mean_interval([row["centroid_gap"] for row in seeds])
    bar, dot = [line for line in ax.lines if line.get_ydata()[0] == 0]
    np.testing.assert_allclose(bar.get_xdata(), [expected.low, expected.high], rtol=EXACT)
    assert dot.get_xdata()[0] == pytest.approx(expected.mean)


def test_tradeoff_has_a_mark_a_seed(drawn, full_run):
    picture = drawn("tradeoff")
    ax = panel(picture, "V-measure")
    seeds = read_json(full_run / "training" / "gap_closing" / "evaluation.json")["seeds"]
    line = lines(ax)["gap-closing"]
    np.testing.assert_allclose(
        line.get_xydata(), [(row["centroid_gap"], row["v_measure"]) for row in seeds]
    )


def test_tradeoff_does_not_change_what_methods_reads(drawn, full_run):
    drawn("tradeoff")
    leaf = figures.FIGURES["tradeoff"]()
    assert len(leaf.load(full_run).points["v_measure"]["infonce"]) == 3


def test_ledger_shows_status_evidence_and_controls(drawn):
    (ax,) = drawn("ledger").axes
    texts = [text.get_text() for text in ax.texts]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Y.T2", "Y.T3", "Y.T3|A6", "X.1"]
    assert {"supported", "refuted", "conditional", "open (expected proved)"} <= set(texts)
    assert texts.count("2 of 2") == 3
    assert texts.count("1 of 2") == 1
    marks = {line.get_ydata()[0]: (line.get_marker(), line.get_fillstyle()) for line in ax.lines}
    assert marks == {0: ("o", "full"), 1: ("X", "full"), 2: ("o", "full"), 3: ("o", "none")}


def test_modalities_and_methods_keep_their_colours(drawn):
    style = figures.STYLES["screen"]
    maps = panel(drawn("repairs"), "no repair")
    spectra = panel(drawn("spectra"), "gap-closing")
    for modality in ("image", "text"):
        assert lines(maps)[modality].get_color() == style.color(modality)
        assert lines(spectra)[f"{modality}, trained"].get_color() == style.color(modality)


def test_predictions_are_deviations_in_percent_a_row_a_quantity(drawn):
    (ax,) = drawn("predictions").axes
    names = [t.get_text() for t in ax.get_yticklabels()]
    assert len(set(names)) == len(names)
    assert "cone: share of random starts whose gap closes" in names
    assert not any("best centres" in name for name in names)  # predicted to be 0
    at = {name: row for row, name in enumerate(names)}["free: decay rate of the centre gap"]
    mine = [line for line in ax.lines if abs(np.mean(line.get_ydata()) - at) < 0.5]
    dots = [line.get_xdata()[0] for line in mine if line.get_marker() == "o"]
    np.testing.assert_allclose(dots, [2.0, 2.0])
    bars = [line.get_xdata() for line in mine if line.get_linewidth() == 1.5]
    np.testing.assert_allclose(bars, [[1.0, 3.0]] * 2)


def test_spectra_show_the_angles_between_the_subspaces(drawn, full_run):
    ax = panel(drawn("spectra"), "principal angles (°)")
    saved = load_trajectory(full_run / "training" / "infonce" / "trajectory.nc")
    angles = np.degrees(saved["principal_angles"].mean("run").values)
    found = lines(ax)
    kept = np.isfinite(angles[0])
    assert 0 < kept.sum() < kept.size  # the subspaces grow with training
    np.testing.assert_allclose(found["CLIP (InfoNCE), untrained"].get_ydata(), angles[0][kept])
    np.testing.assert_allclose(found["CLIP (InfoNCE), trained"].get_ydata(), angles[-1])


def test_optima_are_points_of_the_sphere_in_front_and_behind(drawn):
    picture = drawn("optima")
    free = panel(picture, "Y.T1: no constraint")
    marks = {}
    for line in free.lines:
        if line.get_marker() == "o":
            marks.setdefault(line.get_color(), []).append(line.get_xydata())
    image, text = (np.concatenate(parts) for parts in marks.values())
    np.testing.assert_array_equal(image, text)  # aligned pairs
    assert len(image) == 180
    assert np.linalg.norm(image, axis=1).max() <= 1 + EXACT
    assert abs(image.mean(axis=0)).max() < 0.02  # seen from anywhere, spread evenly


def test_stability_draws_the_spectrum_and_rings_the_gap(partial_run):
    left, right = figures.draw("stability", partial_run("verify")).axes
    for side, ax in enumerate((left, right)):
        line = lines(ax)["h = 3, τ = 0.5"]
        expected = stability_spectrum(3, 0.5, range(1, 13))[:, side] / 8.0
        np.testing.assert_allclose(line.get_ydata(), expected, rtol=EXACT)
    rings = [line.get_xydata()[0] for line in left.lines if line.get_label() == "_gap"]
    assert [x for x, _ in rings] == [1.0] * 4
    assert rings[0][1] == pytest.approx(gap_decay_rate(3, 0.5) / 8.0)


def test_stability_marks_the_modes_measured_with_the_most_pairs(drawn):
    left, right = drawn("stability").axes
    for ax in (left, right):
        (line,) = lines(ax).values()  # only the setting that was measured
        assert line.get_label() == "h = 3, τ = 0.5"
        marks = [m.get_xydata()[0] for m in ax.lines if m.get_label() == "_measured"]
        np.testing.assert_allclose(marks, [[1, 4.04 / 8], [2, 2.02 / 8]])


def test_finite_n_draws_bound_simplex_and_excess(drawn):
    losses, excess = drawn("finite_n").axes
    bound = uniform_optimum(8, 0.5)
    (line,) = [line for line in losses.lines if line.get_label() == "_bound"]
    assert line.get_ydata()[0] == bound
    dots = lines(losses)["h = 8, τ = 0.5"]
    np.testing.assert_array_equal(dots.get_xdata(), [2, 9, 64, 512])
    above = lines(excess)["h = 8, τ = 0.5"]
    np.testing.assert_allclose(above.get_xydata()[:, 1], (dots.get_ydata() - bound)[:3])  # > bound
    dashed = [line for line in losses.lines if line.is_dashed()]
    np.testing.assert_array_equal(dashed[0].get_ydata(), [-1.35, -3.17, np.nan, np.nan])


def test_cone_lifetime_is_over_the_angle_at_the_start(drawn):
    (ax,) = drawn("cone_lifetime").axes
    found = lines(ax)
    assert set(found) == {"h=4, κ=100, τ=0.5", "h=4, κ=1000, τ=0.5"}
    np.testing.assert_allclose(found["h=4, κ=100, τ=0.5"].get_xydata(), [[40, 4040], [110, 11110]])


def test_temperature_sweep_has_rate_and_loss(drawn):
    picture = drawn("temperature_sweep")
    rate = panel(picture, "decay rate of the centre gap (1/time)")
    dots = lines(rate)["h=3, N=512"]
    np.testing.assert_allclose(dots.get_ydata(), 1.01 * 2.3 * dots.get_xdata() ** -1.2)
    assert rate.get_yscale() == "log"
    assert panel(picture, "loss − 2 log N at the end (nats)").get_yscale() == "linear"


def test_comparison_tells_runs_apart_and_dots_the_predicted_decay(drawn):
    picture = drawn("comparison")
    gap = panel(picture, "centroid gap")
    found = lines(gap)
    assert list(found)[:3] == ["a/training", "a/simulation", "b/simulation"]
    time = found["a/training"].get_xdata()
    np.testing.assert_allclose(found["a/training"].get_ydata(), np.exp(-time / 100))
    dotted = found["predicted decay of its gap"]
    assert dotted.get_color() == found["a/simulation"].get_color()
    np.testing.assert_allclose(
        dotted.get_ydata(), 0.5 * np.exp(-0.02 * (dotted.get_xdata() - 70)), rtol=1e-9
    )
    angle = panel(picture, "gap angle Δθ (°)")
    first = lines(angle)["a/simulation"].get_ydata()[0]
    assert first == pytest.approx(np.degrees(np.exp(-1 / 90)))
    assert gap.get_title(loc="right") == "r = 0.97 / 0.97   e = 0.08 / 0.08"


def test_phase_draws_the_transition_temperature(partial_run):
    (ax,) = figures.draw("phase", partial_run("verify")).axes
    line = lines(ax)["h = 6"]
    at = dict(zip(line.get_xdata().round(6), line.get_ydata(), strict=True))
    assert at[45.0] == pytest.approx(0.8033, abs=5e-5)
    assert at[60.0] == pytest.approx(0.4087, abs=5e-5)


def test_phase_marks_what_was_measured_hollow_for_fewer_pairs(drawn):
    diagram, growth = drawn("phase").axes
    marks = [line for line in diagram.lines if line.get_label() == "_measured"]
    found = sorted((m.get_xdata()[0], m.get_marker(), m.get_fillstyle()) for m in marks)
    assert found == [
        (phi, mark, fill)
        for phi in (45.0, 60.0)
        for mark, fill in (("o", "full"), ("o", "none"), ("s", "full"))
    ]
    heights = {m.get_xdata()[0]: m.get_ydata()[0] for m in marks if m.get_fillstyle() == "full"}
    assert heights == pytest.approx({45.0: 1.01 * 0.8033, 60.0: 1.01 * 0.4087})
    rates = lines(growth)["h = 6, φ = 60°"]
    np.testing.assert_allclose(rates.get_xydata(), [[0.85, 0.606], [1.15, -0.404]])


def test_offset_and_residual_are_swept_by_words(drawn):
    found = lines(panel(drawn("offset"), "V-measure"))
    assert set(found) == {"h=16, N=400, orthogonal", "h=16, N=400, inside"}
    np.testing.assert_array_equal(found["h=16, N=400, inside"].get_xdata(), [0.0, 1.5])
    (ax,) = drawn("residual").axes
    assert set(lines(ax)) == {"s=8, N=512, gap 0", "s=8, N=512, gap 1.2"}
    np.testing.assert_array_equal(lines(ax)["s=8, N=512, gap 0"].get_xdata(), [0.2, 0.8])


def test_decay_draws_law_and_deviation(drawn):
    law, off = drawn("decay").axes
    curve = law.lines[0]
    np.testing.assert_allclose(
        curve.get_ydata()[:3],
        [gap_decay_rate(3, tau) * tau / 4 for tau in curve.get_xdata()[:3]],
    )
    dots = lines(law)["h = 8"]
    np.testing.assert_allclose(dots.get_xydata(), [[0.5, 0.51 * 0.5 / 4]])
    assert set(lines(law)["h = 3"].get_xdata()) == {0.2, 0.5, 1.0}  # of every experiment
    percents = [line.get_ydata() for line in off.lines if line.get_linewidth() == 2]
    np.testing.assert_allclose(sorted(map(tuple, percents)), [[0.0, 2.0]] * 3 + [[1.0, 3.0]] * 2)


def test_a_sweep_sorts_its_parameter_and_dashes_the_prediction(drawn):
    ax = panel(drawn("kappa_sweep"), "lowest centre-pair loss (nats)")
    dots = lines(ax)["centre pairs, h=4, τ=0.5"]
    np.testing.assert_array_equal(dots.get_xdata(), [1, 5, 20])
    np.testing.assert_allclose(dots.get_ydata(), -1.01 / np.array([1, 5, 20]))
    dashed = next(line for line in ax.lines if line.get_label() == "_predicted")
    np.testing.assert_allclose(dashed.get_ydata(), -1 / np.array([1, 5, 20]))
    assert ax.get_xscale() == "log"


def test_scatter_shares_sum_and_growth_is_that_of_the_pooled_centroids(drawn):
    picture = drawn("scatter")
    bars = panel(picture, "where the scatter is")
    right = {}
    for patch in bars.patches:
        row = round(patch.get_y() + patch.get_height() / 2)
        right[row] = max(right.get(row, 0.0), patch.get_x() + patch.get_width())
    np.testing.assert_allclose(list(right.values()), 100.0)
    assert len(right) == 6  # two losses, four repairs
    found = lines(panel(picture, "growth of the within-class scatter"))
    pooled = next(line for name, line in found.items() if name.startswith("G.2|pooled"))
    np.testing.assert_allclose(found["measured"].get_ydata(), pooled.get_ydata(), atol=1e-12)
    published = found["published: ‖δ‖²"]
    np.testing.assert_allclose(published.get_ydata(), published.get_xdata() ** 2)


def test_ordering_draws_the_paired_differences_of_what_was_trained(drawn, full_run):
    picture = drawn("ordering")
    saved = read_json(full_run / "tables" / "digits" / "table.json")
    rows = [text.get_text() for text in picture.axes[0].get_yticklabels()]
    methods = ("gap-closing, paper", "gap-closing, code")
    assert rows == [f"{table}: {method}" for table in ("AV-MNIST", "digits") for method in methods]
    change = saved["rows"][2]["metrics"]["v_measure"]["difference"]
    ax = panel(picture, "V-measure")
    bars = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_ydata()[0] == 3]
    assert [list(line.get_xdata()) for line in bars] == [[change["low"], change["high"]]]
    recalls = panel(picture, "R@1")
    assert sum(line.get_linestyle() == "--" for line in recalls.lines) == 1
    assert sum(line.get_linestyle() == "None" for line in recalls.lines) == 2 * len(rows)
    assert "5 seeds" in figures.FIGURES["ordering"]().caption(
        figures.FIGURES["ordering"]().load(full_run)
    )


@pytest.mark.parametrize(("n", "shown"), [(2, False), (3, True)])
def test_ordering_leaves_differences_over_few_seeds_to_the_table(full_run, tmp_path, n, shown):
    table = read_json(full_run / "tables" / "digits" / "table.json")
    for row in table["rows"]:
        for cell in row["metrics"].values():
            if "difference" in cell:
                cell["difference"]["n"] = n
    write_json(table, tmp_path / "tables" / "digits" / "table.json")
    assert figures.FIGURES["ordering"].drawable(tmp_path) is shown
