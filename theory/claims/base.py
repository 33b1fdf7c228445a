"""A claim: a margin over a domain, ≥ 0 wherever the claim holds."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from theory.claims.domain import Domain, Points, stack, take
from theory.errors import InputError
from theory.registry import Registry

if TYPE_CHECKING:
    from theory.claims.proof import Proof
    from theory.claims.simulation_check import Prediction

__all__ = ["VERDICTS", "Claim", "Control", "MarginError", "Source", "names", "register"]

#: Verdicts, the weakest first.
VERDICTS = ("open", "refuted", "conditional", "supported", "certified", "proved")

Array = NDArray[np.float64]
#: Bibliography key and the number of the statement there.
Source = tuple[str, str]


class MarginError(InputError):
    """A margin that gave something other than one finite number per point."""


class Claim(ABC):
    """One mathematical statement in a form that machines can attack.

    A leaf sets the attributes and writes `margin`; everything else is optional. The verdict is
    never set here: it follows from the evidence.

    Attributes
    ----------
    id : str
        Stable name, such as ``"Y.T2"``.
    statement : str
        The statement in LaTeX.
    domain : Domain
        One space per argument of `margin`.
    source : tuple of str
        Bibliography key and number there.
    hypotheses : tuple of str
        What is assumed.
    beyond : str
        Where the statement stops being true.
    expected : str or None
        The status the author expects; a different verdict makes `verify` fail.
    controls : tuple of Control classes
        False siblings which the same evidence must refute before it counts.
    given, without : str, Claim class
        For a claim that holds only under a hypothesis: its name, and the claim without it.
    lemmas : tuple of str
        Ids of registered claims on which proof or certificate rest, beside those that the
        engines see used. They count no more than the weakest of these.
    simulation : tuple of Prediction
        Rows of simulated results that test it.
    balls : bool
        Whether `margin` also accepts python-flint balls (one `arb` per parameter). NumPy
        functions work on balls, and `theory.claims.functions` has the Bessel functions.
    origin : str
        The file of a user's claim, set when it is loaded.
    """

    id: ClassVar[str] = ""
    statement: ClassVar[str] = ""
    domain: ClassVar[Domain]
    source: ClassVar[Source | None] = None
    hypotheses: ClassVar[tuple[str, ...]] = ()
    beyond: ClassVar[str] = ""
    expected: ClassVar[str | None] = None
    controls: ClassVar[tuple[type[Control], ...]] = ()
    given: ClassVar[str | None] = None
    without: ClassVar[type[Claim] | None] = None
    lemmas: ClassVar[tuple[str, ...]] = ()
    simulation: ClassVar[tuple[Prediction, ...]] = ()
    balls: ClassVar[bool] = False
    origin: ClassVar[str] = ""

    @abstractmethod
    def margin(self, *args: Any, **params: Any) -> Any:
        """Return one number per point, ≥ 0 wherever the claim holds: arrays in, array out."""

    def scale(self, *args: Any, **params: Any) -> Any:
        """Return the size of the largest term in the margin, which sets its rounding error."""
        return 1.0

    def reduced(self, *args: Any, **params: Any) -> Any:
        """Return what a certificate shows to be ≥ 0: margin ≥ `factor` · reduced.

        Worth writing where the margin touches 0, which no box can close. Needs `tie`.
        """
        return self.margin(*args, **params)

    def factor(self, *args: Any, **params: Any) -> Any:
        """Return the factor ≥ 0 that `reduced` leaves out."""
        return 1.0

    def tie(self) -> Proof | None:
        """Return the proof that margin − `factor` · `reduced` ≥ 0, with the factor as an aside."""
        return None

    def proof(self) -> Proof | None:
        """Return the proof as symbolic steps, if there is one."""
        return None

    def evaluate(self, points: Points) -> Array:
        """Margins of many points, checked.

        Raises
        ------
        MarginError
            If the margin raises, or is not one finite number per point.
        """
        size = len(next(iter(points.values())))
        try:
            with np.errstate(all="ignore"):
                found = self.margin(**points)
                if np.iscomplexobj(found):
                    raise TypeError("it is complex; return real numbers")
                margin = np.asarray(found, dtype=np.float64)
        except Exception as error:
            where = self.domain.plain(take(points, 0))
            raise MarginError(
                f"the margin of claim {self.id!r} raised {type(error).__name__}: {error} "
                f"(first point of the batch: {brief(where)})."
            ) from error
        if margin.shape != (size,):
            raise MarginError(
                f"the margin of claim {self.id!r} returned shape {margin.shape} for {size} points "
                f"(first: {brief(self.domain.plain(take(points, 0)))}); return shape ({size},)."
            )
        bad = np.flatnonzero(~np.isfinite(margin))
        if bad.size:
            where = self.domain.plain(take(points, int(bad[0])))
            raise MarginError(
                f"the margin of claim {self.id!r} is {margin[bad[0]]} at {brief(where)}; return "
                "a finite number there or keep the point out of the domain."
            )
        return margin

    def scales(self, points: Points) -> Array:
        """Size of the largest term for many points (at least 1)."""
        size = len(next(iter(points.values())))
        try:
            scale = np.broadcast_to(np.asarray(self.scale(**points), dtype=np.float64), (size,))
        except Exception as error:
            raise MarginError(
                f"the scale of claim {self.id!r} raised {type(error).__name__}: {error}; return "
                "a number or one for each point."
            ) from error
        return np.maximum(np.where(np.isfinite(scale), scale, 1.0), 1.0)

    def at(self, **point: Any) -> float:
        """Margin at one point given as plain numbers and lists, such as a counterexample."""
        return float(self.evaluate(stack(point))[0])


class Control(Claim):
    """A false sibling: evidence that cannot refute it proves nothing about the claim.

    A leaf usually inherits from ``(Control, TheClaim)`` and changes one thing.

    Attributes
    ----------
    near : str
        Why it is close to the truth, or empty if it is not: true on ≥ 90 % of the domain,
        or a constant off by ≤ 5 %.
    """

    near: ClassVar[str] = ""
    expected = "refuted"


_REGISTRY: Registry[type[Claim]] = Registry("claim")
_collecting: list[dict[str, type[Claim]]] = []


def register(claim: type[Claim]) -> type[Claim]:
    """Class decorator: add a claim to the ledger under its id.

    Raises
    ------
    InputError
        If the class is no claim, its id is taken or missing, it has no domain or no statement,
        or it expects what is no verdict.
    """
    _check(claim)
    if _collecting:
        taken = {**dict(_REGISTRY.items()), **_collecting[-1]}.get(claim.id)
        if taken is not None:
            raise InputError(
                f"claim {claim.id!r} is already registered by {taken.__name__}; choose another id."
            )
        _collecting[-1][claim.id] = claim
        return claim
    return _REGISTRY.register(claim.id)(claim)


def _check(claim: Any) -> None:
    """Raise InputError unless a class is a whole claim."""
    if not (isinstance(claim, type) and issubclass(claim, Claim)):
        raise InputError(f"register takes a subclass of Claim, got {claim!r}.")
    if not isinstance(claim.id, str) or not claim.id:
        raise InputError(f'claim {claim.__name__} has no id; set id = "name" in the class.')
    if not isinstance(getattr(claim, "domain", None), Domain):
        raise InputError(f"claim {claim.id!r} has no domain; set domain = Domain(...).")
    if not isinstance(claim.statement, str) or not claim.statement.strip():
        raise InputError(
            f'claim {claim.id!r} has no statement; set statement = r"..." in LaTeX in the class.'
        )
    if claim.expected is not None and claim.expected not in VERDICTS:
        raise InputError(
            f"claim {claim.id!r} expects {claim.expected!r}; use one of {', '.join(VERDICTS)}, "
            "or leave expected out."
        )
    if "margin" in claim.__abstractmethods__:
        raise InputError(
            f"claim {claim.id!r} has no margin; define margin(self, {', '.join(claim.domain)})."
        )
    if not isinstance(claim.controls, tuple) or not all(
        isinstance(control, type) and issubclass(control, Claim) for control in claim.controls
    ):
        raise InputError(
            f"the controls of claim {claim.id!r} are {claim.controls!r}; give a tuple of claims, "
            "such as controls = (Sibling,)."
        )


def names() -> list[str]:
    """Ids of the registered claims, sorted."""
    return _REGISTRY.names()


def get(claim_id: str) -> type[Claim]:
    """Return the claim registered under an id; an unknown id raises InputError.

    A prime may be typed as an apostrophe: ``N.T3'`` finds ``N.T3′``.
    """
    typed = str(claim_id).replace("'", "′")
    return _REGISTRY[typed if typed in _REGISTRY else claim_id]


def brief(point: Mapping[str, Any], limit: int = 300) -> str:
    """Parameter values on one line, long arrays cut."""
    text = ", ".join(f"{name}={value}" for name, value in point.items())
    return text if len(text) <= limit else text[:limit] + " …"
