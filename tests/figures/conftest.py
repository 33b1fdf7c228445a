"""A small synthetic run folder, written with the records that the commands write."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from figures import draw
from gaplab.records import Embeddings, Recorder, concat_runs, save_trajectory, write_json
from theory.diagnosis import diagnose
from theory.landscape import center_pair_landscape
from theory.sphere import normalize

SEEDS = 3
LOSSES = ("infonce", "gap_closing")
METHODS = ("none", "translation", "procrustes", "rotation", "shared_projection")
STEPS = (0, 1, 3, 10, 30, 100, 300)


@pytest.fixture(scope="session")
def full_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `gaplab reproduce` leaves, with invented numbers. Read only."""
    run = tmp_path_factory.mktemp("runs") / "reproduce"
    write_all(run)
    return run


@pytest.fixture(scope="session")
def drawn(full_run: Path):
    """``drawn(name)``: a figure of the full run, drawn once a session. Read only."""
    return lru_cache(lambda name: draw(name, full_run))


def write_all(run: Path) -> None:
    """Write every part of a reproduction into `run`."""
    rng = np.random.default_rng(7)
    write_manifest(run, "reproduce", {"profile": "quick", "seed": 0})
    write_json(center_pair_landscape(), run / "landscape.json")
    for loss in LOSSES:
        write_training(run / "training" / loss, loss, rng)
    write_ledger(run)
    for experiment in ("free", "cone"):
        write_simulation(run / "simulations" / experiment, experiment, rng)
    write_sweeps(run / "simulations")
    write_repairs(run / "repairs", rng)
    write_tables(run / "tables")
    write_comparison(run / "comparison", rng)
    write_diagnosis(run / "diagnosis")


def write_manifest(run: Path, kind: str, config: dict) -> None:
    write_json(
        {
            "kind": kind,
            "status": "done",
            "created": "2026-01-21T12:00:00+00:00",
            "command": f"gaplab {kind} --seed 0",
            "config": config,
            "versions": {"python": "3.11.0", "gaplab": "0.1.0", "numpy": "2.0.0"},
            "machine": {"system": "Linux", "architecture": "x86_64", "cores": 2},
            "seconds": {"verify": 12.5, "train": 80.25},
        },
        run / "manifest.json",
    )


def paired_clouds(rng: np.random.Generator, n: int, d: int, gap: float) -> list[np.ndarray]:
    """Unit rows of two views whose means lie roughly `gap` apart."""
    shared = rng.normal(size=(n, d)) * np.linspace(1.0, 0.1, d)
    offset = np.zeros(d)
    offset[-1] = gap
    views = [shared + sign * offset + 0.2 * rng.normal(size=(n, d)) for sign in (1, -1)]
    return [view / np.linalg.norm(view, axis=1, keepdims=True) for view in views]


def training_trajectory(loss: str, rng: np.random.Generator):
    """A trajectory of SEEDS seeds whose gap falls with the step."""
    rate = {"infonce": 0.004, "gap_closing": 0.02}[loss]
    runs = []
    for seed in range(SEEDS):
        recorder = Recorder(
            f"seed {seed}",
            source="training",
            config={"dataset": "digits", "loss": loss, "batch_size": 256, "embed_dim": 16},
        )
        level = 1 + 0.05 * rng.normal()
        for step in STEPS:
            done = 1 - np.exp(-rate * step)
            spectrum = np.exp(-np.arange(16) / (3 + 8 * done)) * level
            values = {
                "centroid_gap": 0.2 + 0.9 * level * (1 - done),
                "true_pair_cosine": 0.1 + 0.6 * done * level,
                "logit_scale": 14.3 * (1 + done),
                "time": step,
                "loss": 5.5 - 3 * done,
                "spectrum_x": spectrum / spectrum.sum(),
                "spectrum_y": spectrum**1.2 / (spectrum**1.2).sum(),
                "principal_angles": np.linspace(0.1 + 0.5 * (1 - done), 1.4, 4 + 2 * (step > 10)),
            }
            if step >= 10:
                values["v_measure"] = 0.3 + 0.4 * done * level
            recorder.log(step, values)
        runs.append(recorder.dataset())
    return concat_runs(runs)


