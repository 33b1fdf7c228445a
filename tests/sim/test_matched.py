import math

import numpy as np
import pytest

from gaplab.records import Recorder, concat_runs, save_trajectory
from sim import experiments, simulate
from sim.matched import matched_config
from sim.particles import Particles
from theory.bessel import ratio
from theory.errors import InputError
from theory.subspaces import principal_angles

CONFIG = {
    "embed_dim": 8,
    "batch_size": 32,
    "loss": "gap_closing",
    "loss_options": {"cu_weight": 0.5},
}


SPECTRUM_X = [2.0, 0.2, 0.15, 0.1, 0.01, 0.01, 0.0, 0.0]
SPECTRUM_Y = [2.5, 0.6, 0.3, 0.02, 0.01, 0.01, 0.0, 0.0]
ANGLES = [0.2, 0.9, 1.3, *[math.nan] * 5]
SPECTRA = {"spectrum_x": SPECTRUM_X, "spectrum_y": SPECTRUM_Y, "principal_angles": ANGLES}


def training(lengths=(0.9, 0.95), gap=1.1, config=CONFIG, runs=2, spectra=None):
    """A trajectory such as training writes; only what is matched matters."""
    parts = []
    for run in range(runs):
        recorder = Recorder(f"seed {run}", source="training", config=config)
        for step in (0, 5, 20):
            recorder.log(
                step,
                {"mean_length_x": lengths[0], "mean_length_y": lengths[1],
                 "gap_angle": gap + run / 10, "logit_scale": 10.0 + step,
                 "centroid_gap": 1.0, "true_pair_cosine": 0.3, **(spectra or {})},
            )  # fmt: skip
        parts.append(recorder.dataset())
    return concat_runs(parts)


def test_everything_is_matched():
    config = matched_config(training(), run=1, seeds=(4,), steps=40)
    assert (config.h, config.n, config.steps, config.seeds) == (8, 32, 40, (4,))
    assert (config.loss, config.loss_options) == ("gap_closing", {"cu_weight": 0.5})
    assert config.start_options["gap"] == pytest.approx(1.2)
    for kappa, length in zip(config.start_options["kappa"], (0.9, 0.95), strict=True):
        assert math.isclose(ratio(3.0, kappa), length, rel_tol=1e-10)


def test_temperature_follows_by_the_share_of_steps():
    config = matched_config(training(), steps=40)
    scales = [config.logit_scale(step) for step in (0, 10, 20, 40)]
    np.testing.assert_allclose(scales, [10.0, 15.0, 20.0, 30.0])


def test_the_simulation_starts_like_the_training():
    found = simulate({**matched_config(training(), steps=3, seeds=range(8)).to_dict()})
    assert abs(found["mean_length_x"][:, 0].mean() - 0.9) < 0.02
    assert abs(found["gap_angle"][:, 0].mean() - 1.1) < 0.1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.drop_vars("gap_angle"), "trajectory has no gap_angle"),
        (lambda t: t.assign_attrs(config="{}"), "trajectory has no embed_dim, batch_size, loss"),
        (lambda t: t.where(t.step > 0), "its first state must be finite"),
    ],
)
def test_what_cannot_be_matched(change, message):
    with pytest.raises(InputError, match=message):
        matched_config(change(training()))


def test_unknown_run():
    with pytest.raises(InputError, match="run is 2; the trajectory has runs 0 to 1"):
        matched_config(training(), run=2)


def test_experiment_pairs_seeds_with_runs(tmp_path):
    save_trajectory(training(), tmp_path / "trajectory.nc")
    result = experiments.create("matched").run(seeds=(0, 1, 2), source=tmp_path, steps=3)
    assert list(result.trajectory["seed"].values) == [0, 1, 2]
    angles = result.trajectory["gap_angle"].values[:, 0]
    assert abs(angles[1] - 1.2) < 0.2
    start = {row["quantity"]: row for row in result.table}["centroid gap at the start"]
    assert start["predicted"] == 1.0
    assert start["n_seeds"] == 3


def test_experiment_needs_a_source():
    with pytest.raises(InputError, match="source is None"):
        experiments.create("matched").run()


@pytest.mark.parametrize("subspace", ["soft", "hard"])
def test_spectra_and_principal_angles_are_matched(subspace):
    """Many rows, so that their sampling error (≈ 1/√2000) is what is left."""
    wide = {**CONFIG, "batch_size": 2000}
    fitting = {**SPECTRA, "principal_angles": [*ANGLES[:2], *[math.nan] * 6]}
    found = training(lengths=(0.99, 0.96), gap=1.0, config=wide, runs=1, spectra=fitting)
    config = matched_config(found, subspace=subspace, steps=0)
    particles = Particles(config, (0,))
    x, y = (v[0].numpy() for v in particles.views)
    assert abs(np.linalg.norm(x.mean(0)) - 0.99) < 0.02
    assert abs(np.linalg.norm(y.mean(0)) - 0.96) < 0.02
    cosine = x.mean(0) @ y.mean(0) / np.linalg.norm(x.mean(0)) / np.linalg.norm(y.mean(0))
    assert abs(math.acos(cosine) - 1.0) < 0.05
    for view, wanted in ((x, SPECTRUM_X), (y, SPECTRUM_Y)):
        values = np.linalg.svd(view, compute_uv=False)
        share = np.square(values) / np.square(values).sum()
        expected = np.square(wanted) / np.square(wanted).sum()
        np.testing.assert_allclose(share, expected, atol=0.03)
    if subspace == "hard":
        assert config.constraint_options["dims"] == (2, 3)
        bases = (np.linalg.svd(v)[2][:d].T for v, d in ((x, 2), (y, 3)))
        np.testing.assert_allclose(principal_angles(*bases), ANGLES[:2], atol=1e-6)


def test_by_default_what_is_there_is_matched():
    assert matched_config(training()).start == "cones"
    dims = {**SPECTRA, "principal_angles": [*ANGLES[:2], *[math.nan] * 6]}
    found = matched_config(training(spectra=dims))
    assert (found.start, found.constraint) == ("measured", "free")
    assert matched_config(training(spectra=dims), subspace="none").start == "cones"


def test_subspaces_that_cannot_be_matched():
    with pytest.raises(InputError, match="trajectory has no spectrum_x, spectrum_y, principal"):
        matched_config(training(), subspace="soft")
    with pytest.raises(InputError, match="subspace is 'firm'; give 'none' or 'soft' or 'hard'"):
        matched_config(training(), subspace="firm")
    thin = {**SPECTRA, "spectrum_x": [1.0, *[0.01] * 7], "principal_angles": [0.3, *[math.nan] * 7]}
    with pytest.raises(InputError, match=r"'hard' but 99 % .* 1 and 3 directions .*choose 'soft'"):
        matched_config(training(spectra=thin), subspace="hard")
    with pytest.raises(
        InputError, match="angles has 3 entries for subspaces of dimensions 2 and 3"
    ):
        matched_config(training(spectra=SPECTRA))
