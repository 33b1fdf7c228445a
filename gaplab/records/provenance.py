"""What a result was made with."""

from __future__ import annotations

import functools
import os
import platform
from importlib import metadata
from pathlib import Path

__all__ = ["machine", "versions"]

_PACKAGES = (
    "gaplab",
    "numpy",
    "scipy",
    "torch",
    "scikit-learn",
    "hypothesis",
    "python-flint",
    "xarray",
    "open_clip_torch",
)


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide the numbers (absent ones left out)."""
    return dict(_installed())


@functools.cache
def _installed() -> dict[str, str]:
    """Read once: it takes tens of milliseconds, and every record of every run asks."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, str | int]:
    """Operating system, architecture, processor and usable cores of this machine."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "processor": _processor(),
        "cores": cores,
    }


@functools.cache
def _processor() -> str:
    """Name of the processor, as exact as the system tells without being asked twice."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()
