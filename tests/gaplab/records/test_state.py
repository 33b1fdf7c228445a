"""Saved estimators: they come back exactly, and a file of another kind is named."""

import numpy as np
import pytest
from safetensors.numpy import save_file

from gaplab.records import RecordError, load_state, save_state
from theory import repairs
from theory.sphere import sample_uniform


@pytest.mark.parametrize("name", repairs.names())
def test_a_repair_comes_back(name, rng, tmp_path):
    views = [sample_uniform(200, 6, rng) for _ in range(2)]
    views.append(views[0])
    repair = repairs.create(name).fit(*views)
    path = save_state(tmp_path / "repair.safetensors", *repair.state())
    again = repairs.from_state(*load_state(path))
    assert type(again) is type(repair)
    assert again.get_params() == repair.get_params()
    for one, two in zip(repair.transform(*views), again.transform(*views), strict=True):
        assert np.array_equal(one, two)


def test_other_files_are_named(tmp_path):
    with pytest.raises(RecordError, match=r"name a \.safetensors file"):
        save_state(tmp_path / "repair.pkl", {}, {})
    with pytest.raises(RecordError, match="is not a file"):
        load_state(tmp_path / "absent.safetensors")
    (tmp_path / "text.safetensors").write_text("no tensors here")
    with pytest.raises(RecordError, match="cannot be read"):
        load_state(tmp_path / "text.safetensors")
    save_file({"x": np.eye(2)}, tmp_path / "arrays.safetensors")
    with pytest.raises(RecordError, match="holds no saved repair"):
        load_state(tmp_path / "arrays.safetensors")
