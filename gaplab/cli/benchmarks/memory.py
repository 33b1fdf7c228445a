"""Peak memory above the inputs, of one call in a process of its own.

A fresh process is needed because a peak, and what an allocator keeps, are never given back:
``python -m gaplab.cli.benchmarks`` takes a request on standard input and prints the answer.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gaplab.cli.benchmarks.base import Size, Task, find_task
from gaplab.cli.benchmarks.timing import limit_threads

__all__ = ["Peak", "ProcessError", "answer", "available", "measure_apart", "peak"]

MEBIBYTE = 2.0**20

_LINUX = platform.system() == "Linux"
_STATUS = Path("/proc/self/status")
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


class ProcessError(RuntimeError):
    """A process that measures memory and ended without an answer."""


@dataclass(frozen=True)
class Peak:
    """MiB that one call took above what was there before it, results included, and its seconds."""

    mib: float | None
    seconds: float


def measure_apart(suite: str, size: Size, label: str, contender: str, threads: int) -> Peak:
    """Measure one contender (``"ours"`` or a peer's name) of a task in a fresh process.

    Raises
    ------
    ProcessError
        If that process fails, for want of memory for example.
    """
    request = {
        "suite": suite,
        "size": size,
        "label": label,
        "contender": contender,
        "threads": threads,
    }
    done = subprocess.run(
        [sys.executable, "-m", "gaplab.cli.benchmarks"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        env={**os.environ, **dict.fromkeys(_THREAD_VARIABLES, str(threads))},
    )
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        raise ProcessError(f"memory of {contender} not measured: {words[-1]}")
    return Peak(**json.loads(done.stdout.splitlines()[-1]))


def peak(task: Task, run: Callable[[Any], Any]) -> Peak:
    """Run a computation of a task on small inputs, then measure it on its own."""
    run(task.warm().inputs())
    inputs = task.inputs()
    _settle()
    before, start = _resident(), time.perf_counter()
    result = run(inputs)
    seconds = time.perf_counter() - start
    after = _highest()
    del result
    known = before is not None and after is not None
    return Peak(max(0.0, (after or 0.0) - (before or 0.0)) if known else None, seconds)


def available() -> float | None:
    """MiB that may still be allocated; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((float(x.split()[1]) / 1024 for x in lines if x.startswith("MemAvailable")), None)


def _settle() -> None:
    """Give freed memory back to the system, and forget the peak so far."""
    gc.collect()
    if _LINUX:
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's
        if trim is not None:
            trim(0)
        with contextlib.suppress(OSError):  # where forbidden, the peak is a lower bound
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _resident() -> float | None:
    """MiB in use now. Elsewhere than on Linux, the peak so far: then a peak is a lower bound."""
    return _status("VmRSS") if _LINUX else _highest()


def _highest() -> float | None:
    """MiB in use at the peak."""
    if _LINUX:
        return _status("VmHWM")
    try:
        import resource
    except ImportError:
        return None
    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest / (MEBIBYTE if platform.system() == "Darwin" else 1024.0)


def _status(key: str) -> float:
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith(key))


def answer(request: str) -> str:
    """Measure what `measure_apart` asks for in JSON, and answer in JSON."""
    wanted = json.loads(request)
    task = find_task(wanted["suite"], wanted["size"], wanted["label"])
    runs = {"ours": task.ours, **{p.name: p.run for p in task.peers()}}
    with limit_threads(wanted["threads"]):
        return json.dumps(asdict(peak(task, runs[wanted["contender"]])))