def write_training(folder: Path, loss: str, rng: np.random.Generator) -> None:
    config = {"dataset": "digits", "loss": loss, "seeds": SEEDS}
    write_manifest(folder, "train", config)
    save_trajectory(training_trajectory(loss, rng), folder / "trajectory.nc")
    closed = loss == "gap_closing"
    rows = [
        {
            "seed": seed,
            "seconds": 12.0 + seed,
            "centroid_gap": (0.1 if closed else 0.6) + 0.02 * rng.normal(),
            "true_pair_cosine": (0.8 if closed else 0.5) + 0.02 * rng.normal(),
            "v_measure": (0.75 if closed else 0.7) + 0.05 * rng.normal(),
            "r1_xy": 0.62 + 0.01 * rng.normal(),
            "r1_yx": 0.60 + 0.01 * rng.normal(),
        }
        for seed in range(SEEDS)
    ]
    write_json(
        {
            "dataset": "digits",
            "loss": loss,
            "model": "digits-small",
            "split": "test",
            "n_test": 360,
            "seeds": rows,
            "chance": {"r1_xy": 0.01, "r1_yx": 0.01},
            "floor": 0.42,
        },
        folder / "evaluation.json",
    )
    views = paired_clouds(rng, 120, 16, 0.3 if closed else 1.2)
    labels = np.arange(120) % 10
    Embeddings(
        {"image": views[0], "text": views[1]}, labels, [f"a {k}" for k in labels], {"loss": loss}
    ).save(folder / "embeddings" / "seed-0-test.safetensors")


def verdict(name: str, status: str, **more) -> dict:
    """A verdict as the ledger keeps it."""
    controls = [
        {"id": f"{name}.a", "statement": r"w^\star = 0.98", "near": "off by 2 %", "refuted": True},
        {"id": f"{name}.b", "statement": r"J' < 0", "near": "", "refuted": status != "open"},
    ]
    evidence = [
        {
            "kind": kind,
            "accepted": status not in ("refuted", "open"),
            "outcome": "violated" if status == "refuted" else "holds",
            "counts": {"examples": 100},
            "worst": 0.25,
            "at": None,
            "share": None,
            "note": "",
            "controls": controls,
        }
        for kind in ("property", "search")
    ]
    return {
        "id": name,
        "status": status,
        "expected": status,
        "statement": r"\tilde J(w, t; \kappa) \ge \frac{1}{2}\log f_{\nu}(\beta) < \infty",
        "source": ["Yi2025", "Theorem 2"],
        "hypotheses": ["h at least 3"],
        "beyond": "",
        "domain": "Domain(h=(3, 8))",
        "strength": status,
        "evidence": evidence,
        "counterexample": None,
        "counterexample_of": None,
        "margin": None,
        "given": None,
        "message": "",
    } | more


def write_ledger(run: Path) -> None:
    point = {"h": 4, "kappa": 5.0, "tau": 0.5, "c_x": [1.0, 0.0, 0.0, 0.0]}
    verdicts = [
        verdict("Y.T2", "supported"),
        verdict("Y.T3", "refuted", counterexample=point, counterexample_of="Y.T3", margin=-0.154),
        verdict("Y.T3|A6", "conditional", given="centres orthogonal to C", counterexample=point),
        verdict("X.1", "open", expected="proved"),
    ]
    write_json(
        {"profile": "quick", "seed": 0, "verdicts": verdicts, "timings": {"Y.T2": 1.5}},
        run / "ledger.json",
    )


