"""Certificates as plain data: the trees of their boxes, with a hash of claim and engine.

A certificate that took long is computed once, under the profile ``full``, and handed to later
runs, which close a random sample of its boxes again. One whose hash does not fit is not used.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

from theory.claims.base import Claim
from theory.errors import InputError

__all__ = ["Certificate", "check_certificates", "decode", "digest", "encode"]

#: Modules that decide whether a box is closed, beside those the claim itself uses.
ENGINE = tuple(f"theory.claims.{name}" for name in ("branch", "dual", "functions", "jet"))
#: Modules that carry claims about, but never touch the bound of a box.
CARRIERS = frozenset(
    f"theory.{name}"
    for name in (
        "errors",
        "registry",
        "strategies",
        "validation",
        "claims.base",
        "claims.clouds",
        "claims.domain",
        "claims.evidence",
        "claims.proof",
        "claims.recheck",
        "claims.resting",
        "claims.simulation_check",
        "claims.structured",
    )
)
#: What only floating-point evidence computes with.
FLOATS = "theory.bessel"


@dataclass(frozen=True)
class Certificate:
    """How a box was closed.

    Attributes
    ----------
    digest : str
        Hash of claim and engine.
    balls, depth : int
        Boxes tried, each a ball in every coordinate, and largest number of halvings.
    trees : tuple of str
        For each combination of the discrete parameters the boxes in preorder: ``1`` was halved,
        ``0`` was closed.
    """

    digest: str
    balls: int
    depth: int
    trees: tuple[str, ...]

    @classmethod
    def from_dict(cls, claim_id: str, fields: Any) -> Certificate:
        """Read what `to_dict` gave; InputError if it is something else."""
        try:
            found = cls(
                str(fields["digest"]),
                int(fields["balls"]),
                int(fields["depth"]),
                tuple(map(str, fields["trees"])),
            )
            found.leaves()
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"the certificate of claim {claim_id!r} cannot be read ({error}); write it again "
                "with gaplab verify --profile full."
            ) from error
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain data."""
        return {
            "digest": self.digest,
            "balls": self.balls,
            "depth": self.depth,
            "trees": list(self.trees),
        }

    def leaves(self) -> list[tuple[int, str]]:
        """Closed boxes: the combination and the halves taken to get there."""
        return [(i, path) for i, tree in enumerate(self.trees) for path in decode(tree)]


def check_certificates(given: Mapping[str, Any] | None) -> dict[str, Certificate]:
    """Certificates by claim, from what a caller read; InputError if it is something else."""
    if not isinstance(given, Mapping | None):
        raise InputError(
            f"certificates is a {type(given).__name__}; give a dict from claim to certificate."
        )
    return {str(i): Certificate.from_dict(i, fields) for i, fields in (given or {}).items()}


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
    """Hash of the code of the claim, of what its bound uses of this package, and of the engine.

    Comments, docstrings and layout do not enter.
    """
    todo = [k.__module__ for k in kind.__mro__ if issubclass(k, Claim) and k is not Claim]
    codes = {"": _own_code(kind)}
    todo += ENGINE
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        module = sys.modules.get(name)
        if module is None or name in seen or name in CARRIERS or name.startswith(FLOATS):
            continue
        seen.add(name)
        codes[name] = _code(module)
        todo += _used(module)
    text = "\n".join(f"{name}: {codes[name]}" for name in sorted(codes))
    return hashlib.sha256(text.encode()).hexdigest()


def _own_code(kind: type[Claim]) -> str:
    """Code of the file of a claim: a user's is in no list of modules."""
    own = (k for k in kind.__mro__ if k.__module__ == kind.__module__)
    functions = (f for k in own for f in vars(k).values() if isinstance(f, FunctionType))
    scope = next((f.__globals__ for f in functions), {})
    return _stripped(_source(scope.get("__loader__"), scope.get("__name__", "")))


@functools.lru_cache(maxsize=256)
def _code(module: ModuleType) -> str:
    return _stripped(_source(getattr(module, "__loader__", None), module.__name__))


def _source(loader: Any, name: str) -> str:
    return (loader.get_source(name) or "") if hasattr(loader, "get_source") else ""


@functools.lru_cache(maxsize=256)
def _stripped(source: str) -> str:
    """Dump of the syntax tree without docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and body:
            first = body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = body[1:]
    return ast.dump(tree)


def _used(module: ModuleType) -> set[str]:
    """Modules of this package from which a module has names."""
    names = {
        value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        for value in vars(module).values()
    }
    return {n for n in names if isinstance(n, str) and n.startswith("theory.")}
