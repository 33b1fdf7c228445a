import math

import numpy as np
import pytest

from gaplab.records import Recorder, concat_runs, save_trajectory
from sim import experiments, simulate
from sim.matched import matched_config
from theory.bessel import ratio
from theory.errors import InputError

CONFIG = {
    "embed_dim": 8,
    "batch_size": 32,
    "loss": "gap_closing",
    "loss_options": {"cu_weight": 0.5},
}


def training(lengths=(0.9, 0.95), gap=1.1, config=CONFIG, runs=2):
    """A trajectory such as training writes; only what is matched matters."""
    parts = []
    for run in range(runs):
        recorder = Recorder(f"seed {run}", source="training", config=config)
        for step in (0, 5, 20):
            recorder.log(
                step,
                {"mean_length_x": lengths[0], "mean_length_y": lengths[1],
                 "gap_angle": gap + run / 10, "logit_scale": 10.0 + step,
                 "centroid_gap": 1.0, "true_pair_cosine": 0.3},
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