def write_simulation(folder: Path, experiment: str, rng: np.random.Generator) -> None:
    write_manifest(folder, "simulate", {"experiment": experiment})
    runs, rows = [], []
    for setting, rate in (("h=3, τ=0.5, N=64", 2.0), ("h=8, τ=0.5, N=64", 0.5)):
        for seed in range(SEEDS):
            recorder = Recorder(f"{setting}, seed {seed}", source="simulation", config={"h": 3})
            factor = 1 + 0.05 * rng.normal()
            for step in range(0, 101, 10):
                gap = 1.5 * np.exp(-rate * factor * 0.05 * step)
                recorder.log(step, {"time": 0.05 * step, "centroid_gap": gap, "gap_angle": gap})
            run = recorder.dataset().assign_coords(setting=("run", [setting]), seed=("run", [seed]))
            runs.append(run)
        angle = experiment == "cone"
        rows.append(
            {
                "quantity": "gap after a long time" if angle else "decay rate of the centre gap",
                "setting": setting,
                "predicted": 0.0 if angle else rate,
                "measured": 0.01 if angle else rate * 1.02,
                "low": -0.01 if angle else rate * 1.01,
                "high": 0.03 if angle else rate * 1.03,
                "n_seeds": SEEDS,
                "unit": "°" if angle else "1/time",
                "source": "N.5" if angle else "N.2",
            }
        )
    if experiment == "cone":
        rows += kappa_rows()
    save_trajectory(concat_runs(runs), folder / "trajectory.nc")
    write_json(rows, folder / "table.json")


def row(quantity: str, setting: str, predicted: float, unit: str = "") -> dict:
    """A row whose measurement is 1 % off, within 1 %."""
    return {
        "quantity": quantity,
        "setting": setting,
        "predicted": predicted,
        "measured": 1.01 * predicted,
        "low": predicted,
        "high": 1.02 * predicted,
        "n_seeds": SEEDS,
        "unit": unit,
        "source": "Y.T2",
    }


def kappa_rows() -> list[dict]:
    """Rows over κ, as the cone experiment leaves them."""
    quantities = (
        ("angle between the best centres", "°", 0.0),
        ("lowest centre-pair loss", "nats", -1.0),
        ("share of random starts whose gap closes", "", 0.9),
    )
    return [
        row(quantity, f"centre pairs, h=4, τ=0.5, κ={kappa}", predicted / kappa, unit)
        for kappa in (20, 1, 5)
        for quantity, unit, predicted in quantities
    ]


def write_sweeps(folder: Path) -> None:
    """Tables of the sweeping experiments, worded as they word them."""
    loss, rate = "loss − 2 log N at the end", "decay rate of the centre gap"
    tables = {
        "finite_n": [
            row(loss, f"h=8, τ=0.5, N={n}", found, "nats")
            for n, found in ((2, -1.35), (9, -3.17), (64, -3.4), (512, -3.48))
        ],
        "temperature_sweep": [
            row(quantity, f"h=3, N=512, τ={tau:g}", value * tau**-1.2, unit)
            for tau in (0.2, 0.5, 1.0)
            for quantity, value, unit in ((rate, 2.3, "1/time"), (loss, -1.4, "nats"))
        ],
        "cone_lifetime": [
            row("time to halve the angle", f"h=4, κ={kappa}, τ=0.5, from {start}°", kappa * start)
            for kappa in (100, 1000)
            for start in (40, 110)
        ],
        "decay_modes": [
            row("decay rate of the mode", f"h=3, τ=0.5, N={n}, l={degree}, {moves}", 4.0 / degree)
            for n in (256, 1024)
            for degree in (1, 2)
            for moves in ("apart", "together")
        ],
        "transition": [
            *(
                row(f"transition temperature, by {way}", f"h=6, φ={phi}°, N={n}", tau * n / 512)
                for phi, tau in ((45, 0.8033), (60, 0.4087))
                for way, n in (("curvature", 128), ("curvature", 512), ("simulation", 512))
            ),
            *(
                row("growth rate of the specific energy", f"h=6, φ=60°, τ={share} τ*, N={n}", rate)
                for n, share, rate in ((512, 1.15, -0.4), (512, 0.85, 0.6), (128, 1.0, 0.3))
            ),
            row("growth rate of the specific energy, direction at 40°", "h=8, φ=40°, 60°", 0.1),
        ],
        "offset": [
            row(quantity, f"h=16, N=400, gap {gap:g}, {where}", 0.9 - 0.1 * gap)
            for gap in (0.0, 1.5)
            for where in ("orthogonal", "inside")
            for quantity in ("R@1", "V-measure")
        ],
        "residual": [
            row("R@1", f"s=8, N=512, gap {gap:g}, residual {residual:g}", 1 - residual)
            for gap in (0.0, 1.2)
            for residual in (0.2, 0.8)
        ],
    }
    for name, rows in tables.items():
        write_json(rows, folder / name / "table.json")


