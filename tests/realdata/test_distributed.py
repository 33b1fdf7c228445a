"""Two processes under torchrun train to what one trains to."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

PROGRAM = """
import sys
from pathlib import Path
import numpy as np
import torch
from safetensors.torch import save_file
from gaplab.cli.app import app
from realdata import Towers, datasets
from realdata.distributed import is_first, local_part, started
from realdata.steps import Stepper
from theory import losses

torch.set_num_threads(1)
started()
model, out, *command = sys.argv[1:]
data = datasets.create("digits")
found = {}
for accumulate in (1, 3):
    towers = Towers(model, seed=0)
    stepper = Stepper(towers, losses.create("gap_closing"), accumulate=accumulate)
    optimiser = torch.optim.SGD(towers.clip.parameters(), lr=0.05)
    inputs = towers.inputs(data.images[:150], data.captions[:150])
    for step in range(5):
        rows = np.arange(29 * step, 29 * (step + 1))  # an odd batch: the parts are unequal
        index = torch.from_numpy(local_part(rows))
        stepper.forward([value[index] for value in inputs], step, len(rows))
        for name, p in towers.clip.named_parameters():
            found.setdefault(f"gradient {name} {accumulate}", p.grad.clone())
        stepper.apply(optimiser)
    for name, p in towers.clip.named_parameters():
        found[f"weight {name} {accumulate}"] = p.detach().contiguous()
if is_first():
    save_file(found, out)
app(command, standalone_mode=False)
"""


@pytest.mark.skipif(not torch.distributed.is_available(), reason="torch has no distributed part")
def test_two_processes_do_what_one_does(
    tiny_model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    settings = {"batch_size": 256, "records": 3, "epochs": 2, "model": tiny_model}
    command = [
        "train",
        "--seeds",
        "1",
        *(f"--set={k}={json.dumps(v)}" for k, v in settings.items()),
    ]
    arguments = {
        n: [tiny_model, str(tmp_path / f"{n}.safetensors"), *command, "--out", str(tmp_path / n)]
        for n in ("one", "two")
    }
    monkeypatch.setattr(sys, "argv", [str(program), *arguments["one"]])
    runpy.run_path(str(program))
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [sys.executable, *torchrun, str(program), *arguments["two"]],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-2000:]

    one, two = (safetensors.torch.load_file(tmp_path / f"{n}.safetensors") for n in arguments)
    assert one.keys() == two.keys()
    for name, value in one.items():
        size = float(value.abs().max())
        torch.testing.assert_close(  # float32
            two[name], value, rtol=0, atol=3e-5 * size + 1e-8, msg=lambda t, n=name: f"{n}: {t}"
        )
    gaps = [
        json.loads((tmp_path / n / "evaluation.json").read_text())["seeds"][0]["centroid_gap"]
        for n in arguments
    ]
    np.testing.assert_allclose(gaps[1], gaps[0], rtol=1e-3)  # ten steps of AdamW in float32
