"""open_clip's model, as this room builds and feeds it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from realdata import Towers, datasets
from realdata.extra import require_open_clip
from realdata.towers import model_config, model_names
from theory import losses
from theory.errors import InputError

open_clip: Any = pytest.importorskip("open_clip", reason="the extra 'real' is not installed")


def inputs(towers: Towers, n: int = 24) -> tuple[torch.Tensor, ...]:
    pairs = datasets.create("digits").rows(np.arange(n))
    return towers.inputs(pairs.images, pairs.captions)


@pytest.mark.parametrize("name", model_names())
def test_every_shipped_configuration_builds_and_embeds(name: str) -> None:
    towers = Towers(name, seed=0)
    for view in towers.embed(*inputs(towers)):
        assert view.shape == (24, towers.embed_dim)
        np.testing.assert_allclose(np.linalg.norm(view, axis=1), 1.0, atol=1e-6)  # float32


def test_our_infonce_on_the_models_output_is_open_clips_loss(tiny_model: str) -> None:
    towers = Towers(tiny_model, seed=0)
    image, text = towers.views(*inputs(towers))
    ours = losses.create("infonce")(image, text, logit_scale=towers.logit_scale)["loss"]
    theirs = open_clip.loss.ClipLoss()(image, text, towers.logit_scale)
    np.testing.assert_allclose(ours.item(), theirs.item(), rtol=1e-6)  # float32
    found = torch.autograd.grad(ours, towers.clip.logit_scale, retain_graph=True)[0]
    expected = torch.autograd.grad(theirs, towers.clip.logit_scale)[0]
    np.testing.assert_allclose(found.item(), expected.item(), rtol=1e-4, atol=1e-6)


def test_the_model_itself_gives_the_same_views(tiny_model: str) -> None:
    towers = Towers(tiny_model, seed=0)
    pixels, tokens = inputs(towers)
    image, text, scale = towers.clip(towers.pixels(pixels), tokens)
    for ours, theirs in zip(towers.views(pixels, tokens), (image, text), strict=True):
        assert torch.equal(ours, theirs)
    assert torch.equal(towers.logit_scale, scale)


def test_repeated_captions_have_the_view_and_the_gradient_of_each(tiny_model: str) -> None:
    towers = Towers(tiny_model, seed=0)
    towers.clip.double()
    rng = np.random.default_rng(0)
    images = rng.random((6, 3, 8, 8))
    given = towers.inputs(images, ["b", "a", "b", "c", "b", "a"])
    weights = torch.from_numpy(rng.normal(size=(6, towers.embed_dim)))

    def differentiated(view: torch.Tensor) -> list[torch.Tensor]:
        towers.clip.zero_grad()
        (view * weights).sum().backward()
        return [p.grad.clone() for p in towers.clip.parameters() if p.grad is not None]

    ours = towers._encode("text", given[1])
    plain = towers.clip.encode_text(given[1], normalize=True)
    torch.testing.assert_close(ours, plain, rtol=1e-12, atol=1e-12)
    for found, expected in zip(differentiated(ours), differentiated(plain), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-12)


def test_the_seed_decides_the_weights_and_leaves_the_global_state(tiny_model: str) -> None:
    torch.manual_seed(5)
    state = torch.get_rng_state()
    first, again, other = (Towers(tiny_model, seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), state)
    weights = [towers.clip.visual.conv1.weight for towers in (first, again, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_temperature_starts_as_told_and_stays_in_range(tiny_model: str) -> None:
    towers = Towers(tiny_model, seed=0, temperature=0.1)
    assert towers.logit_scale.item() == pytest.approx(10.0)
    with torch.no_grad():
        towers.clip.logit_scale.fill_(9.0)
    towers.clamp()
    assert towers.logit_scale.item() == pytest.approx(100.0)
    fixed = Towers(tiny_model, seed=0, temperature=0.005, learn_temperature=False)
    fixed.clamp()
    assert fixed.logit_scale.item() == pytest.approx(200.0)


def test_pixels_are_resized_in_three_channels(tiny_model: str) -> None:
    towers = Towers(tiny_model, seed=0)
    same, _ = towers.inputs(np.full((2, 1, 8, 8), 0.25, dtype=np.float32), ["a", "b"])
    assert towers.pixels(same).shape == (2, 3, 8, 8)
    np.testing.assert_array_equal(towers.pixels(same).numpy(), -0.5)
    resized, _ = towers.inputs(np.full((2, 3, 20, 10), 0.25, dtype=np.float32), ["a", "b"])
    assert resized.shape == (2, 3, 8, 8)
    np.testing.assert_allclose(towers.pixels(resized).numpy(), -0.5, atol=1e-6)  # float32
    bytes_, _ = towers.inputs(np.full((2, 3, 20, 10), 51, dtype=np.uint8), ["a", "b"])
    assert bytes_.dtype == torch.uint8
    np.testing.assert_allclose(towers.pixels(bytes_).numpy(), -0.6, atol=1e-6)  # float32


def test_tokens_are_open_clips_in_the_order_of_the_captions(tiny_model: str) -> None:
    captions = ["a light two", "a bold one", "a light two", "a zero"]
    _, tokens = Towers(tiny_model, seed=0).inputs(np.zeros((4, 1, 8, 8)), captions)
    assert torch.equal(tokens, open_clip.SimpleTokenizer(context_length=12)(captions))


def test_a_further_modality_has_a_tower_of_its_own_even_from_timm(tiny_model: str) -> None:
    config = model_config(tiny_model)
    audio = {"timm_model_name": "test_resnet", "image_size": [16, 24]}
    towers = Towers({**config, "audio_cfg": audio}, 0, modalities=("image", "audio", "text"))
    rng = np.random.default_rng(0)
    images = rng.random((3, 1, 8, 8), dtype=np.float32)
    clips = rng.random((3, 1, 20, 30), dtype=np.float32)
    given = towers.inputs(images, ["a", "b", "c"], {"audio": clips})
    assert given[1].shape == (3, 1, 16, 24)
    views = towers.views(*given)
    assert [view.shape for view in views] == [(3, config["embed_dim"])] * 3
    torch.testing.assert_close(views[1].norm(dim=1), torch.ones(3))
    again = Towers({**config, "audio_cfg": audio}, 0, modalities=("image", "audio", "text"))
    torch.testing.assert_close(again.views(*given)[1], views[1], rtol=0, atol=0)
    for wrong in ({"timm_model_name": "no such model"}, {"depth": 3}):
        with pytest.raises(InputError, match="audio_cfg is not a tower for open_clip"):
            Towers({**config, "audio_cfg": wrong}, 0, modalities=("image", "audio", "text"))


def test_embedding_in_chunks_keeps_every_item_in_order(
    tiny_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    towers = Towers(tiny_model, seed=0)
    whole = towers.embed(*inputs(towers))
    monkeypatch.setattr("realdata.towers._CHUNK", 7)
    for view, expected in zip(towers.embed(*inputs(towers)), whole, strict=True):
        np.testing.assert_allclose(view, expected, atol=1e-6)  # float32


def test_configurations_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist; give the path"):
        model_config("absent.json")
    for text, message in (("{", "is not JSON"), ('{"embed_dim": 3}', "lacks embed_dim, vision")):
        (tmp_path / "bad.json").write_text(text)
        with pytest.raises(InputError, match=message):
            model_config(str(tmp_path / "bad.json"))
    config = '{"embed_dim": 8, "vision_cfg": {"wide": 3}, "text_cfg": {}}'
    (tmp_path / "bad.json").write_text(config)
    with pytest.raises(InputError, match="not one for open_clip"):
        Towers(str(tmp_path / "bad.json"), seed=0)


def test_without_the_extra_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "open_clip", None)
    with pytest.raises(InputError, match=r'pip install "gaplab\[real\]"'):
        require_open_clip()
