"""Repairs among scikit-learn's tools: its own checks, pipelines, and a search over options."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from theory import repairs
from theory.errors import InputError
from theory.repairs import Centering, Rotation, SharedProjection, SideBySide, Translation
from theory.sphere import normalize, random_rotation

# One row has no variance; it is refused in words of our own, and scikit-learn wants "1 sample".
NEED_VARIANCE = {"cca", "realign", "shared_projection", "whitening"}


class TwiceTheSame(SideBySide):
    """Both views are X and a column of ones.

    scikit-learn's checks choose odd numbers of columns, and rows of zeros.
    """

    def _views(self, rows):
        return [np.c_[rows, np.ones(len(rows), dtype=rows.dtype)]] * 2


@pytest.mark.parametrize("name", repairs.names())
def test_scikit_learns_own_checks(name):
    # Rows of the checks are of any length. What takes a repair alone is not what they call: its
    # second view is no target. So they see every repair through the transformer of one array.
    estimator = TwiceTheSame(repairs.create(name, normalize=False))
    refused = {"check_fit2d_1sample": "no variance"} if name in NEED_VARIANCE else {}
    results = check_estimator(estimator, expected_failed_checks=refused, on_skip=None)
    done = {result["check_name"]: result["status"] for result in results}
    assert sum(status == "passed" for status in done.values()) > 40
    assert {check for check, status in done.items() if status == "xfail"} == set(refused)


@pytest.fixture
def pairs(rng):
    """Two views of 400 items of two classes; the class is the sign of a shared direction."""
    common, own = rng.standard_normal((400, 4)), rng.standard_normal((2, 400, 2))
    frames = random_rotation(10, rng)[:, :8]
    views = [
        normalize(np.c_[common, part] @ frames[:, columns].T + 0.1 * frames[:, 4 + 2 * m])
        for m, (part, columns) in enumerate(
            zip(own, ([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 6, 7]), strict=True)
        )
    ]
    return np.hstack(views), (common[:, 0] > 0).astype(int)


def test_it_is_the_repair(pairs):
    rows, _ = pairs
    x, y = np.split(rows, 2, axis=1)
    repair = Rotation()
    found = SideBySide(repair).fit_transform(rows)
    np.testing.assert_array_equal(found, np.hstack(Rotation().fit_transform(x, y)))
    assert not hasattr(repair, "x_map_")


def test_chains_and_classifiers(pairs):
    rows, labels = pairs
    chain = make_pipeline(SideBySide(Centering()), SideBySide(SharedProjection()))
    x, y = np.split(chain.fit_transform(rows), 2, axis=1)
    np.testing.assert_allclose(np.einsum("ij,ij->i", x, y), 1, atol=1e-2)
    classifier = make_pipeline(chain, LogisticRegression())
    assert classifier.fit(rows[:300], labels[:300]).score(rows[300:], labels[300:]) > 0.9


def test_options_are_searched(pairs):
    rows, labels = pairs
    pipeline = make_pipeline(SideBySide(Translation()), LogisticRegression())
    search = GridSearchCV(pipeline, {"sidebyside__repair__strength": [0.0, 0.5]}, cv=2)
    assert set(search.fit(rows, labels).best_params_) == {"sidebyside__repair__strength"}


def test_columns_must_split():
    with pytest.raises(InputError, match="X has 5 columns, not a multiple of n_views = 2"):
        SideBySide(Translation()).fit(np.eye(5))
    with pytest.raises(InputError, match="n_views is 1"):
        SideBySide(Translation(), n_views=1).fit(np.eye(4))
