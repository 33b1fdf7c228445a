"""How fast the gap of a run decays, and what the theory predicts from the run's setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["decay_rates", "predicted_rate"]

CLOCK = "centroid_gap"


def decay_rates(
    trajectories: Mapping[str, xr.Dataset], rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Measured and predicted rate of every run, on the clock of the first.

    Parameters
    ----------
    trajectories : mapping of str to Dataset
        By name, the reference first.
    rows : sequence of mapping
        Of `gaplab.cli.compare.compare_trajectories`: the clocks.

    Returns
    -------
    list of dict
        ``run``; ``measured``, ``predicted`` (per unit of the reference's time; NaN if unknown);
        ``source`` of the prediction; ``start`` and ``level``: when the gap last was half its
        largest, and what it was.
    """
    from gaplab.cli.compare import mean_curve
    from theory.comparison import late_decay

    names = list(trajectories)
    clocks = {names[0]: 1.0} | {
        str(row["other"]): float(row["time_scale"]) for row in rows if row["quantity"] == CLOCK
    }
    # Predictions are per unit of flow time, which is the clock of the simulations.
    flows = [name for name in names if trajectories[name].attrs.get("source") == "simulation"]
    flow = clocks[flows[0]] if flows else float("nan")
    found = []
    for name, trajectory in trajectories.items():
        time, gap = mean_curve(trajectory, CLOCK, name)
        late = late_decay(time, gap)
        predicted, source = predicted_rate(trajectory)
        own = clocks[name] if name in flows else flow
        found.append(
            {
                "run": name,
                "measured": late.rate / clocks[name],
                "predicted": predicted / own,
                "source": source if np.isfinite(predicted / own) else "",
                "start": late.start * clocks[name],
                "level": late.level,
            }
        )
    return found


def predicted_rate(trajectory: xr.Dataset) -> tuple[float, str]:
    """Rate per unit of flow time at which theory lets the gap of this setting close.

    From the configuration that the trajectory carries (``h`` or ``embed_dim``, ``temperature``,
    ``constraint``, ``loss``), else its ``logit_scale`` and the length of its spectra.

    Returns
    -------
    tuple of float and str
        NaN and an empty source where the theory says nothing or the setting is not known.
    """
    from gaplab.records import config_of
    from theory.dynamics import gap_decay_rate

    config = config_of(trajectory)
    h, beta = _dimension(trajectory, config), _beta(trajectory, config)
    if h < 2 or not np.isfinite(beta) or config.get("loss", "infonce") != "infonce":
        return float("nan"), ""
    if config.get("optimiser") == "adam" and trajectory.attrs.get("source") == "simulation":
        return float("nan"), ""  # its time is not that of the flow
    constraint = config.get("constraint", "free")
    if constraint == "free":
        return float(gap_decay_rate(h, 1 / beta)), "N.2 (near the uniform optimum, N → ∞)"
    kappa = (config.get("start_options") or {}).get("kappa")
    if constraint == "cone" and isinstance(kappa, int | float):
        return 4 * beta * (1 + beta) / kappa, "N.5 (κ ≫ h, β)"
    return float("nan"), ""


def _dimension(trajectory: xr.Dataset, config: Mapping[str, Any]) -> int:
    """Embedding dimension; 0 if nothing tells."""
    for key in ("h", "embed_dim"):
        if isinstance(config.get(key), int):
            return int(config[key])
    return int(trajectory.sizes.get("direction", 0))


def _beta(trajectory: xr.Dataset, config: Mapping[str, Any]) -> float:
    """Inverse temperature at the end; NaN if nothing tells."""
    if "logit_scale" in trajectory:
        found = trajectory["logit_scale"]
        scale = (found.mean("run") if "run" in found.dims else found).values
        scale = scale[scale > 0]  # NaN where it was not logged
        if scale.size:
            return float(scale.flat[-1])
    temperature = config.get("temperature")
    if isinstance(temperature, int | float) and temperature > 0:
        return 1 / temperature
    return float("nan")
