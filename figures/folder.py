"""Where a record lies in a run folder, whether a whole reproduction or one command's run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gaplab.records import RecordError, read_json

__all__ = ["BASELINE", "find", "find_any", "find_named", "manifest"]

BASELINE = "infonce"
"""The loss that others are compared with: plain CLIP."""

_ALONE = {
    "train": ("training", "loss"),
    "simulate": ("simulations", "experiment"),
    "repair": ("repairs", None),
    "table": ("tables", "table"),
    "compare": ("comparison", None),
    "diagnose": ("diagnosis", None),
}
"""The part of a reproduction that one command's run is, by the run's kind: its folder, and the
setting of the run's configuration that names the folder below."""


def manifest(run: Path) -> dict[str, Any]:
    """The manifest of a run folder; empty where there is none.

    Raises
    ------
    RecordError
        If it is not a JSON object.
    """
    path = run / "manifest.json"
    if not path.is_file():
        return {}
    found = read_json(path)
    if not isinstance(found, dict):
        raise RecordError(f"{path} holds no JSON object; make the run again.")
    return found


def find(run: Path, pattern: str) -> list[Path]:
    """Files of a run that match `pattern`, a glob in the layout of a reproduction.

    The folder of a single command's run is itself the part that a reproduction nests:
    ``training/*/trajectory.nc`` finds ``trajectory.nc`` in what ``gaplab train`` wrote.
    """
    if found := sorted(run.glob(pattern)):
        return found
    made = manifest(run)
    part, setting = _ALONE.get(str(made.get("kind")), (None, None))
    folder, _, rest = pattern.partition("/")
    if folder != part:
        return []
    if setting is not None:
        named, _, rest = rest.partition("/")
        if named not in ("*", (made.get("config") or {}).get(setting)):
            return []
    return sorted(run.glob(rest)) if rest else []


def find_any(run: Path, need: str | tuple[str, ...]) -> list[Path]:
    """What `find` finds for a pattern, or for any of several."""
    patterns = (need,) if isinstance(need, str) else need
    return [path for pattern in patterns for path in find(run, pattern)]


def find_named(run: Path, pattern: str, setting: str) -> dict[str, Path]:
    """What `find` finds, by the name of the folder that holds it.

    In a single command's run that name is `setting` of the run's configuration: its ``loss``
    or ``experiment``. Plain CLIP comes first, as what others are compared with; then by name.
    """
    config = manifest(run).get("config") or {}
    found = {
        str(config.get(setting, run.name)) if path.parent == run else path.parent.name: path
        for path in find(run, pattern)
    }
    return dict(sorted(found.items(), key=lambda item: (item[0] != BASELINE, item[0])))