def write_tables(folder: Path) -> None:
    """Two benchmark tables with five seeds a method, and that of pretrained models."""
    for k, (name, title) in enumerate((("av_mnist", "AV-MNIST"), ("digits", "digits"))):
        write_manifest(folder / name, "table", {"table": name, "seeds": [0, 1, 2, 3, 4]})
        write_json(
            benchmark_table(f"{title}, 2 modalities", 0.05 * k), folder / name / "table.json"
        )
        (folder / name / "table.md").write_text(f"# {title}, 2 modalities\n\nAll rows.\n")
    row = {"model": "ViT-B-32", "dataset": "cifar10", "status": "not run", "reason": "no weights."}
    published = {"angle": (74.69, 5.37), "top1": (89.0, 86.43)}
    write_json([{**row, "published": published}], folder / "pretrained" / "table.json")


def benchmark_table(title: str, shift: float) -> dict:
    """What `gaplab train --table` writes, with invented numbers."""

    def cell(mean: float, change: float | None = None) -> dict:
        found = {"mean": mean, "low": mean - 0.02, "high": mean + 0.02}
        if change is not None:
            low, high = change - 0.05, change + 0.05
            found["difference"] = {"mean": change, "low": low, "high": high, "n": 5}
            found["decision"] = "better" if low > 0 or high < 0 else "undecided"
        return found

    changes = {"centroid_gap": -0.2, "r1_xy": -0.01, "r1_yx": 0.02, "v_measure": 0.0, "knn": 0.01}
    rows = [
        {"method": "clip", "title": "CLIP (learned τ)", "metrics": {m: cell(0.3) for m in changes}},
        *(
            {
                "method": method,
                "title": f"gap-closing, {method}",
                "metrics": {m: cell(0.3 + c, c + shift) for m, c in changes.items()},
            }
            for method in ("paper", "code")
        ),
        {"method": "untold", "title": "never judged", "metrics": {}},
        {
            "method": "once",
            "title": "one seed",
            "metrics": {
                "knn": {
                    **cell(0.3),
                    "low": None,
                    "high": None,
                    "difference": {"mean": 0.1, "low": None, "high": None, "n": 1},
                    "decision": "undecided",
                }
            },
        },
        {"method": "cca", "title": "CLIP + cca", "metrics": {"knn": cell(0.3, 0.0)}},
    ]
    return {
        "title": title,
        "model": "tiny-32",
        "n_test": 1000,
        "runs": 16,
        "hours": 1.26,
        "chance": {"r1_xy": 0.1},
        "columns": [{"metric": m, "title": f"the {m}", "better": 1} for m in changes],
        "rows": [{"n_seeds": 5, **row} for row in rows],
        "trained": ["clip", "paper", "code", "untold", "once"],
        "preserved": -0.02,
        "findings": [
            {
                "title": "gap-closing",
                "answer": "yes",
                "text": "gap-closing, beside CLIP: gap smaller: holds (−0.200 [−0.250, −0.150]).",
            }
        ],
        "published": [{"method": "CLIP (learned τ)", "centroid_gap": 0.2}],
        "notes": ["five seeds are few"],
    }


