import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifierCV

from theory.metrics.ridge import PENALTIES, RidgeClassifier

# A penalty of 1e-6 amplifies the rounding of the rows' products, 1e-15, by up to 1e6.
PENALISED = 1e-8


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize(("n", "d"), [(60, 7), (40, 40), (41, 40), (25, 70)])
@pytest.mark.parametrize("noise", [0.05, 1.0, 20.0])
def test_agrees_with_scikit_learn(n, d, classes, noise, rng):
    labels = np.arange(n) % classes
    rows = np.eye(d)[labels] + noise * rng.standard_normal((n, d)) + 3 * np.eye(d)[5]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    unseen = rng.standard_normal((30, d))
    model = RidgeClassifier(rows, labels)
    oracle = RidgeClassifierCV(alphas=PENALTIES).fit(rows, labels)
    assert model.penalty == pytest.approx(oracle.alpha_)
    margins = oracle.decision_function(unseen).reshape(30, -1)
    found = model.decide(unseen)[:, -margins.shape[1] :]
    assert found == pytest.approx(margins, rel=PENALISED, abs=PENALISED)
    assert (model.predict(unseen) == oracle.predict(unseen)).all()


@pytest.mark.parametrize(("n", "d"), [(12, 4), (9, 15)])
def test_the_penalty_is_the_best_when_every_row_is_left_out(n, d, rng):
    labels = np.arange(n) % 3
    rows = np.eye(d)[labels] + 0.7 * rng.standard_normal((n, d))
    targets = np.where(labels[:, None] == np.arange(3), 1.0, -1.0)
    errors = []
    for penalty in PENALTIES:
        missed = []
        for i in range(n):
            others = np.arange(n) != i
            center, level = rows[others].mean(axis=0), targets[others].mean(axis=0)
            x, y = rows[others] - center, targets[others] - level
            weights = np.linalg.solve(x.T @ x + penalty * np.eye(d), x.T @ y)
            missed.append(targets[i] - level - (rows[i] - center) @ weights)
        errors.append(np.mean(np.square(missed)))
    assert RidgeClassifier(rows, labels).penalty == PENALTIES[np.argmin(errors)]


@pytest.mark.parametrize("d", [2, 20])
def test_equal_rows_leave_the_margins_at_the_share_of_the_class(d):
    rows, labels = np.ones((8, d)), np.array([4, 4, 4, 4, 4, 4, 9, 9])
    model = RidgeClassifier(rows, labels)
    assert model.decide(rows[:1])[0] == pytest.approx([0.5, -0.5])
    assert model.predict(rows[:2]).tolist() == [4, 4]
