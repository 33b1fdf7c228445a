"""Bessel functions as the sphere needs them: log scale, ratios, inverses, vMF quantities."""

from theory.bessel.functions import (
    log_f,
    log_growth,
    log_iv,
    log_iv_derivative,
    ratio,
    ratio_complement,
    ratio_derivative,
)
from theory.bessel.vmf import inverse_ratio, vmf_entropy, vmf_log_normalizer

__all__ = [
    "inverse_ratio",
    "log_f",
    "log_growth",
    "log_iv",
    "log_iv_derivative",
    "ratio",
    "ratio_complement",
    "ratio_derivative",
    "vmf_entropy",
    "vmf_log_normalizer",
]
