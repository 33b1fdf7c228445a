"""The whole diagnosis: numbers, findings, any number of views, any number of threads."""

import json

import numpy as np
import pytest

from gaplab.records.files import plain
from theory.diagnosis import diagnose
from theory.metrics import evaluate
from theory.sphere import normalize

FAST = 4  # subsamples


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch):
    monkeypatch.setattr("theory.diagnosis.diagnosing.DRAWS", FAST)
    monkeypatch.setattr("theory.diagnosis.diagnosing.RESAMPLES", 60)


def texts(found):
    return " ".join(f"{told.kind}: {told.text}" for told in found.findings)


@pytest.mark.parametrize("views", [2, 3])
def test_every_metric_has_an_interval_and_its_method(cloud, rng, views):
    x, y, labels = cloud()
    given = [x, y, normalize(x + rng.standard_normal(x.shape))][:views]
    found = diagnose(*given, labels=labels)
    assert set(evaluate(*given, labels=labels)) <= set(found.estimates)
    for key, estimate in found.estimates.items():
        assert estimate.low <= estimate.value <= estimate.high, key
        assert estimate.method, key
    assert len(found.pairs) == views * (views - 1) / 2
    assert json.loads(json.dumps(plain(found.to_dict())))["n"] == 240
    # On all rows, the streamed numbers are those of the metrics.
    for key, value in found.whole.items():
        assert value == pytest.approx(evaluate(*given, names=[key])[key], rel=1e-6), key


def test_threads_and_order_of_draws_change_nothing(cloud):
    x, y, labels = cloud(n=90)
    told = []
    one = diagnose(x, y, labels=labels, seed=3, progress=lambda *args: told.append(args))
    two = diagnose(x, y, labels=labels, seed=3, jobs=2)
    assert one.estimates == two.estimates
    assert one.findings == two.findings
    assert told[-1][0] == told[-1][1] == FAST
    assert diagnose(x, y, seed=4).estimates["r1_xy"] != one.estimates["r1_xy"]


def test_well_ranked_but_far_apart(rng):
    rows = normalize(rng.standard_normal((300, 6)))  # of one length: the shift is one for all
    apart = 2 * np.eye(8)[6:]
    x, y = (normalize(np.pad(rows, ((0, 0), (0, 2))) + shift) for shift in apart)
    told = texts(diagnose(x, y))
    assert "well ranked but far apart: expect clustering" in told
    assert "advice: The gap between X and Y is a constant shift" in told
    assert "warning" not in told


def test_shuffled_pairs_are_at_chance_and_the_loss_is_stuck(cloud, rng):
    x, y, _ = cloud(noise=0.1)
    found = diagnose(x, y[rng.permutation(len(y))], temperature=5.0)
    assert "warning: Retrieval between X and Y is at chance: either row i" in texts(found)
    assert "warning: The contrastive loss is stuck" in texts(found)


def test_repeated_captions_are_named_and_count_as_right(cloud):
    x, y, _ = cloud(n=120)
    captions = [f"caption {k // 2}" for k in range(120)]
    found = diagnose(x, y, captions=captions)
    assert "warning: 100% of the items share their caption" in texts(found)
    assert found.captions.floor == pytest.approx(np.log(2))
    assert found.estimates["r1_xy"].value >= diagnose(x, y).estimates["r1_xy"].value


def test_repeated_rows_ask_for_captions(cloud):
    x, y, _ = cloud(n=60)
    y[30:] = y[:30]
    assert "warning: 100.0% of the rows of Y equal another row" in texts(diagnose(x, y))


def test_cones_and_uneven_ranks_are_explained(rng):
    thin = normalize(np.eye(8)[0] + 0.05 * rng.standard_normal((200, 8)) * (np.arange(8) < 3))
    broad = normalize(rng.standard_normal((200, 8)))
    told = texts(diagnose(thin, broad, names=["image", "text"]))
    assert "image lies in a narrow cone" in told
    assert "text uses more directions than image" in told


def test_no_shared_direction_is_a_finding(rng):
    x = np.pad(normalize(rng.standard_normal((200, 3))), ((0, 0), (0, 3)))
    y = np.pad(normalize(rng.standard_normal((200, 3))), ((0, 0), (3, 0)))
    found = diagnose(x, y)
    assert found.pairs[0].prediction.achievable_angle == pytest.approx(np.pi / 2)
    assert "X and Y share no direction" in texts(found)


def test_a_memory_map_is_read_as_it_is(cloud, tmp_path):
    x, y, _ = cloud(n=60)
    np.save(tmp_path / "x.npy", x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    assert diagnose(mapped, y).estimates == diagnose(x, y).estimates
