"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from theory.errors import InputError

__all__ = ["Jobs", "Out", "Seed", "Seeds", "Settings", "parse_settings", "seed_list"]

Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="New folder for the results (default: a fresh one in runs/)."),
]
Seed = Annotated[
    int, typer.Option("--seed", min=0, help="First seed; the same seed gives the same numbers.")
]
Seeds = Annotated[int, typer.Option("--seeds", min=1, help="How many seeds, counted from --seed.")]
Jobs = Annotated[
    int, typer.Option("--jobs", "-j", min=1, help="Processes; the numbers do not depend on it.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one setting; may be repeated."),
]


def seed_list(first: int, count: int) -> list[int]:
    """The seeds ``first, …, first + count − 1``."""
    return list(range(first, first + count))


def parse_settings(settings: Sequence[str] | None) -> dict[str, Any]:
    """Read ``KEY=VALUE`` settings; values are JSON where they parse as JSON, else text.

    Raises
    ------
    InputError
        If a setting has no ``=``, an empty key, or a key is given twice.

    Examples
    --------
    >>> parse_settings(["h=8", "kappa=[1, 5]", "loss=infonce"])
    {'h': 8, 'kappa': [1, 5], 'loss': 'infonce'}
    """
    found: dict[str, Any] = {}
    for setting in settings or ():
        key, equals, text = setting.partition("=")
        if not equals or not key:
            raise InputError(f"--set {setting!r} is not KEY=VALUE; write for example --set h=8.")
        if key in found:
            raise InputError(f"--set {key} is given twice; give it once.")
        try:
            found[key] = json.loads(text)
        except json.JSONDecodeError:
            found[key] = text
    return found
