"""The table of repairs: fitted on one part of the split, judged on the other."""

import numpy as np
import pytest

from gaplab.records import Embeddings, RecordError
from realdata import METHODS, judge, repair_table, repaired
from theory.sphere import normalize


def cones(rng: np.random.Generator, n: int, part: str, dims: int = 12) -> Embeddings:
    """Two cones about different axes that hold the same content."""
    content = rng.standard_normal((n, dims))
    axes = 3.0 * np.eye(dims)[:2]
    views = [content + axis + 0.1 * rng.standard_normal((n, dims)) for axis in axes]
    x, y = (view / np.linalg.norm(view, axis=1, keepdims=True) for view in views)
    labels = (content[:, 2] > 0).astype(int)
    captions = [f"caption {i}" for i in range(n)]
    return Embeddings({"image": x, "text": y}, labels, captions, {"split": part})


@pytest.fixture
def parts(rng: np.random.Generator) -> tuple[Embeddings, Embeddings]:
    return cones(rng, 200, "train"), cones(rng, 80, "test")


def test_every_method_has_a_row_and_embeddings(parts: tuple[Embeddings, Embeddings]) -> None:
    rows, after = repair_table(*parts, loss="infonce", seed=4)
    assert [row["method"] for row in rows] == list(METHODS) == list(after)
    for row in rows:
        assert (row["loss"], row["seed"]) == ("infonce", 4)
        assert (row["fit_on"], row["judged_on"]) == ("train", "test")
        assert (row["n_fit"], row["n_judged"]) == (200, 80)
        found = judge(after[row["method"]])
        assert row["centroid_gap"] == pytest.approx(found["centroid_gap"], rel=1e-12)
        assert after[row["method"]].captions == parts[1].captions
        assert after[row["method"]].made["repair"] == row["method"]


def test_none_changes_nothing_and_repairs_close_the_gap(
    parts: tuple[Embeddings, Embeddings],
) -> None:
    rows, after = repair_table(*parts, loss="infonce", seed=0)
    for name, view in parts[1].views.items():
        np.testing.assert_array_equal(after["none"].views[name], view)
    gap = {row["method"]: row["centroid_gap"] for row in rows}
    for method in ("translation", "procrustes"):
        assert gap[method] < 0.5 * gap["none"]


def test_the_fit_does_not_see_the_test_pairs(
    rng: np.random.Generator, parts: tuple[Embeddings, Embeddings]
) -> None:
    train, test = parts
    half = Embeddings({name: view[:40] for name, view in test.views.items()})
    for method in METHODS:
        whole, part = repaired(train, test, method), repaired(train, half, method)
        for name, view in part.views.items():
            np.testing.assert_allclose(view, whole.views[name][:40], atol=1e-12)


def test_a_repair_that_cannot_be_fitted_has_a_note_and_no_metrics() -> None:
    disjoint = [np.zeros((30, 8)), np.zeros((30, 8))]
    rng = np.random.default_rng(0)
    disjoint[0][:, :4], disjoint[1][:, 4:] = normalize(rng.standard_normal((2, 30, 4)))
    pairs = Embeddings({"image": disjoint[0], "text": disjoint[1]}, made={"split": "train"})
    rows, after = repair_table(pairs, pairs, ["none", "shared_projection"], loss="infonce", seed=0)
    assert list(after) == ["none"]
    assert rows[1]["note"].startswith("not fitted: the views share no direction")
    assert "centroid_gap" not in rows[1]


def test_parts_of_different_runs_are_refused(parts: tuple[Embeddings, Embeddings]) -> None:
    other = Embeddings({"image": np.eye(3), "audio": np.eye(3)})
    with pytest.raises(RecordError, match="views image, text and test has image, audio"):
        repaired(parts[0], other, "none")
