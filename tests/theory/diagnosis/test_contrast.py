import numpy as np
import pytest
import torch

from theory import losses
from theory.diagnosis.contrast import infonce
from theory.metrics import Sample, View
from theory.sphere import sample_vmf

# Logits are β cosines: β roundings of a float32 cosine, in the logit and in its reference.
FLOAT32 = 4e-7


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("beta", [0.0, 1.0, 100.0, 1e4])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_is_the_registered_loss(count, beta, dtype, rng):
    rows = [sample_vmf(np.eye(6)[k], 5.0, 40, rng) for k in range(count)]
    loss = losses.create("infonce")(*map(torch.from_numpy, rows), logit_scale=beta)["loss"].item()
    sample = Sample(tuple(View(row, dtype) for row in rows))
    error = 1e-13 if dtype == np.float64 else FLOAT32
    assert infonce(sample, beta) == pytest.approx(loss, rel=1e-6, abs=error * max(beta, 1.0))


def test_a_solved_batch_keeps_its_digits():
    # Two antipodal pairs: log(1 + e^{−2β}) in both directions.
    x = np.array([[1.0, 0.0], [-1.0, 0.0]])
    assert infonce(Sample.of(x, x), 10.0) == pytest.approx(np.exp(-20.0), rel=1e-6)
