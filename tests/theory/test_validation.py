"""The shared checks name the argument, the row and the remedy."""

import numpy as np
import pytest
import torch

from theory import validation
from theory.errors import InputError
from theory.validation import (
    as_array,
    check_choice,
    check_integer,
    check_number,
    check_views,
    row_chunks,
    view_names,
)

MAKERS = pytest.mark.parametrize("make", [np.array, torch.tensor], ids=["numpy", "torch"])


def ones(*shape):
    return np.ones(shape)


def test_good_views_pass_through_uncopied():
    x, y = ones(3, 2), ones(3, 2)
    out = check_views(x, y)
    assert out[0] is x
    assert out[1] is y


@MAKERS
@pytest.mark.parametrize(
    ("views", "options", "message"),
    [
        ([], {}, "no views"),
        ([ones(3)], {}, r"X has shape \(3,\); give a two-dimensional"),
        ([ones(3, 0)], {}, r"X has shape \(3, 0\)"),
        ([ones(0, 3)], {}, "X has 0 rows; at least 1 row needed"),
        ([ones(1, 3)], {"min_rows": 2}, "X has 1 rows; at least 2 rows needed"),
        ([ones(2, 3), ones(2, 4)], {}, "X has 3 columns but Y has 4"),
        ([ones(2, 3), ones(3, 3)], {}, "X has 2 rows but Y has 3"),
        ([ones(2, 3), ones(2, 3), ones(1, 3)], {}, "X has 2 rows but view 2 has 1"),
        ([ones(2, 3), ones(2, 3) * [[1.0], [0.0]]], {}, "row 1 of Y is zero"),
        ([ones(2, 3) * [[np.nan], [1.0]]], {}, "row 0 of X is not finite"),
        ([ones(2, 3) * [[1.0], [np.inf]]], {}, "row 1 of X is not finite"),
        ([ones(2, 3) * [[1.0], [-np.inf]]], {"names": ["images"]}, "row 1 of images is not finite"),
    ],
)
def test_bad_views_get_one_sentence(make, views, options, message):
    with pytest.raises(InputError, match=message):
        check_views(*[make(view) for view in views], **options)


@MAKERS
@pytest.mark.parametrize("dtype", [int, bool])
def test_other_dtypes_are_a_type_error(make, dtype):
    with pytest.raises(TypeError, match="Y must hold floating-point numbers, not"):
        check_views(make(ones(2, 2)), make(ones(2, 2).astype(dtype)))


def test_ragged_lists_are_refused():
    with pytest.raises(InputError, match="X is not a rectangular array"):
        check_views([[1.0], [1.0, 2.0]])


def test_unpaired_views_may_differ_in_rows():
    assert [len(view) for view in check_views(ones(2, 3), ones(5, 3), paired=False)] == [2, 5]


def test_a_bad_row_behind_the_first_chunk_is_named(monkeypatch):
    monkeypatch.setattr(validation, "CHUNK_ENTRIES", 4)
    rows = ones(9, 2)
    assert [len(chunk) for chunk in row_chunks(rows)] == [2, 2, 2, 2, 1]
    rows[7] = 0
    with pytest.raises(InputError, match="row 7 of X is zero"):
        check_views(rows)


@pytest.mark.parametrize("size", [1e-200, 1e200])
@MAKERS
def test_extreme_rows_are_good_rows(make, size):
    check_views(make(ones(3, 2) * size))


def test_tensors_become_arrays_and_keep_their_values():
    tensor = torch.tensor([[1.5, -2.0]], dtype=torch.bfloat16, requires_grad=True)
    array = as_array(tensor)
    assert array.dtype == np.float32
    assert array.tolist() == [[1.5, -2.0]]
    assert check_views(tensor)[0].tolist() == [[1.5, -2.0]]


def test_view_names():
    assert view_names(1) == ("X",)
    assert view_names(4) == ("X", "Y", "view 2", "view 3")


def test_check_integer():
    assert check_integer("h", np.int64(3), 1) == 3
    with pytest.raises(InputError, match="h is 0; give an integer of at least 1"):
        check_integer("h", 0, 1)
    for bad in (2.0, True, "3", None):
        with pytest.raises(TypeError, match="h must be an integer"):
            check_integer("h", bad, 1)


def test_check_number():
    assert check_number("kappa", np.float32(0.5), 0) == 0.5
    assert check_number("kappa", 1, 0, 1) == 1.0
    for bad in (-1, np.nan, np.inf):
        with pytest.raises(InputError, match=r"kappa is .*; give a finite number in \[0, inf\)"):
            check_number("kappa", bad, 0)
    with pytest.raises(InputError, match=r"tau is 0; give a finite number in \(0, 1\]"):
        check_number("tau", 0.0, 0, 1, open_low=True)
    for bad in (True, "1", None, ones(2)):
        with pytest.raises(TypeError, match="kappa must be a real number"):
            check_number("kappa", bad)


def test_check_choice():
    assert check_choice("form", "paper", ("paper", "published")) == "paper"
    for bad in ("other", 3):
        with pytest.raises(InputError, match=r"form is .*; give 'paper' or 'published'"):
            check_choice("form", bad, ("paper", "published"))
