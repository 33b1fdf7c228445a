"""Certificates that took long, kept as the tree of their boxes and re-checked by sample.

``python -m theory.claims.certify`` computes them under the profile ``full`` and writes those that
``quick`` cannot redo. A certificate is used only if neither the claim nor the engine has changed.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import ModuleType

from theory.claims.base import Claim

__all__ = ["Certificate", "decode", "digest", "encode", "load", "save"]

FOLDER = Path(__file__).parent / "certificates"
#: Modules that decide whether a box is closed, beside those the claim itself uses.
ENGINE = ("theory.claims.branch", "theory.claims.dual", "theory.claims.functions")


@dataclass(frozen=True)
class Certificate:
    """How a box was closed.

    Attributes
    ----------
    claim, digest : str
        Id, and hash of claim and engine.
    boxes, depth : int
        Boxes tried and largest number of halvings.
    trees : tuple of str
        For each combination of the discrete parameters the boxes in preorder: ``1`` was halved,
        ``0`` was closed.
    """

    claim: str
    digest: str
    boxes: int
    depth: int
    trees: tuple[str, ...]

    def leaves(self) -> list[tuple[int, str]]:
        """Closed boxes: the combination and the halves taken to get there."""
        return [(i, path) for i, tree in enumerate(self.trees) for path in decode(tree)]


def encode(leaves: Sequence[str]) -> str:
    """Tree whose leaves are reached by these paths of halves, in preorder."""
    closed = set(leaves)
    todo, tree = [""], []
    while todo:
        path = todo.pop()
        tree.append("0" if path in closed else "1")
        if path not in closed:
            todo += [path + "1", path + "0"]
    return "".join(tree)


def decode(tree: str) -> Iterator[str]:
    """Paths of the leaves of a tree; ValueError if it is none."""
    todo = [""]
    for sign in tree:
        if not todo or sign not in "01":
            raise ValueError("not a tree of boxes")
        path = todo.pop()
        if sign == "0":
            yield path
        else:
            todo += [path + "1", path + "0"]
    if todo:
        raise ValueError("not a tree of boxes")


def digest(kind: type[Claim]) -> str:
    """Hash of the sources of the claim, of what it uses in this package, and of the engine."""
    todo = [k.__module__ for k in kind.__mro__ if issubclass(k, Claim)]
    sources: dict[str, str] = {}
    todo += ENGINE
    while todo:
        name = todo.pop()
        module = sys.modules.get(name)
        if name in sources or module is None:
            continue
        sources[name] = inspect.getsource(module)
        todo += _used(module)
    text = "\n".join(f"# {name}\n{sources[name]}" for name in sorted(sources))
    return hashlib.sha256(text.encode()).hexdigest()


def _used(module: ModuleType) -> set[str]:
    names = (getattr(value, "__module__", None) for value in vars(module).values())
    return {n for n in names if isinstance(n, str) and n.startswith("theory.claims.")}


def save(certificate: Certificate) -> Path:
    """Write a certificate under the name of its claim."""
    FOLDER.mkdir(exist_ok=True)
    path = _path(certificate.claim)
    path.write_text(json.dumps(asdict(certificate), indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def load(kind: type[Claim]) -> Certificate | None:
    """Return the stored certificate of a claim, unless claim or engine have changed since."""
    path = _path(kind.id)
    if not path.is_file():
        return None
    fields = json.loads(path.read_text("utf-8"))
    if fields["claim"] != kind.id or fields["digest"] != digest(kind):
        return None
    return Certificate(**{**fields, "trees": tuple(fields["trees"])})


def _path(claim_id: str) -> Path:
    return FOLDER / f"{hashlib.sha256(claim_id.encode()).hexdigest()[:16]}.json"
