"""Three modalities: images, recordings as spectrograms, text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import wavfile

from realdata import datasets
from realdata.datasets.av_mnist import spoken_digits
from realdata.datasets.spectrograms import log_mel, mel_filters
from theory.errors import InputError

Build = Callable[[str], dict[str, Any]]
RATE = 8000


def tone(hertz: float, seconds: float = 0.5, rate: int = RATE) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


@pytest.mark.parametrize("hertz", [300.0, 1000.0, 2500.0])
def test_a_tone_lights_the_filter_that_is_centred_at_it(hertz: float) -> None:
    picture = log_mel(tone(hertz), RATE, size=32)
    centres = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 4000 / 700), 34)[1:-1] / 2595) - 1)
    assert abs(int(picture[:, 16].argmax()) - int(np.abs(centres - hertz).argmin())) <= 1


def test_filters_are_triangles_that_add_up_to_one_between_the_outer_centres() -> None:
    filters = mel_filters(8, 4001, RATE)
    assert filters.min() == 0.0
    assert filters.max(axis=1) == pytest.approx(np.ones(8), abs=5e-3)  # the grid is 1 Hz
    peaks = filters.argmax(axis=1)
    np.testing.assert_allclose(filters[:, peaks[0] : peaks[-1]].sum(axis=0), 1.0, atol=1e-2)


def test_neither_loudness_nor_rate_show() -> None:
    quiet, loud = (log_mel(gain * tone(800.0), RATE) for gain in (0.01, 1000.0))
    np.testing.assert_allclose(quiet, loud, atol=1e-6)
    twice = log_mel(tone(800.0, rate=2 * RATE), 2 * RATE)
    assert np.abs(twice - loud)[:, 4:-4].mean() < 0.05
    assert loud.shape == (32, 32)
    assert (loud.min(), loud.max()) == pytest.approx((0.0, 1.0), abs=1e-6)


@pytest.mark.parametrize(
    ("wave", "message"),
    [
        (np.zeros(800), "silent"),
        (np.full(800, np.nan), "not finite"),
        (np.ones((800, 2)), r"shape \(800, 2\)"),
        (np.ones(80), "10 ms is too short"),
    ],
)
def test_clips_that_are_no_sound_are_refused(wave: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        log_mel(wave, RATE)


def test_every_clip_is_of_the_images_digit_and_part(build: Build) -> None:
    options = build("av_mnist")
    data = datasets.create("av_mnist", **options)
    clips, digits, for_test = spoken_digits(options["folder"])
    known = {clip.tobytes(): (d, t) for clip, d, t in zip(clips, digits, for_test, strict=True)}
    assert len(known) == len(clips)
    tested = set(data.split["test"].tolist())
    for row in range(len(data)):
        digit, test = known[data.further["audio"][row].tobytes()]
        assert (digit, test) == (data.labels[row], row in tested)


def test_clips_repeat_as_evenly_as_possible(build: Build) -> None:
    data = datasets.create("av_mnist", **build("av_mnist"))
    train = data.rows(np.concatenate([data.split["train"], data.split["val"]]))
    zeros = train.further["audio"][train.labels == 0]
    _, counts = np.unique(zeros.reshape(len(zeros), -1), axis=0, return_counts=True)
    assert counts.tolist() == [6, 6]


def test_bad_recordings_are_named(build: Build) -> None:
    options = build("av_mnist")
    folder = Path(options["folder"]) / "recordings"
    (folder / "song.wav").write_bytes(b"")
    with pytest.raises(InputError, match=r"song.wav is not named digit_speaker_take.wav"):
        spoken_digits(options["folder"])
    (folder / "song.wav").unlink()
    (folder / "3_ann_0.wav").write_bytes(b"RIFF")
    with pytest.raises(InputError, match=r"3_ann_0.wav cannot be used"):
        spoken_digits(options["folder"])
    wavfile.write(folder / "3_ann_0.wav", RATE, np.zeros(2000, dtype=np.int16))
    with pytest.raises(InputError, match=r"3_ann_0.wav cannot be used .*silent"):
        spoken_digits(options["folder"])
    for path in folder.glob("7_*"):
        path.unlink()
    wavfile.write(folder / "3_ann_0.wav", RATE, (9000 * tone(500.0)).astype(np.int16))
    with pytest.raises(InputError, match="no recording of the digit 7"):
        datasets.create("av_mnist", **options)
