"""Deviations from the limits of infinitely many pairs, as the README tells them."""

from pathlib import Path

import pytest

from figures.finite_size import finite_size
from figures.readme import update
from gaplab.records import RecordError, write_json

MADE = {"kind": "simulate", "command": "gaplab simulate finite_n --size full --out runs/finite"}


def row(n: int, measured: float, **other: object) -> dict[str, object]:
    return {
        "quantity": "decay rate", "setting": f"h=8, τ=0.5, N={n}", "predicted": 4.0,
        "measured": measured, "low": measured - 0.02, "high": measured + 0.02, "n_seeds": 3,
        "unit": "1/time", "source": "N.2 (N → ∞)", **other,
    }  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "finite"
    rows = [
        row(64, 3.0),  # too few to be shown
        row(256, 3.9),
        row(1024, 4.004, low=float("nan"), high=float("nan")),
        row(1024, 3.96, setting="N=1024, h=3, τ=0.5"),
        row(1024, 5.0, source="LS.1 (simplex)"),
        row(1024, 0.1, quantity="gap", predicted=0.0),
        row(1024, 2.0, quantity="at one N only"),
    ]
    write_json(MADE, folder / "manifest.json")
    write_json(rows, folder / "table.json")
    return folder


def test_a_quantity_is_a_table_and_n_its_columns(run: Path) -> None:
    told = finite_size(run)
    assert told.splitlines() == [
        "**Decay rate**, deviation from its limit in % over N (3 seeds; ± half the 95 % interval)",
        "",
        "| | limit | 256 | 1024 |",
        "|---|---|---|---|",
        "| h=8, τ=0.5 | 4 | −2.50 ± 0.50 | +0.10 |",
        "| h=3, τ=0.5 | 4 | – | −1.00 ± 0.50 |",
    ]


def test_a_single_seed_has_no_interval(run: Path) -> None:
    alone = {"n_seeds": 1, "low": None, "high": None}
    write_json([row(256, 3.9, **alone), row(1024, 3.96, **alone)], run / "table.json")
    first, *_, last = finite_size(run).splitlines()
    assert first.endswith("over N (one seed)")
    assert last == "| h=8, τ=0.5 | 4 | −2.50 | −1.00 |"


def test_it_stands_in_the_readme_under_its_command(run: Path, tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("<!-- finite size: begin -->\nstale\n<!-- finite size: end -->\n")
    update([run], readme, tmp_path / "docs" / "gallery")
    text = readme.read_text()
    assert "From `gaplab simulate finite_n --size full`.\n\n**Decay rate**" in text
    assert "stale" not in text


def test_a_run_without_limits_is_refused(run: Path) -> None:
    write_json([row(256, 3.9)], run / "table.json")
    with pytest.raises(RecordError, match="no quantity with a limit at several N"):
        finite_size(run)
    (run / "table.json").unlink()
    with pytest.raises(RecordError, match="finite_n or transition"):
        finite_size(run)
