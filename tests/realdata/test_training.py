"""Training runs: layout, determinism, resume, and what they refuse."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
import torch

from gaplab.records import (
    Embeddings,
    RecordError,
    RunFolder,
    config_of,
    load_trajectory,
    read_json,
)
from realdata import TrainConfig, datasets, load_towers, resume, train, train_all
from realdata.seed_run import SeedFiles, SeedRun
from theory import losses
from theory.errors import InputError

TEST_PAIRS = 359


class StoppedError(Exception):
    """Stands for a kill between two epochs."""


def start(values: dict[str, Any], folder: Path, **options: Any) -> RunFolder:
    config = TrainConfig.from_mapping(values)
    return train(config, RunFolder.create(folder, "train", config.to_dict()), **options)


def stop_after(epochs: int, per_epoch: int = 5) -> Callable[[int, int, str], None]:
    def progress(done: int, total: int, message: str) -> None:
        if done > epochs * per_epoch:
            raise StoppedError

    return progress


def weights(run: RunFolder, seed: int) -> dict[str, np.ndarray]:
    return safetensors.numpy.load_file(SeedFiles(run.path, seed).weights)


def assert_same_weights(a: RunFolder, b: RunFolder, seeds: tuple[int, ...]) -> None:
    for seed in seeds:
        first, second = weights(a, seed), weights(b, seed)
        assert first.keys() == second.keys()
        for name, value in first.items():
            np.testing.assert_array_equal(value, second[name], err_msg=name)


def assert_same_judgement(a: RunFolder, b: RunFolder) -> None:
    first, second = (read_json(run.path / "evaluation.json")["seeds"] for run in (a, b))
    for one, other in zip(first, second, strict=True):
        for key, value in one.items():
            if not key.endswith("seconds"):
                assert other[key] == value, key


def test_a_run_leaves_what_the_other_rooms_read(finished: RunFolder) -> None:
    manifest = RunFolder.open(finished.path).manifest
    assert manifest["status"] == "done"
    assert manifest["seconds"]["train"] > 0
    found = {str(p.relative_to(finished.path)) for p in finished.path.rglob("*") if p.is_file()}
    assert found == {
        "manifest.json",
        "evaluation.json",
        "theory.json",
        "trajectory.nc",
        *(
            f"checkpoints/seed-{s}.{ending}"
            for s in (0, 1)
            for ending in ("safetensors", "nc", "json")
        ),
        *(f"embeddings/seed-{s}-{part}.safetensors" for s in (0, 1) for part in ("train", "test")),
    }


def test_every_test_pair_is_judged(finished: RunFolder) -> None:
    record = read_json(finished.path / "evaluation.json")
    test = datasets.create("digits").part("test")
    assert record["n_test"] == len(test) == TEST_PAIRS
    assert (record["dataset"], record["loss"], record["split"]) == ("digits", "gap_closing", "test")
    assert [row["seed"] for row in record["seeds"]] == [0, 1]
    embeddings = Embeddings.load(SeedFiles(finished.path, 0).embeddings("test"))
    assert embeddings.captions == test.captions
    np.testing.assert_array_equal(embeddings.labels, test.labels)


def test_saved_weights_give_the_saved_embeddings(finished: RunFolder) -> None:
    files = SeedFiles(finished.path, 1)
    towers, test = load_towers(files.weights), datasets.create("digits").part("test")
    image, text = towers.embed(*towers.inputs(test.images, test.captions))
    saved = Embeddings.load(files.embeddings("test"))
    np.testing.assert_array_equal(image, saved.views["image"])
    np.testing.assert_array_equal(text, saved.views["text"])
    assert saved.made["logit_scale"] == pytest.approx(float(towers.logit_scale.detach()))


def test_saved_weights_load_into_open_clip_itself(finished: RunFolder) -> None:
    import open_clip
    import safetensors.torch

    path = SeedFiles(finished.path, 0).weights
    made = Embeddings.load(SeedFiles(finished.path, 0).embeddings("test")).made
    clip = open_clip.model.CLIP(**made["model_config"])
    clip.load_state_dict(safetensors.torch.load_file(path))
    assert clip.logit_scale.exp().item() == pytest.approx(made["logit_scale"])


def test_a_run_that_diverges_says_so(tiny: dict[str, Any], tmp_path: Path) -> None:
    values = {**tiny, "seeds": [0], "lr": 1e30, "warmup": 0.0, "records": 2}
    with pytest.raises(InputError, match=r"diverged before step \d+: .* lower lr=1e\+30"):
        start(values, tmp_path / "run")


def test_the_trajectory_says_what_a_simulation_needs(finished: RunFolder) -> None:
    trajectory = load_trajectory(finished.path / "trajectory.nc")
    assert list(trajectory["run"].values) == ["seed 0", "seed 1"]
    assert trajectory["step"].values[[0, -1]].tolist() == [0, 20]
    config = config_of(trajectory)
    assert (config["embed_dim"], config["n_train"], config["batch_size"]) == (16, 1258, 256)
    assert (config["loss"], config["loss_options"]) == ("gap_closing", {})
    np.testing.assert_array_equal(trajectory["time"].isel(run=0), trajectory["step"])
    np.testing.assert_allclose(
        trajectory["loss"], trajectory["infonce"] + trajectory["atp"] + trajectory["cu"], rtol=1e-5
    )
    for name in ("centroid_gap", "logit_scale", "spectrum_x", "principal_angles"):
        assert np.isfinite(trajectory[name].isel(step=0)).any()
    assert np.isfinite(trajectory["v_measure"].isel(step=[0, -1])).all()


def test_learning_takes_place(finished: RunFolder) -> None:
    trajectory = load_trajectory(finished.path / "trajectory.nc")
    assert (trajectory["loss"].isel(step=-1) < trajectory["loss"].isel(step=0)).all()
    assert (
        trajectory["centroid_gap"].isel(step=-1) < trajectory["centroid_gap"].isel(step=0)
    ).all()


def test_same_seed_same_numbers_whatever_the_number_of_processes(
    finished: RunFolder, tiny: dict[str, Any], tmp_path: Path
) -> None:
    run = start({**tiny, "loss": "gap_closing"}, tmp_path / "run", jobs=2)
    assert_same_weights(finished, run, (0, 1))
    assert_same_judgement(finished, run)


def test_a_resumed_run_reaches_the_same_weights_bit_for_bit(
    finished: RunFolder, tiny: dict[str, Any], tmp_path: Path
) -> None:
    with pytest.raises(StoppedError):  # in the first seed; the second has not begun
        start({**tiny, "loss": "gap_closing"}, tmp_path / "run", progress=stop_after(2))
    files = SeedFiles(tmp_path / "run", 0)
    assert files.state.is_file()
    assert not files.result.exists()
    stopped = RunFolder.open(tmp_path / "run")
    assert stopped.manifest["status"] == "failed"
    done = resume(stopped)
    assert RunFolder.open(done.path).manifest["status"] == "done"
    assert not files.state.exists()
    assert_same_weights(finished, done, (0, 1))
    assert_same_judgement(finished, done)
    ours, theirs = (load_trajectory(run.path / "trajectory.nc") for run in (done, finished))
    assert ours.equals(theirs)


def test_a_finished_run_is_not_trained_again(
    finished: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (finished.path / "evaluation.json").read_bytes()
    monkeypatch.setattr(SeedRun, "_train", lambda *_: pytest.fail("trained again"))
    resume(RunFolder.open(finished.path))
    assert (finished.path / "evaluation.json").read_bytes() == before


def test_another_configuration_is_not_resumed(finished: RunFolder, tiny: dict[str, Any]) -> None:
    other = TrainConfig.from_mapping({**tiny, "loss": "gap_closing", "lr": 0.5})
    with pytest.raises(RecordError, match=r"another lr \(0\.001, not 0\.5\)"):
        resume(RunFolder.open(finished.path), other)
    with pytest.raises(RecordError, match="run of 'simulate'"):
        resume(RunFolder(finished.path, {"kind": "simulate"}))


def test_a_damaged_checkpoint_is_reported(tiny: dict[str, Any], tmp_path: Path) -> None:
    run = RunFolder.create(tmp_path / "run", "train", {})
    state = SeedFiles(run.path, 1).state
    state.parent.mkdir()
    state.write_bytes(b"not a checkpoint")
    with pytest.raises(RecordError, match=r"seed-1\.state\.safetensors is damaged"):
        train(TrainConfig.from_mapping({**tiny, "seeds": [1]}), run)
    assert RunFolder.open(run.path).manifest["status"] == "failed"


@pytest.mark.parametrize("jobs", [0, 1.5, True])
def test_jobs_must_be_a_number_of_processes(finished: RunFolder, jobs: Any) -> None:
    with pytest.raises(InputError, match="not a number of processes"):
        train_all([], jobs=jobs)


def test_both_losses_start_from_the_same_weights_and_batches(
    finished: RunFolder, tiny: dict[str, Any], tmp_path: Path
) -> None:
    values = {**tiny, "loss": "infonce", "epochs": 1, "seeds": [0], "records": 2}
    run = start(values, tmp_path / "run")
    ours, theirs = (load_trajectory(r.path / "trajectory.nc") for r in (run, finished))
    for name in ("infonce", "atp", "cu", "centroid_gap", "logit_scale", "r1_xy"):
        assert ours[name].values[0, 0] == theirs[name].values[0, 0]


def test_a_fixed_temperature_stays(tiny: dict[str, Any], tmp_path: Path) -> None:
    values = {**tiny, "loss": "infonce", "epochs": 1, "seeds": [0], "temperature": 0.1}
    seen: list[tuple[int, int]] = []
    progress = lambda done, total, _: seen.append((done, total))  # noqa: E731
    run = start(values, tmp_path / "run", progress=progress)
    assert seen == [(5, 5)]
    scale = load_trajectory(run.path / "trajectory.nc")["logit_scale"].values
    np.testing.assert_allclose(scale, 10.0, rtol=1e-6)
    assert weights(run, 0)["logit_scale"] == pytest.approx(np.log(10.0))


@pytest.mark.parametrize("loss", losses.names())
def test_every_registered_loss_moves_both_towers(
    loss: str, tiny: dict[str, Any], tmp_path: Path
) -> None:
    run = SeedRun(TrainConfig.from_mapping({**tiny, "loss": loss}), 0, tmp_path)
    clip = run.towers.clip
    moved = (clip.visual.proj, clip.text_projection)
    before = [weights.detach().clone() for weights in moved]
    pixels, tokens = run.inputs
    run.stepper.forward((pixels[:32], tokens[:32]), 0)
    run.stepper.apply(run.optimiser)
    for weights, start in zip(moved, before, strict=True):
        assert torch.isfinite(weights).all()
        assert not torch.equal(weights, start)


def test_the_published_schedule_reaches_the_loss(tiny: dict[str, Any], tmp_path: Path) -> None:
    values = {**tiny, "loss_options": {"form": "published"}, "loss": "gap_closing", "epochs": 1}
    run = SeedRun(TrainConfig.from_mapping({**values, "records": 2}), 0, tmp_path)
    run.run(lambda *_: None)
    loss: Any = run.loss
    # The last of five steps starts at 80 hundredths of the training.
    assert loss.atp_weight == pytest.approx(1.6)
    assert loss.cu_weight == 0.0
