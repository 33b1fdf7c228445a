"""Simulation evidence: what agrees, what does not, and what is not given."""

import inspect

import numpy as np
import pytest

from sim import experiments
from theory.claims import Claim, Domain, Prediction, names, verify
from theory.claims.base import get
from theory.claims.evidence import HOLDS, NOT_GIVEN, UNRESOLVED
from theory.claims.simulation_check import simulation_evidence
from theory.errors import InputError


def row(predicted, measured, half=0.0, setting="h=3", quantity="rate"):
    return {
        "quantity": quantity,
        "setting": setting,
        "predicted": predicted,
        "measured": measured,
        "low": measured - half,
        "high": measured + half,
        "n_seeds": 3,
    }


class Decays(Claim):
    id = "decays"
    domain = Domain(t=(0.0, 1.0))
    simulation = (Prediction("free", "rate", "h=3", rtol=0.02, atol=1e-3),)

    def margin(self, t):
        return np.exp(-t)


def evidence(*rows):
    return simulation_evidence(Decays(), {"free": list(rows)})


def test_rows_agree_within_tolerance_or_interval():
    found = evidence(row(5.0, 5.05), row(2.0, 3.0, half=1.5))
    assert (found.outcome, dict(found.finding.counts)) == (HOLDS, {"rows": 2, "seeds": 3})
    assert found.counts
    assert [c.refuted for c in found.controls] == [True]


def test_a_difference_is_not_resolved_and_never_refutes():
    rows = {"free": [row(5.0, 5.5)]}
    verdict = verify(claims=[Decays], simulations=rows)["decays"]
    assert verdict.status == "supported"
    last = verdict.evidence[-1]
    assert (last.kind, last.outcome) == ("simulation", UNRESOLVED)
    assert "Differs: rate (h=3): 5.5, predicted 5" in last.finding.note


def test_rows_too_uncertain_to_tell_a_wrong_prediction_do_not_count():
    found = evidence(row(5.0, 5.0, half=2.0))
    assert found.outcome == HOLDS
    assert not found.counts


def test_a_prediction_of_zero_must_be_told_from_ten_times_its_tolerance():
    assert evidence(row(0.0, 1e-4)).counts
    found = evidence(row(0.0, 1e-4, half=0.1))
    assert found.outcome == HOLDS
    assert not found.counts


@pytest.mark.parametrize(
    "given",
    [
        None,
        {},
        {"cone": []},
        {"free": [row(1.0, 1.0, setting="h=4")]},
        {"free": [row(1.0, float("nan"))]},
        {"free": [row(1.0, 1.0) | {"measured": None}]},
    ],
)
def test_what_is_absent_is_not_given(given):
    found = simulation_evidence(Decays(), given)
    assert found.outcome == NOT_GIVEN
    assert "free" in found.finding.note
    assert not found.counts


def test_a_single_seed_has_no_interval():
    found = evidence(row(5.0, 5.05) | {"low": None, "high": None})
    assert (found.outcome, found.counts) == (HOLDS, True)


def sources_of(module):
    """Source of an experiment and of the experiments' parts that it calls."""
    parts = {inspect.getmodule(value) for value in vars(module).values() if callable(value)}
    near = {p for p in parts if p is not None and p.__package__ == module.__package__}
    return "".join(inspect.getsource(part) for part in {module, *near})


@pytest.mark.parametrize("name", names())
def test_predictions_are_of_experiments_and_quantities_that_exist(name):
    for prediction in get(name).simulation:
        module = inspect.getmodule(experiments.EXPERIMENTS[prediction.experiment])
        assert f'"{prediction.quantity}"' in sources_of(module)


def test_a_claim_without_predictions_has_no_such_evidence():
    assert simulation_evidence(get("B.1")(), {"free": [row(1.0, 1.0)]}) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([], "dict from experiment"),
        ({"free": [{"quantity": "rate"}]}, "'free'"),
        ({"free": [row(1.0, 1.0) | {"measured": "x"}]}, "'free'"),
        ({"free": [{k: v for k, v in row(1.0, 1.0).items() if k != "low"}]}, "'free'"),
    ],
)
def test_bad_tables_are_one_sentence(given, words):
    with pytest.raises(InputError, match=words):
        verify(claims=[Decays], simulations=given)
