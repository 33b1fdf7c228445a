"""Pretrained models of open_clip: from the hub where it can be reached, or from a file."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from realdata.extra import require_open_clip
from theory.errors import InputError

__all__ = ["pretrained_clip"]


def pretrained_clip(model: str, weights: str) -> tuple[Any, dict[str, Any]]:
    """A model of open_clip with its trained weights.

    Parameters
    ----------
    model : str
        Name in ``open_clip.list_models()``, or the path of a configuration (.json).
    weights : str
        A tag in ``open_clip.list_pretrained()``, or a file of weights: safetensors, or a
        checkpoint that holds tensors only (nothing is unpickled besides).

    Returns
    -------
    clip : torch.nn.Module
    config : dict
        Its configuration.

    Raises
    ------
    InputError
        If there is no such model, or its weights cannot be had or do not fit.
    """
    open_clip = require_open_clip()
    if model.endswith(".json"):
        path = Path(model)
        if not path.is_file():
            raise InputError(f"model {model} does not exist; give the path of a configuration.")
        try:
            config = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise InputError(f"model {model} is not JSON ({error}).") from None
        open_clip.add_model_config(path)
        model = path.stem
    else:
        config = open_clip.get_model_config(model)
        if config is None:
            raise InputError(
                f"model {model!r} is unknown to open_clip; choose one of "
                "open_clip.list_models(), such as ViT-B-32."
            )
    if not Path(weights).is_file():
        tags = open_clip.list_pretrained_tags_by_model(model)
        if weights not in tags:
            raise InputError(
                f"pretrained={weights!r} is neither a file nor weights of {model}; "
                f"give the path of a file, or one of: {', '.join(tags) or 'none'}."
            )
    level = logging.getLogger().level
    logging.getLogger().setLevel(logging.ERROR)
    try:
        clip = open_clip.create_model(model, pretrained=weights, weights_only=True)
    except Exception as error:  # the hub's and torch's own, of many types
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        raise InputError(
            f"the weights {weights!r} of {model} cannot be loaded ({reason}); fetch them where "
            "there is a network, and give the path of the file."
        ) from None
    finally:
        logging.getLogger().setLevel(level)
    return clip, config
