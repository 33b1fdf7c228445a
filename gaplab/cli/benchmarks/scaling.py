"""How the times grow with N: exponents fitted to our own computations."""

from __future__ import annotations

from gaplab.cli.benchmarks.base import Growth, Size, Suite, register
from gaplab.cli.benchmarks.bessel import BesselTask
from gaplab.cli.benchmarks.infonce import InfoNCETask
from gaplab.cli.benchmarks.simulator import SimulatorTask
from gaplab.cli.benchmarks.subspaces import SubspaceTask
from gaplab.cli.benchmarks.uniformity import UniformityTask
from gaplab.cli.benchmarks.vmf import VMFTask

__all__ = ["scaling"]

QUADRATIC = 2.05

_COUNTS: dict[Size, tuple[int, ...]] = {
    "tiny": (16, 32, 64),
    "quick": (1024, 2048, 4096),
    "full": (1024, 2048, 4096, 8192, 16384, 32768),
}


@register("scaling")
def scaling(size: Size) -> Suite:
    """Growth of every computation with its number of rows."""
    counts = _COUNTS[size]
    narrow, wide, h = (8, 12, 2) if size == "tiny" else (128, 512, 32)
    bar = None if size == "tiny" else QUADRATIC
    growths = [
        Growth(f"InfoNCE, d = {narrow}", [InfoNCETask(n, narrow) for n in counts], bar),
        Growth(f"CU, d = {narrow}", [UniformityTask(n, narrow) for n in counts], bar),
        Growth(f"99 % subspace, d = {wide}", [SubspaceTask(n, wide) for n in counts]),
        Growth(f"vMF sampling, h = {h}", [VMFTask(n, h) for n in counts]),
        Growth("log I_ν and ratio, ν = 31", [BesselTask(n, 31.0) for n in counts]),
        Growth(
            f"simulation, h = {h}, 10 steps",
            [SimulatorTask(n // 8, h, 2, 10, held=False) for n in counts],
        ),
    ]
    if size == "full":
        # The widest, up to what takes minutes: the longest is run once, in its own process.
        tasks = [InfoNCETask(n, wide) for n in counts[:-1]]
        longest = InfoNCETask(65536, wide, memory_limit=300, alone=True)
        why = (
            "up to N = 8d the exponentials are kept for the backward pass, where they take little "
            "memory; beyond, they are computed twice"
        )
        growths.append(Growth(f"InfoNCE, d = {wide}", tasks, bar, longest, why))
    return Suite(growths=growths)
