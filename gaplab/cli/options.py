"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from theory.errors import InputError

__all__ = ["Jobs", "Out", "Seed", "Seeds", "Settings", "parse_settings", "parse_sweep", "seed_list"]

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
        found[key] = _value(text)
    return found


def parse_sweep(settings: Sequence[str] | None) -> dict[str, Any]:
    """Read ``KEY=VALUE`` settings of which several values make a sweep, as a tuple of them.

    Commas inside brackets, braces and quotes separate nothing.

    Raises
    ------
    InputError
        As `parse_settings`, or if a value of several is empty.

    Examples
    --------
    >>> parse_sweep(["tau=.1,.2", "cases=[3, 0.5, 512]", "n=64"])
    {'tau': (0.1, 0.2), 'cases': [3, 0.5, 512], 'n': 64}
    """
    found = parse_settings(settings)
    for setting in settings or ():
        key, _, text = setting.partition("=")
        parts = _split(text)
        if len(parts) > 1:
            if not all(part.strip() for part in parts):
                raise InputError(f"--set {setting!r} has an empty value; leave out a comma.")
            found[key] = tuple(_value(part) for part in parts)
    return found


def _value(text: str) -> Any:
    """JSON, or a number that JSON would want a zero in front of, else the text itself."""
    for read in (json.loads, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text


def _split(text: str) -> list[str]:
    """Parts between the commas that no bracket, brace or quote encloses."""
    parts, depth, quoted = [""], 0, False
    for mark in text:
        quoted ^= mark == '"'
        depth += 0 if quoted else (mark in "[{") - (mark in "]}")
        if mark == "," and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += mark
    return parts
