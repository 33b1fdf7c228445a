"""open_clip's CLIP model and tokenizer, built from a configuration, without any download."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from gaplab.records import RecordError, read_json
from realdata.extra import require_open_clip
from theory.errors import InputError

__all__ = ["Towers", "model_config", "model_names", "seeded"]

_MODELS = Path(__file__).parent / "models"
_CHUNK = 512


def model_names() -> list[str]:
    """Model configurations shipped with the package."""
    return sorted(path.stem for path in _MODELS.glob("*.json"))


def model_config(model: str) -> dict[str, Any]:
    """An open_clip configuration (embed_dim, vision_cfg, text_cfg), by name or path.

    Raises
    ------
    InputError
        If there is no such configuration or it is not one.
    """
    path = Path(model) if model.endswith(".json") else _MODELS / f"{model}.json"
    if not path.is_file():
        raise InputError(
            f"model {model!r} does not exist; give the path of an open_clip configuration (.json) "
            f"or one of: {', '.join(model_names())}."
        )
    try:
        config = read_json(path)
    except RecordError as error:
        raise InputError(str(error)) from None
    if not isinstance(config, dict) or not {"embed_dim", "vision_cfg", "text_cfg"} <= set(config):
        raise InputError(
            f"model {path} lacks embed_dim, vision_cfg or text_cfg; give one for open_clip."
        )
    return config


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch's global generator inside the block, and restore it afterwards.

    For code that draws its initial weights from nowhere else, as open_clip does.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


class Towers:
    """An image and a text tower with one learned logit scale: open_clip's `CLIP`.

    Parameters
    ----------
    model : str or mapping
        Name, path or content of the configuration.
    seed : int
        Decides the initial weights.
    temperature : float
        Initial τ.
    learn_temperature : bool
        Whether τ is trained.

    Attributes
    ----------
    clip : torch.nn.Module
        The model; its parameters load into ``open_clip.model.CLIP`` of the same configuration.
    config : dict
        The configuration.
    embed_dim : int
        Dimension h of the embeddings.
    """

    LARGEST_SCALE = 100.0
    """open_clip's bound on 1/τ."""

    def __init__(
        self,
        model: str | Mapping[str, Any],
        seed: int,
        *,
        temperature: float = 0.07,
        learn_temperature: bool = True,
    ) -> None:
        open_clip = require_open_clip()
        config = model_config(model) if isinstance(model, str) else dict(model)
        with seeded(seed):
            try:
                clip = open_clip.model.CLIP(**config, init_logit_scale=-math.log(temperature))
            except TypeError as error:
                raise InputError(f"model {model!r} is not one for open_clip ({error}).") from None
        self.clip: Any = clip
        self.clip.logit_scale.requires_grad_(learn_temperature)
        self.config = config
        self.embed_dim = int(config["embed_dim"])
        self._size = _square(config["vision_cfg"].get("image_size", 224))
        self._tokenize = open_clip.SimpleTokenizer(context_length=self.clip.context_length)

    @property
    def logit_scale(self) -> torch.Tensor:
        """β = 1/τ, differentiable if τ is learned."""
        scale: torch.Tensor = self.clip.logit_scale.exp()
        return scale

    def clamp(self) -> None:
        """Keep a learned 1/τ in [1, 100], as open_clip does after every step."""
        if self.clip.logit_scale.requires_grad:
            with torch.no_grad():
                self.clip.logit_scale.clamp_(0.0, math.log(self.LARGEST_SCALE))

    def inputs(
        self, images: np.ndarray, captions: Sequence[str]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Pairs as the towers take them.

        Parameters
        ----------
        images : ndarray (n, 1 or 3, height, width)
            In [0, 1].
        captions : sequence of str, length n

        Returns
        -------
        pixels : torch.Tensor (n, 3, size, size)
            Resized, three channels, in [−1, 1].
        tokens : torch.Tensor (n, context length)
            Token numbers.
        """
        pixels = torch.from_numpy(np.ascontiguousarray(images, dtype=np.float32))
        if tuple(pixels.shape[-2:]) != self._size:
            pixels = functional.interpolate(
                pixels, self._size, mode="bilinear", antialias=True, align_corners=False
            )
        # Captions repeat, and the tokenizer is slow.
        distinct, place = np.unique(np.asarray(captions), return_inverse=True)
        tokens: torch.Tensor = self._tokenize(distinct.tolist())
        return (2.0 * pixels - 1.0).expand(-1, 3, -1, -1), tokens[torch.from_numpy(place)]

    def views(self, pixels: torch.Tensor, tokens: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Unit embeddings of both modalities, each (n, h), differentiable."""
        return (
            self.clip.encode_image(pixels, normalize=True),
            self.clip.encode_text(tokens, normalize=True),
        )

    @torch.no_grad()
    def embed(self, pixels: torch.Tensor, tokens: torch.Tensor) -> tuple[np.ndarray, ...]:
        """Unit embeddings of every item, in chunks and without gradients, as arrays."""
        training = self.clip.training
        self.clip.eval()
        parts = [
            self.views(p, t)
            for p, t in zip(pixels.split(_CHUNK), tokens.split(_CHUNK), strict=True)
        ]
        self.clip.train(training)
        return tuple(torch.cat(view).numpy() for view in zip(*parts, strict=True))


def _square(size: int | Sequence[int]) -> tuple[int, int]:
    if isinstance(size, int):
        return size, size
    height, width = size
    return int(height), int(width)
