"""open_clip's CLIP model and tokenizer, and towers for further modalities."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from gaplab.records import RecordError, read_json
from realdata.extra import require_open_clip
from realdata.pretrained import pretrained_clip
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
        known: dict[str, Any] | None = require_open_clip().get_model_config(model)
        if known is not None:
            return known
        raise InputError(
            f"model {model!r} does not exist; give the path of an open_clip configuration (.json), "
            f"a name in open_clip.list_models(), or one of: {', '.join(model_names())}."
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
    """A tower a modality, with one learned logit scale: open_clip's `CLIP`, and more pictures.

    Parameters
    ----------
    model : str or mapping
        Name, path or content of the configuration; with `pretrained` also a name of open_clip.
        A modality beyond image and text is a picture too (a spectrogram, another drawing); its
        tower is what open_clip builds of the configuration ``<modality>_cfg``, or of the image's
        where there is none: a vision transformer, a ResNet, or with ``timm_model_name`` any
        model of timm.
    seed : int
        Decides the initial weights.
    modalities : sequence of str
        ``image`` first, ``text`` last.
    temperature : float
        Initial τ.
    learn_temperature : bool
        Whether τ is trained.
    bias : float, optional
        Initial logit bias b, learned: of the sigmoid loss.
    pretrained : str, optional
        A tag of open_clip, or a file of weights: where training starts, τ included.
    pixel_range : pair of sequences
        Mean and standard deviation of every channel, by which pixels are centred; pretrained
        weights bring their own.

    Attributes
    ----------
    clip : torch.nn.Module
        The model. With two modalities its parameters load into ``open_clip.model.CLIP`` of the
        same configuration; towers of further ones are in ``clip.further``.
    config : dict
        The configuration.
    embed_dim : int
        Dimension h of the embeddings.
    modalities : tuple of str
    frozen : frozenset of str
        Modalities whose embeddings are fixed, see `freeze`.
    """

    LARGEST_SCALE = 100.0
    """open_clip's bound on 1/τ."""

    def __init__(
        self,
        model: str | Mapping[str, Any],
        seed: int,
        *,
        modalities: Sequence[str] = ("image", "text"),
        temperature: float = 0.07,
        learn_temperature: bool = True,
        bias: float | None = None,
        pretrained: str | None = None,
        pixel_range: Sequence[Sequence[float]] = ((0.5,) * 3, (0.5,) * 3),
    ) -> None:
        open_clip = require_open_clip()
        self.modalities = tuple(modalities)
        self.frozen: frozenset[str] = frozenset()
        self.pixel_range = [list(values) for values in pixel_range]
        if pretrained is not None:
            if not isinstance(model, str):
                raise InputError("pretrained weights need the name of a model; give one.")
            self.clip, self.config = pretrained_clip(model, pretrained)
            visual = self.clip.visual
            self.pixel_range = [list(visual.image_mean), list(visual.image_std)]
        else:
            self.config = model_config(model) if isinstance(model, str) else dict(model)
            with seeded(seed):
                self.clip = _new_clip(open_clip, model, self.config, temperature, bias)
        self._add_further(open_clip, seed)
        self.clip.logit_scale.requires_grad_(learn_temperature)
        if not learn_temperature:
            with torch.no_grad():
                self.clip.logit_scale.fill_(-math.log(temperature))
        self.embed_dim = int(self.config["embed_dim"])
        self._sizes = {
            name: _square(self._vision(name).get("image_size", 224))
            for name in self.modalities[:-1]
        }
        self._tokenize = open_clip.SimpleTokenizer(context_length=self.clip.context_length)

    def _vision(self, modality: str) -> dict[str, Any]:
        config: dict[str, Any] = self.config.get(f"{modality}_cfg", self.config["vision_cfg"])
        return config

    def _add_further(self, open_clip: Any, seed: int) -> None:
        towers = {}
        for place, name in enumerate(self.modalities[1:-1], start=1):
            with seeded(seed + 1_000_003 * place):
                try:
                    towers[name] = open_clip.model._build_vision_tower(
                        int(self.config["embed_dim"]), self._vision(name)
                    )
                except (TypeError, RuntimeError) as error:
                    raise InputError(
                        f"{name}_cfg is not a tower for open_clip ({error})."
                    ) from None
        if towers:
            self.clip.further = torch.nn.ModuleDict(towers)

    @property
    def logit_scale(self) -> torch.Tensor:
        """β = 1/τ, differentiable if τ is learned."""
        scale: torch.Tensor = self.clip.logit_scale.exp()
        return scale

    @property
    def arguments(self) -> dict[str, torch.Tensor]:
        """What a loss takes beside the views: ``logit_scale``, and ``logit_bias`` if there is."""
        found = {"logit_scale": self.logit_scale}
        if self.clip.logit_bias is not None:
            found["logit_bias"] = self.clip.logit_bias
        return found

    def clamp(self) -> None:
        """Keep a learned 1/τ in [1, 100], as open_clip does after every step."""
        if self.clip.logit_scale.requires_grad:
            with torch.no_grad():
                self.clip.logit_scale.clamp_(0.0, math.log(self.LARGEST_SCALE))

    def inputs(
        self,
        images: np.ndarray,
        captions: Sequence[str],
        further: Mapping[str, np.ndarray] | None = None,
    ) -> tuple[torch.Tensor, ...]:
        """Items as the towers take them.

        Parameters
        ----------
        images : ndarray (n, 1 or 3, height, width)
            float32 in [0, 1], or uint8.
        captions : sequence of str, length n
        further : mapping of str to ndarray, optional
            Pictures of the further modalities.

        Returns
        -------
        tuple of torch.Tensor
            For every modality: pictures (n, 1 or 3, height, width) at the size of its tower, in
            the type that they came in; tokens (n, context length) for the text.

        Raises
        ------
        InputError
            If a modality of the towers is missing.
        """
        pictures = {"image": images, **(further or {})}
        missing = [name for name in self.modalities[:-1] if name not in pictures]
        if missing:
            raise InputError(f"there is no modality {missing[0]!r}; the towers need it.")
        resized = [_resized(pictures[name], self._sizes[name]) for name in self.modalities[:-1]]
        # Captions repeat, and the tokenizer is slow.
        distinct, place = np.unique(np.asarray(captions), return_inverse=True)
        tokens: torch.Tensor = self._tokenize(distinct.tolist())
        return (*resized, tokens[torch.from_numpy(place)])

    def views(self, *inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Unit embeddings of every modality, each (n, h), differentiable.

        Parameters
        ----------
        *inputs : torch.Tensor
            Rows of `inputs`, on the device of the model; of `freeze` for a frozen modality.
        """
        return tuple(
            value if name in self.frozen else self._encode(name, value)
            for name, value in zip(self.modalities, inputs, strict=True)
        )

    def _encode(self, name: str, value: torch.Tensor) -> torch.Tensor:
        if name == "text":
            # A class prompt is in a batch many times: its embedding and gradient are one.
            distinct, place = torch.unique(value, dim=0, return_inverse=True)
            encoded: torch.Tensor = self.clip.encode_text(distinct, normalize=True)[place]
        elif name == "image":
            encoded = self.clip.encode_image(self.pixels(value), normalize=True)
        else:
            encoded = functional.normalize(self.clip.further[name](self.pixels(value)), dim=-1)
        return encoded

    def pixels(self, pictures: torch.Tensor) -> torch.Tensor:
        """Three channels, centred as the towers expect: [−1, 1] unless they are pretrained."""
        mean, std = (
            torch.tensor(value, device=pictures.device)[:, None, None] for value in self.pixel_range
        )
        unit = pictures.float() / 255.0 if pictures.dtype == torch.uint8 else pictures
        return (unit - mean) / std

    def freeze(
        self, names: Iterable[str], inputs: Sequence[torch.Tensor]
    ) -> tuple[torch.Tensor, ...]:
        """Train some towers no further, and embed their items once and for all.

        Parameters
        ----------
        names : iterable of str
            Modalities.
        inputs : sequence of torch.Tensor
            All items, from `inputs`.

        Returns
        -------
        tuple of torch.Tensor
            `inputs` with the embeddings of the frozen modalities in place of their items.
        """
        chosen = frozenset(names)
        towers: dict[str, Iterable[torch.nn.Parameter]] = {
            "image": self.clip.visual.parameters(),
            "text": self._text_parameters(),
            **{name: self.clip.further[name].parameters() for name in self.modalities[1:-1]},
        }
        found = []
        for name, value in zip(self.modalities, inputs, strict=True):
            if name in chosen:
                for parameter in towers[name]:
                    parameter.requires_grad_(False)
                with torch.no_grad():
                    value = torch.cat([self._encode(name, part) for part in self._chunks(value)])
            found.append(value)
        self.frozen = chosen
        return tuple(found)

    def _text_parameters(self) -> list[torch.nn.Parameter]:
        others = {"visual", "further", "logit_scale", "logit_bias"}
        return [
            parameter
            for name, parameter in self.clip.named_parameters()
            if name.split(".")[0] not in others
        ]

    def _chunks(self, value: torch.Tensor) -> Iterator[torch.Tensor]:
        device = self.clip.logit_scale.device
        return (part.to(device) for part in value.split(_CHUNK))

    @torch.no_grad()
    def embed(self, *inputs: torch.Tensor) -> tuple[np.ndarray, ...]:
        """Unit embeddings of every item, in chunks and without gradients, as arrays."""
        training = self.clip.training
        self.clip.eval()
        chunks = zip(*(self._chunks(value) for value in inputs), strict=True)
        parts = [self.views(*chunk) for chunk in chunks]
        self.clip.train(training)
        return tuple(torch.cat(view).cpu().numpy() for view in zip(*parts, strict=True))


def _new_clip(
    open_clip: Any,
    model: str | Mapping[str, Any],
    config: Mapping[str, Any],
    temperature: float,
    bias: float | None,
) -> Any:
    """open_clip's model with the parts that it knows of a configuration."""
    own = {k: v for k, v in config.items() if not k.endswith("_cfg") or k in _CLIP_PARTS}
    try:
        return open_clip.model.CLIP(
            **own, init_logit_scale=-math.log(temperature), init_logit_bias=bias
        )
    except TypeError as error:
        raise InputError(f"model {model!r} is not one for open_clip ({error}).") from None


_CLIP_PARTS = ("vision_cfg", "text_cfg")


def _resized(pictures: np.ndarray, size: tuple[int, int]) -> torch.Tensor:
    """Pictures at the size of a tower, in their own type; untouched if they have it."""
    if tuple(pictures.shape[-2:]) == size:
        return torch.from_numpy(np.ascontiguousarray(pictures))
    parts = []
    for rows in range(0, len(pictures), _CHUNK):
        part = torch.from_numpy(np.ascontiguousarray(pictures[rows : rows + _CHUNK]))
        scaled = functional.interpolate(
            part.float(), size, mode="bilinear", antialias=True, align_corners=False
        )
        parts.append(scaled.round().to(part.dtype) if part.dtype == torch.uint8 else scaled)
    return torch.cat(parts)


def _square(size: int | Sequence[int]) -> tuple[int, int]:
    if isinstance(size, int):
        return size, size
    height, width = size
    return int(height), int(width)
