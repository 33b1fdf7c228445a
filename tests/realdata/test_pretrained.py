"""Weights from files and from the hub, and what is said where they cannot be had."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch

from realdata import Towers, TrainConfig, datasets
from theory.errors import InputError

open_clip: Any = pytest.importorskip("open_clip", reason="the extra 'real' is not installed")


def test_weights_of_a_file_are_where_training_starts(tiny_model: str, tmp_path: Path) -> None:
    source = Towers(tiny_model, seed=5, temperature=0.03)
    weights = tmp_path / "weights.safetensors"
    safetensors.torch.save_file(source.clip.state_dict(), weights)
    checkpoint = tmp_path / "weights.pt"
    torch.save({"state_dict": source.clip.state_dict()}, checkpoint)
    data = datasets.create("digits")
    for path in (weights, checkpoint):
        towers = Towers(tiny_model, seed=0, pretrained=str(path))
        assert towers.logit_scale.item() == pytest.approx(1 / 0.03)
        assert towers.pixel_range[0] == pytest.approx(open_clip.OPENAI_DATASET_MEAN)
        towers.pixel_range = source.pixel_range
        for a, b in zip(
            towers.embed(*towers.inputs(data.images[:9], data.captions[:9])),
            source.embed(*source.inputs(data.images[:9], data.captions[:9])),
            strict=True,
        ):
            np.testing.assert_allclose(a, b, atol=1e-6)  # float32


@pytest.mark.parametrize(
    ("model", "weights", "message"),
    [
        ("ViT-Z", "openai", "unknown to open_clip"),
        ("ViT-B-32", "nobody", "neither a file nor weights of ViT-B-32; .*openai"),
        ("none.json", "openai", "does not exist"),
    ],
)
def test_what_cannot_be_had_is_said(model: str, weights: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Towers(model, seed=0, pretrained=weights)


def test_without_a_network_the_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*args: object, **options: object) -> None:
        raise ConnectionError("the hub cannot be reached")

    monkeypatch.setattr(open_clip, "create_model", unreachable)
    with pytest.raises(InputError, match=r"cannot be loaded \(the hub .*; fetch them where"):
        Towers("ViT-B-32", seed=0, pretrained="openai")


def test_damaged_and_unsafe_weights_are_refused(tiny_model: str, tmp_path: Path) -> None:
    class Bad:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "was here",))

    torch.save({"state_dict": Bad()}, tmp_path / "bad.pt")
    (tmp_path / "half.safetensors").write_bytes(b"abc")
    for name in ("bad.pt", "half.safetensors"):
        with pytest.raises(InputError, match="cannot be loaded"):
            Towers(tiny_model, seed=0, pretrained=str(tmp_path / name))
    assert not (tmp_path / "was here").exists()


def test_a_name_of_open_clip_is_a_model() -> None:
    assert TrainConfig(model="ViT-B-32").model == "ViT-B-32"
