"""Certificates: margin ≥ 0 on the whole box, in ball arithmetic, by branch and bound."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
from flint import ctx

from theory.claims.base import Array, Claim
from theory.claims.branch import Tree, bound, branch, combinations, halve, reals
from theory.claims.domain import Points
from theory.claims.evidence import FAILED, HOLDS, PARTIAL, VIOLATED, Engine, Finding, Profile
from theory.claims.proof import ProofError
from theory.claims.resting import recording
from theory.claims.spaces import Choice, Real
from theory.claims.stored import Certificate, encode
from theory.claims.symbolic import cross_check

__all__ = ["CertificateEngine"]

#: Bits of precision of the balls.
BITS = 128
#: How many times more boxes are tried along a line, where each is cheap, and what share of them
#: for a control, which is refuted early or not at all.
LINE, CONTROL = 2, 10
#: Largest number of combinations of discrete parameters.
MAX_GRID = 64
#: Share of the leaves of a stored certificate that are closed again, and their least number.
SAMPLE, LEAST = 0.01, 16


class CertificateEngine(Engine):
    """Split the box until every piece is shown to have margin ≥ 0, or the budget is spent.

    A piece is closed by its enclosure, by the mean value form, or at the face to which a
    derivative of one sign leads. The pieces with the lowest bound are split first, so that a
    false claim is refuted early. Discrete parameters are a grid: every combination is a box.

    Parameters
    ----------
    stored : Certificate or None
        Of the claim to be examined. Then only a random sample of its leaves is closed again.
    """

    kind = "certificate"

    def __init__(self, stored: Certificate | None = None) -> None:
        self.stored = stored

    def applies(self, claim: Claim) -> bool:
        """Whether the margin accepts balls and every parameter is a number."""
        spaces = claim.domain.spaces.values()
        grid = math.prod(len(s.options) for s in spaces if isinstance(s, Choice))
        return (
            claim.balls and all(isinstance(s, (Real, Choice)) for s in spaces) and grid <= MAX_GRID
        )

    def examine(self, claim: Claim, profile: Profile, seed: int, readable: bool) -> Finding:
        """Certify one claim within `profile.boxes` boxes, or by its stored certificate.

        A control (not `readable`) has no stored certificate.
        """
        kept = ctx.prec
        ctx.prec = BITS
        try:
            lemmas, error = self._tie(claim, seed)
            if error:
                return Finding(FAILED, note=error)
            with recording() as used:
                if self.stored is not None and readable:
                    found = self._again(claim, self.stored, seed)
                else:
                    found = _judge(claim, branch(claim, _budget(claim, profile, readable)))
            return dataclasses.replace(found, lemmas=tuple(sorted({*lemmas, *used})))
        finally:
            ctx.prec = kept

    def _again(self, claim: Claim, stored: Certificate, seed: int) -> Finding:
        """Close a random sample of the leaves again."""
        leaves = stored.leaves()
        size = min(len(leaves), max(LEAST, math.ceil(SAMPLE * len(leaves))))
        chosen = self.rng(claim, seed).choice(len(leaves), size, replace=False)
        start = combinations(claim)
        if len(start) != len(stored.trees):
            return Finding(FAILED, note="The stored certificate is of another domain.")
        for index in sorted(chosen.tolist()):
            number, path = leaves[index]
            box = start[number]
            for half in path:
                box = halve(box)[int(half)]
            low, negative = bound(claim, box)
            if negative is not None:
                return Finding(VIOLATED, {}, negative[1], claim.domain.plain(negative[0]))
            if not low >= 0:
                return Finding(FAILED, note="A leaf of the stored certificate does not close.")
        counts = {
            "balls": stored.balls,
            "depth": stored.depth,
            "leaves": len(leaves),
            "leaves re-checked": size,
        }
        note = f"Stored certificate, {size} of its {len(leaves)} leaves closed again at random. "
        return Finding(HOLDS, counts, note=note + _where(claim))

    def _tie(self, claim: Claim, seed: int) -> tuple[tuple[str, ...], str]:
        """Claims on which margin ≥ factor · reduced ≥ 0 rests, and what is wrong with its proof."""
        if type(claim).reduced is Claim.reduced:
            return (), ""
        proof = claim.tie()
        if proof is None:
            return (), "No proof ties the reduced margin to the margin."

        def value(points: Points) -> Array:
            bound = claim.factor(**points) * claim.reduced(**points)
            return np.asarray(claim.evaluate(points) - bound, dtype=np.float64)

        try:
            proof.check()
            cross_check(claim, proof, value, self.rng(claim, seed))
        except ProofError as error:
            return (), f"The reduced margin is not tied to the margin: {error}."
        return proof.lemmas, ""


def _budget(claim: Claim, profile: Profile, readable: bool) -> int:
    """Boxes that may be tried."""
    if not readable:
        return profile.boxes // CONTROL
    return profile.boxes * (LINE if len(reals(claim)) == 1 else 1)


def _judge(claim: Claim, tree: Tree) -> Finding:
    counts = {"balls": tree.boxes, "depth": tree.depth}
    if tree.negative is not None:
        point, margin = tree.negative
        return Finding(VIOLATED, counts, margin, claim.domain.plain(point))
    if tree.whole:
        return Finding(HOLDS, counts, note=_where(claim), trees=_trees(claim, tree))
    note = f"Certified share {tree.share:.2g}, uncertified share {1 - tree.share:.2g}. "
    return Finding(PARTIAL, counts, note=note + _where(claim))


def _trees(claim: Claim, tree: Tree) -> tuple[str, ...]:
    paths: list[list[str]] = [[] for _ in combinations(claim)]
    for number, path in tree.leaves:
        paths[number].append(path)
    return tuple(map(encode, paths))


def _where(claim: Claim) -> str:
    of = "" if type(claim).reduced is Claim.reduced else " of the reduced margin, tied to it"
    return f"Box{of}: {claim.domain}; balls of {BITS} bits."
