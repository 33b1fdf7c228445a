"""Run folders: one folder a run, with a manifest that says what, how, when and how long."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from gaplab.records.errors import RecordError
from gaplab.records.files import read_json, write_json
from gaplab.records.provenance import machine, versions

__all__ = ["RunFolder"]

MANIFEST = "manifest.json"


class RunFolder:
    """A folder that holds one run.

    Use `create` for a new run and `open` for one that exists.

    Attributes
    ----------
    path : Path
        The folder.
    manifest : dict
        ``kind``, ``status`` (running, done, failed), ``created``, ``command``, ``config``,
        ``versions``, ``machine``, ``seconds`` (stage to wall-clock seconds) and, if the run grew,
        the commands that ``extended`` it.
    """

    def __init__(self, path: Path, manifest: dict[str, Any]) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def create(
        cls, out: str | os.PathLike[str] | None, kind: str, config: Mapping[str, Any]
    ) -> RunFolder:
        """Make a new folder; `out` None names it ``runs/<kind>-<date>-<time>``.

        Raises
        ------
        RecordError
            If `out` exists and is not an empty folder: nothing is ever overwritten.
        """
        now = datetime.now().astimezone()
        path = cls._fresh(kind, now) if out is None else Path(out)
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise RecordError(f"{path} exists and is not empty; name a new folder with --out.")
        path.mkdir(parents=True, exist_ok=True)
        run = cls(
            path,
            {
                "kind": kind,
                "status": "running",
                "created": now.isoformat(timespec="seconds"),
                "command": _command(),
                "config": dict(config),
                "versions": versions(),
                "machine": machine(),
                "seconds": {},
            },
        )
        run._write()
        return run

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> RunFolder:
        """Open a run that exists.

        Raises
        ------
        RecordError
            If the folder has no manifest.
        """
        folder = Path(path)
        if not (folder / MANIFEST).is_file():
            raise RecordError(
                f"{folder} is not a run folder (no {MANIFEST}); name one of gaplab's."
            )
        return cls(folder, read_json(folder / MANIFEST))

    def file(self, *parts: str) -> Path:
        """Path of a file in the folder, its parent made."""
        path = self.path.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def extend(self, config: Mapping[str, Any]) -> None:
        """Record that the run grows: its new config, and the command that asks for it."""
        self.manifest["config"] = dict(config)
        self.manifest.setdefault("extended", []).append(_command())
        self._write()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage; its seconds go to the manifest even if it fails, and add up if resumed."""
        spent = self.manifest["seconds"].get(name, 0.0)
        start = time.perf_counter()
        try:
            yield
        finally:
            self.manifest["seconds"][name] = round(spent + time.perf_counter() - start, 3)
            self._write()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.finish("done" if kind is None else "failed")

    def finish(self, status: str = "done") -> None:
        """Write how the run ended: ``done`` or ``failed`` (leaving a ``with`` block does this)."""
        self.manifest["status"] = status
        self._write()

    def _write(self) -> None:
        write_json(self.manifest, self.path / MANIFEST)

    @staticmethod
    def _fresh(kind: str, now: datetime) -> Path:
        stem = Path("runs") / f"{kind}-{now:%Y%m%d-%H%M%S}"
        path, count = stem, 2
        while path.exists():
            path, count = stem.with_name(f"{stem.name}-{count}"), count + 1
        return path


def _command() -> str:
    """The running command; ``python -m gaplab`` is gaplab."""
    path = Path(sys.argv[0])
    program = path.parent.name if path.name == "__main__.py" else path.name
    return " ".join([program, *sys.argv[1:]])
