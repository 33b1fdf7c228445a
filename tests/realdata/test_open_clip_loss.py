"""Registered losses in open_clip's own train_one_epoch."""

from argparse import Namespace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from realdata import Towers, datasets, open_clip_loss
from theory import losses

open_clip: Any = pytest.importorskip("open_clip", reason="the extra 'real' is not installed")
open_clip_train: Any = pytest.importorskip(
    "open_clip_train.train", reason="open_clip's training code is not installed"
)

ARGS: dict[str, Any] = {
    "device": "cpu",
    "precision": "fp32",
    "accum_freq": 1,
    "distill": False,
    "skip_scheduler": True,
    "grad_clip_norm": None,
    "horovod": False,
    "rank": 0,
    "local_rank": 0,
    "world_size": 1,
    "log_every_n_steps": 1,
    "batch_size": 24,
    "wandb": False,
    "save_logs": False,
    "tensorboard": False,
    "distributed": False,
}


class Loader:
    """The part of a data loader that open_clip's loop asks for."""

    def __init__(self, towers: Towers, batches: int) -> None:
        pairs = datasets.create("digits").rows(np.arange(24 * batches))
        pixels, tokens = towers.inputs(pairs.images, pairs.captions)
        self.batches = list(zip(towers.pixels(pixels).split(24), tokens.split(24), strict=True))
        self.num_batches, self.num_samples = batches, 24 * batches

    def __iter__(self) -> Any:
        return iter(self.batches)


def train(tiny_model: str, loss: Any, *, bias: float | None = None, **changes: Any) -> Towers:
    towers = Towers(tiny_model, seed=0, bias=bias)
    towers.clip.output_dict = True
    optimiser = torch.optim.SGD(towers.clip.parameters(), lr=0.1)
    data = {"train": SimpleNamespace(dataloader=Loader(towers, 2), set_epoch=lambda epoch: None)}
    args = Namespace(**{**ARGS, **changes})
    open_clip_train.train_one_epoch(
        towers.clip, data, loss, 0, optimiser, None, None, None, args, tb_writer=None
    )
    return towers


def assert_same_weights(a: Towers, b: Towers, atol: float) -> None:
    for (name, one), other in zip(a.clip.named_parameters(), b.clip.parameters(), strict=True):
        torch.testing.assert_close(
            one, other, rtol=0, atol=atol, msg=lambda text, n=name: f"{n}: {text}"
        )


@pytest.mark.parametrize("name", losses.names())
def test_every_loss_trains_there(tiny_model: str, name: str) -> None:
    bias = -10.0 if name == "sigmoid" else None
    trained = train(tiny_model, open_clip_loss(name), bias=bias)
    start = Towers(tiny_model, seed=0, bias=bias)
    assert not torch.equal(trained.clip.visual.proj, start.clip.visual.proj)
    if bias is not None:
        assert trained.clip.logit_bias.item() != bias


def test_infonce_there_is_open_clips_own_loss(tiny_model: str) -> None:
    ours = train(tiny_model, open_clip_loss("infonce"))
    theirs = train(tiny_model, open_clip.loss.ClipLoss())
    assert_same_weights(ours, theirs, atol=1e-5)  # float32, weights of size 1


def test_sigmoid_there_is_open_clips_own_loss(tiny_model: str) -> None:
    ours = train(tiny_model, open_clip_loss("sigmoid"), bias=-10.0)
    theirs = train(tiny_model, open_clip.loss.SigLipLoss(), bias=-10.0)
    assert_same_weights(ours, theirs, atol=1e-5)  # float32, weights of size 1


def test_its_gradient_accumulation_is_supported(tiny_model: str) -> None:
    trained = train(tiny_model, open_clip_loss("gap_closing"), accum_freq=2)
    start = Towers(tiny_model, seed=0)
    assert not torch.equal(trained.clip.visual.proj, start.clip.visual.proj)


def test_the_terms_are_weighted_and_sum_to_the_loss() -> None:
    loss = open_clip_loss("gap_closing", cu_weight=0.25)
    x, y = (torch.nn.functional.normalize(torch.randn(6, 4), dim=1) for _ in range(2))
    terms = loss(image_features=x, text_features=y, logit_scale=torch.tensor(9.0), output_dict=True)
    direct = losses.create("gap_closing", cu_weight=0.25)(x, y, logit_scale=9.0)
    assert "loss" not in terms
    torch.testing.assert_close(sum(terms.values()), direct["loss"])
    torch.testing.assert_close(loss(x, y, torch.tensor(9.0)), direct["loss"])


def test_the_published_schedule_can_be_followed() -> None:
    loss = open_clip_loss("gap_closing", form="published")
    loss.set_epoch(70, 100)
    assert loss.loss.atp_weight == pytest.approx(1.4)
