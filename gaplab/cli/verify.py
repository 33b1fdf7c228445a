"""``gaplab verify``: check the claims and keep the ledger."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gaplab.cli.console import ProgressCallback, complain, console, stage, table
from gaplab.cli.options import Jobs, Out, Seed

if TYPE_CHECKING:
    from theory.claims import Claim, Ledger
    from theory.claims.verdict import Verdict

__all__ = ["print_ledger", "run_verify", "save", "verify"]

Profile = Literal["quick", "full"]

_COLOURS = {
    "proved": "green",
    "certified": "green",
    "supported": "cyan",
    "conditional": "yellow",
    "refuted": "red",
    "open": "magenta",
    "error": "bold red",
}


def verify(
    claim: Annotated[
        list[str] | None, typer.Option("--claim", help="Check only this claim; may be repeated.")
    ] = None,
    profile: Annotated[Profile, typer.Option(help="How much evidence to gather.")] = "quick",
    claims: Annotated[
        Path | None, typer.Option("--claims", help="A Python file with claims of your own.")
    ] = None,
    simulations: Annotated[
        Path | None,
        typer.Option("--simulations", help="Run folder whose simulations count as evidence too."),
    ] = None,
    certificates: Annotated[
        Path | None,
        typer.Option(
            help="File of certificates, which full writes and quick re-checks by sample "
            "(default: the one that comes with gaplab, which only quick uses).",
        ),
    ] = None,
    seed: Seed = 0,
    jobs: Jobs = 1,
    out: Out = None,
) -> None:
    """Check the claims of the theory by machine; exit 1 if a verdict is not the expected one."""
    from gaplab.records import RunFolder, load_certificates, save_certificates
    from theory.claims import load_claims

    own = None if claims is None else load_claims(claims)
    simulated = None if simulations is None else _tables(simulations)
    config = {"claims": claim, "file": claims, "profile": profile, "seed": seed}
    config["simulations"] = simulations
    stored = load_certificates(certificates) if profile == "quick" else None
    with stage("verify") as progress:
        ledger = run_verify(claim, profile, seed, jobs, progress, own, simulated, stored)
    print_ledger(ledger)
    if certificates is not None and profile == "full":
        save_certificates(ledger.certificates, certificates)
    if out is not None:
        with RunFolder.create(out, "verify", config) as run:
            save(ledger, run.path)
        console.print(f"ledger: {out / 'ledger.json'}, {out / 'ledger.md'}")
    raise typer.Exit(ledger.exit_code)


def run_verify(
    ids: list[str] | None,
    profile: Profile,
    seed: int,
    jobs: int,
    progress: ProgressCallback,
    claims: list[type[Claim]] | None = None,
    simulations: dict[str, list[dict[str, Any]]] | None = None,
    certificates: dict[str, Any] | None = None,
) -> Ledger:
    """Gather the evidence and derive the verdicts; certificates are by default gaplab's own."""
    from gaplab.records import load_certificates

    # Hypothesis keeps notes on disk, by default in the folder where one happens to be.
    user = os.getuid() if hasattr(os, "getuid") else ""
    notes = Path(tempfile.gettempdir(), f"gaplab-hypothesis-{user}")
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(notes))
    from theory.claims import verify as gather

    return gather(
        ids,
        profile=profile,
        seed=seed,
        jobs=jobs,
        progress=progress,
        claims=claims,
        simulations=simulations,
        certificates=load_certificates() if certificates is None else certificates,
    )


def _tables(run: Path) -> dict[str, list[dict[str, Any]]]:
    """Measured-against-predicted rows of a run, by experiment."""
    from figures.results import load_predictions
    from gaplab.records import RecordError, RunFolder

    RunFolder.open(run)
    if tables := load_predictions(run):
        return tables
    raise RecordError(f"--simulations {run} holds no simulation; name a run of gaplab simulate.")


def save(ledger: Ledger, folder: Path) -> None:
    """Write ``ledger.json`` and ``ledger.md``, and under ``full`` the certificates."""
    from gaplab.records import save_certificates, save_ledger

    save_ledger(ledger.to_dict(), ledger.to_markdown(), folder)
    if ledger.profile == "full":
        save_certificates(ledger.certificates, folder / "certificates.json")


def print_ledger(ledger: Ledger) -> None:
    """Print one row a claim, then the counterexamples as numbers one can paste."""
    table(
        "Ledger",
        ("claim", "verdict", "expected", "evidence that counts", "controls refuted"),
        [
            (
                verdict.id,
                f"[{_COLOURS[verdict.status]}]{verdict.status}[/]",
                verdict.expected or "–",
                ", ".join(e.kind for e in verdict.evidence if e.counts) or "–",
                _controls(verdict),
            )
            for verdict in ledger
        ],
    )
    if ledger.stale:
        console.print(
            f"stored certificates of another version of claim or engine, not used: "
            f"{', '.join(ledger.stale)}",
            markup=False,
            soft_wrap=True,
        )
    for verdict in ledger:
        if verdict.message:
            complain(verdict.message)
        elif verdict.counterexample is not None and verdict.margin is not None:
            point = ", ".join(f"{name}={value}" for name, value in verdict.counterexample.items())
            console.print(
                f"{_of(verdict)} fails by {-verdict.margin:.6g} at {point}",
                markup=False,
                soft_wrap=True,
            )


def _of(verdict: Verdict) -> str:
    """What the counterexample refutes: the claim, or the claim without its hypothesis."""
    return verdict.id if verdict.given is None else f"{verdict.id} without {verdict.given}"


def _controls(verdict: Verdict) -> str:
    """How many false siblings the evidence that counts refuted, of how many."""
    outcomes: dict[str, bool] = {}
    for evidence in verdict.evidence:
        for control in evidence.controls:
            outcomes[control.id] = outcomes.get(control.id, False) or control.refuted
    return f"{sum(outcomes.values())} of {len(outcomes)}" if outcomes else "none given"
