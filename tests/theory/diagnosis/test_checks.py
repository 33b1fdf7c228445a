"""Everything that cannot be diagnosed is refused in one sentence that says what to do."""

import numpy as np
import pytest

from theory.diagnosis.checks import check_embeddings
from theory.diagnosis.duplicates import repeated_groups, repeated_rows
from theory.errors import InputError
from theory.sphere import normalize


@pytest.fixture
def rows(rng):
    return normalize(rng.standard_normal((20, 4)))


BAD = {
    "long": (lambda x: 3 * x, {}, "lengths from 3 to 3, not 1; pass normalize"),
    "fewer rows": (lambda x: x[:7], {}, "20 rows but Y has 7"),
    "another dimension": (lambda x: x[:, :3], {}, "4 columns but Y has 3"),
    "nan": (lambda x: np.where(np.arange(20)[:, None] == 3, np.nan, x), {}, "row 3 of Y is not"),
    "zero": (lambda x: np.where(np.arange(20)[:, None] == 4, 0, x), {}, "row 4 of Y is zero"),
    "equal": (lambda x: np.tile(x[0], (20, 1)), {}, "all rows of Y are equal: the encoder"),
    "one class": (lambda x: x, {"labels": ["cat"] * 20}, "single class for 20 rows"),
    "labels": (lambda x: x, {"labels": [1, 2]}, r"labels has shape \(2,\)"),
    "captions": (lambda x: x, {"captions": ["a"] * 3}, r"captions has shape \(3,\)"),
    "integers": (lambda x: np.ones((20, 4), dtype=int), {}, "Y must hold floating-point"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_says_what_to_do(rows, case):
    change, options, message = BAD[case]
    with pytest.raises(InputError, match=message):
        check_embeddings(rows, change(rows), **options)


def test_fewer_rows_than_dimensions_are_accepted_only_when_told(rng):
    rows = normalize(rng.standard_normal((3, 5)))
    with pytest.raises(InputError, match=r"3 rows in 5 dimensions .* at least 5 rows"):
        check_embeddings(rows, -rows)
    assert check_embeddings(rows, -rows, few_rows=True).names == ["X", "Y"]


def test_one_view_is_not_two(rows):
    with pytest.raises(InputError, match="1 view given"):
        check_embeddings(rows)


def test_half_precision_passes_as_unit(rows):
    assert check_embeddings(rows, rows.astype(np.float16).astype(np.float32))


def test_any_length_is_accepted_when_told(rows):
    found = check_embeddings(rows, 3 * rows, normalize=True, labels=list("ab") * 10)
    assert found.labels.tolist() == [0, 1] * 10
    part = found.sample(np.array([1, 3, 5]), seed=0)
    assert part.labels.tolist() == [0, 0, 0]
    np.testing.assert_allclose(part.views[1].rows, rows[[1, 3, 5]], rtol=1e-15)


def test_repeats_are_counted(rows):
    repeats = repeated_groups(np.array([0, 0, 0, 1, 2]))
    assert (repeats.share, repeats.distinct, repeats.largest) == (0.6, 3, 3)
    assert repeats.floor == pytest.approx(0.6 * np.log(3))
    one, two = repeated_rows([rows, np.vstack([rows[:18], rows[:2]])])
    assert (one.share, one.floor) == (0.0, 0.0)
    assert two.share == pytest.approx(0.2)
    assert two.largest == 2