def write_repairs(folder: Path, rng: np.random.Generator) -> None:
    rows = []
    labels = np.arange(120) % 10
    for k, method in enumerate(METHODS):
        views = paired_clouds(rng, 120, 16, 1.2 / (1 + 2 * k))
        captions = [f"a {label}" for label in labels]
        made = {"repair": method}
        Embeddings({"image": views[0], "text": views[1]}, labels, captions, made).save(
            folder / f"{method}.safetensors"
        )
        rows += [
            {
                "method": method,
                "loss": "infonce",
                "seed": seed,
                "note": "knobs from the data" if method == "rotation" else "",
                "centroid_gap": 0.6 / (1 + k) + 0.02 * rng.normal(),
                "gap_angle": 1.2 / (1 + k),
                "true_pair_cosine": 0.5 + 0.05 * k + 0.02 * rng.normal(),
                "r1_xy": 0.62 - 0.01 * k + 0.01 * rng.normal(),
                "r1_yx": 0.60,
                "v_measure": 0.7 + 0.01 * k + 0.02 * rng.normal(),
            }
            for seed in range(SEEDS)
        ]
    write_json(rows, folder / "table.json")


def write_comparison(folder: Path, rng: np.random.Generator) -> None:
    write_manifest(folder, "compare", {})
    matched = training_trajectory("infonce", rng)
    matched = matched.assign(time=matched["time"] / 20)
    save_trajectory(matched, folder / "matched" / "trajectory.nc")
    time = np.geomspace(1, 300, 20)
    rows = [
        {
            "reference": "runs/a/training",
            "other": other,
            "quantity": quantity,
            "time_scale": 20.0,
            "clock_fitted_here": quantity == "centroid_gap",
            "correlation": 0.97,
            "error": 0.08,
            "overlap": 0.9,
            "curve": {
                "time": time,
                "reference": np.exp(-time / 100),
                "other": np.exp(-time / 90) + 0.1 * k,
            },
        }
        for k, other in enumerate(("runs/a/simulation", "runs/b/simulation"))
        for quantity in ("centroid_gap", "true_pair_cosine", "gap_angle")
    ]
    write_json(rows, folder / "comparison.json")
    rates = [
        {
            "run": run,
            "measured": 0.01,
            "predicted": predicted,
            "source": "N.2" if predicted else "",
            "start": 70.0,
            "level": 0.5,
        }
        for run, predicted in (("runs/a/training", None), ("runs/a/simulation", 0.02))
    ]
    write_json(rates, folder / "rates.json")


@pytest.fixture
def partial_run(tmp_path: Path):
    """A maker of runs that hold one part only: ``partial_run("train")``."""

    def make(kind: str) -> Path:
        rng = np.random.default_rng(3)
        run = tmp_path / kind
        if kind == "train":
            write_training(run, "gap_closing", rng)
        elif kind == "simulate":
            write_simulation(run, "free", rng)
        elif kind == "verify":
            write_manifest(run, "verify", {"seed": 0})
            write_ledger(run)
        else:
            write_manifest(run, kind, {})
        return run

    return make


def write_diagnosis(folder: Path) -> None:
    """What `gaplab diagnose` leaves, of a measured cloud with a gap."""
    rng = np.random.default_rng(11)
    shared = rng.standard_normal((80, 6))
    views = {
        name: normalize(shared + 0.4 * rng.standard_normal(shared.shape) + 2 * np.eye(6)[k])
        for k, name in enumerate(("image", "text"))
    }
    labels = np.arange(80) % 4
    found = diagnose(*views.values(), labels=labels, names=list(views))
    write_json(found.to_dict(), folder / "diagnosis.json")
    Embeddings(views).save(folder / "sample.safetensors")
