"""Simulation evidence: what a simulated system did, against what the claim predicts.

The results are handed in by the caller; nothing is simulated here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from theory.claims.base import Claim
from theory.claims.evidence import (
    HOLDS,
    NOT_GIVEN,
    UNRESOLVED,
    ControlResult,
    Evidence,
    Finding,
)
from theory.errors import InputError

__all__ = ["Prediction", "Simulations", "check_simulations", "simulation_evidence"]

#: Experiment name to its table: rows of quantity, setting, predicted, measured, low, high.
Simulations = Mapping[str, Sequence[Mapping[str, Any]]]

#: The control: the same rows must tell the prediction from this multiple of it.
OFF = 1.1


@dataclass(frozen=True)
class Prediction:
    """Rows of a table of results that test a claim.

    Attributes
    ----------
    experiment : str
        Name of the experiment.
    quantity : str
        The rows' quantity.
    setting : str
        Text that their setting contains.
    rtol, atol : float
        A row agrees if the prediction lies in its interval, or within these of the mean: room for
        what a finite system adds (a finite number of particles, a finite time).
    """

    experiment: str
    quantity: str
    setting: str = ""
    rtol: float = 0.05
    atol: float = 1e-3

    def rows(self, simulations: Simulations) -> list[Mapping[str, Any]]:
        """Rows of the quantity that have a prediction and a measurement."""
        return [
            row
            for row in simulations.get(self.experiment, ())
            if row["quantity"] == self.quantity
            and self.setting in row["setting"]
            and _known(row["predicted"])
            and _known(row["measured"])
        ]

    def agrees(self, row: Mapping[str, Any], wrong: bool = False) -> bool:
        """Whether the prediction agrees with a row; or a wrong one, which should not.

        The wrong one is off by 10 %, or for a predicted 0 by ten times `atol`.
        """
        predicted, measured = row["predicted"], row["measured"]
        if wrong:
            predicted = OFF * predicted if predicted else 10 * self.atol
        low, high = row["low"], row["high"]  # unknown for a single seed
        within = _known(low) and _known(high) and low <= predicted <= high
        return within or abs(measured - predicted) <= self.atol + self.rtol * abs(predicted)


def simulation_evidence(claim: Claim, simulations: Simulations | None) -> Evidence | None:
    """Compare the predictions of a claim with results; None if it predicts nothing.

    A difference is *not resolved*: the system is finite, the claim need not be.
    """
    if not claim.simulation:
        return None
    wanted = ", ".join(dict.fromkeys(p.experiment for p in claim.simulation))
    pairs = [(p, row) for p in claim.simulation for row in p.rows(simulations or {})]
    if not pairs:
        note = f"Results of the experiments {wanted} were not given."
        return Evidence("simulation", Finding(NOT_GIVEN, note=note))
    differ = [(p, row) for p, row in pairs if not p.agrees(row)]
    shown = "; ".join(
        f"{row['quantity']} ({row['setting']}): {row['measured']:.6g}, "
        f"predicted {row['predicted']:.6g}"
        for _, row in differ or pairs[:3]
    )
    note = f"{'Differs: ' if differ else ''}{shown}."
    counts = {"rows": len(pairs), "seeds": max(int(row["n_seeds"]) for _, row in pairs)}
    finding = Finding(UNRESOLVED if differ else HOLDS, counts, note=note)
    control = ControlResult(
        id=f"{claim.id}/prediction-off",
        statement="",
        near="predictions replaced by 1.1 times them, those of 0 by ten times their tolerance",
        refuted=any(not p.agrees(row, wrong=True) for p, row in pairs),
    )
    return Evidence("simulation", finding, (control,))


def check_simulations(simulations: Any) -> None:
    """Raise InputError unless every row of every table has the fields that are read."""
    if not isinstance(simulations, Mapping):
        raise InputError(
            f"simulations is a {type(simulations).__name__}; give a dict from experiment to rows."
        )
    for name, table in simulations.items():
        for row in table:
            missing = {"quantity", "setting", "n_seeds"} - set(row)
            numbers = [row.get(k, "") for k in ("predicted", "measured", "low", "high")]
            if missing or not all(isinstance(n, (int, float, type(None))) for n in numbers):
                raise InputError(
                    f"a row of the simulation {name!r} lacks a field or a number: {dict(row)!r}; "
                    "give the rows of its table.json."
                )


def _known(number: float | None) -> bool:
    return number is not None and math.isfinite(number)
