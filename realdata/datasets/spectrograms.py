"""Sound as a picture: log-mel spectrograms of one size."""

from __future__ import annotations

import numpy as np
from scipy.signal import resample_poly, stft

from theory.errors import InputError

__all__ = ["log_mel", "mel_filters"]

_FLOOR = 1e-5
"""Power below which everything counts as silence, relative to the loudest cell (−50 dB)."""


def mel_filters(n_mels: int, n_frequencies: int, sample_rate: float) -> np.ndarray:
    """Triangular filters, evenly spaced in mel ``m(f) = 2595 log₁₀(1 + f/700)``.

    Parameters
    ----------
    n_mels : int
        Filters.
    n_frequencies : int
        Frequencies of the spectrum, evenly spaced from 0 to half the sample rate.
    sample_rate : float
        In hertz.

    Returns
    -------
    ndarray (n_mels, n_frequencies)
        Each rises to 1 at its centre and falls to 0 at its neighbours' centres.
    """
    top = 2595.0 * np.log10(1.0 + sample_rate / 2.0 / 700.0)
    edges = 700.0 * (10.0 ** (np.linspace(0.0, top, n_mels + 2) / 2595.0) - 1.0)
    frequencies = np.linspace(0.0, sample_rate / 2.0, n_frequencies)
    low, centre, high = (edges[k : k + n_mels, None] for k in range(3))
    rising = (frequencies - low) / (centre - low)
    falling = (high - frequencies) / (high - centre)
    filters: np.ndarray = np.clip(np.minimum(rising, falling), 0.0, None)
    return filters


def log_mel(
    wave: np.ndarray, sample_rate: int, *, size: int = 32, resample: int = 8000
) -> np.ndarray:
    """Log-mel spectrogram of a clip, stretched to a square picture in [0, 1].

    The clip is scaled to unit peak power, so its loudness does not show; its time axis is
    interpolated to `size` frames, so its duration does not show either.

    Parameters
    ----------
    wave : ndarray (samples,)
        One channel, integers or floats.
    sample_rate : int
        In hertz.
    size : int
        Mel filters, and frames.
    resample : int
        Rate at which all clips are analysed, in hertz.

    Returns
    -------
    ndarray (size, size), float32
        0 is 50 dB below the loudest cell, 1 is that cell. Low frequencies come first.

    Raises
    ------
    InputError
        If the clip is silent, not finite or shorter than 25 ms.
    """
    wave = np.asarray(wave, dtype=np.float64)
    if wave.ndim != 1 or not np.isfinite(wave).all() or not wave.any():
        raise InputError(
            f"a clip of shape {wave.shape} is silent, not finite or not of one channel; "
            "give samples of one channel."
        )
    if sample_rate != resample:
        wave = resample_poly(wave, resample, sample_rate)
    window = resample // 40
    if len(wave) < window:
        raise InputError(f"a clip of {1000 * len(wave) / resample:.0f} ms is too short; give 25.")
    length = 2 * window  # zero-padded, so that the lowest filters hold a frequency each
    _, _, spectrum = stft(wave, resample, nperseg=window, noverlap=window // 2, nfft=length)
    power = mel_filters(size, spectrum.shape[0], resample) @ np.abs(spectrum) ** 2
    level = np.log10(np.maximum(power / power.max(), _FLOOR)) / -np.log10(_FLOOR) + 1.0
    frames = np.linspace(0.0, level.shape[1] - 1.0, size)
    return np.stack([np.interp(frames, np.arange(level.shape[1]), row) for row in level]).astype(
        np.float32
    )
