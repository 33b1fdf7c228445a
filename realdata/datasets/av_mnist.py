"""AV-MNIST: an image of a digit, a recording of someone saying it, and a text."""

from __future__ import annotations

import itertools
import re
import struct
from pathlib import Path

import numpy as np
from scipy.io import wavfile

from realdata.datasets.base import DATASETS, PairedDataset
from realdata.datasets.captions import WORDS
from realdata.datasets.mnist import mnist_arrays
from realdata.datasets.official import join_parts
from realdata.datasets.sources import find, load_npz
from realdata.datasets.spectrograms import log_mel
from theory.errors import InputError

__all__ = ["av_mnist", "spoken_digits"]

_TEST_TAKES = 5
"""Official split of the Free Spoken Digit Dataset: takes 0–4 of every speaker and digit."""

_NAME = re.compile(r"(?P<digit>\d)_(?P<speaker>[^_]+)_(?P<take>\d+)\.wav")
_KEYS = ("waveform", "offsets", "labels", "indices", "sample_rate")
_SIDE = 32


def spoken_digits(folder: str | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Spectrograms, digits and test mask of the Free Spoken Digit Dataset.

    Parameters
    ----------
    folder : str, optional
        Where ``fsdd.npz`` or a folder ``recordings`` of wav files is.

    Returns
    -------
    spectrograms : ndarray (n, 1, 32, 32), float32 in [0, 1]
    labels : ndarray (n,), int64
    test : ndarray (n,), bool

    Raises
    ------
    InputError
        If it is not here, or a file cannot be read (which is named).
    """
    place = find(
        "the Free Spoken Digit Dataset",
        ("fsdd.npz", "free-spoken-digit-dataset/recordings", "recordings"),
        how="clone github.com/Jakobovski/free-spoken-digit-dataset into that folder.",
        folder=folder,
    )
    if place.is_dir():
        return _from_recordings(place)
    arrays = load_npz(place, _KEYS)
    rate, edges = int(arrays["sample_rate"]), arrays["offsets"]
    clips = [arrays["waveform"][a:b] for a, b in itertools.pairwise(edges)]
    pictures = np.stack([log_mel(clip, rate, size=_SIDE) for clip in clips])
    return pictures[:, None], arrays["labels"].astype(np.int64), arrays["indices"] < _TEST_TAKES


def _from_recordings(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    pictures, labels, test = [], [], []
    for path in sorted(folder.glob("*.wav")):
        named = _NAME.fullmatch(path.name)
        if named is None:
            raise InputError(f"{path} is not named digit_speaker_take.wav; rename or remove it.")
        try:
            rate, wave = wavfile.read(path)
            pictures.append(log_mel(wave, rate, size=_SIDE))
        except (OSError, ValueError, EOFError, struct.error) as error:
            raise InputError(f"{path} cannot be used ({error}); get it again.") from None
        labels.append(int(named["digit"]))
        test.append(int(named["take"]) < _TEST_TAKES)
    if not pictures:
        raise InputError(f"{folder} holds no wav files; put the recordings there.")
    return np.stack(pictures)[:, None], np.array(labels), np.array(test)


@DATASETS.register("av_mnist")
def av_mnist(
    folder: str | None = None,
    n_train: int | None = None,
    n_test: int | None = None,
    seed: int = 0,
) -> PairedDataset:
    """MNIST images with spoken digits as spectrograms and one text a digit: three modalities.

    An image is paired with a clip of the same digit and the same official part, drawn at random
    in rounds, so that clips repeat as evenly as possible (there are fewer of them).

    Parameters
    ----------
    folder : str, optional
        Where both data sets are; by default ``$GAPLAB_DATA``, then ``./data``.
    n_train, n_test : int, optional
        Balanced subsets of MNIST's official parts; all by default.
    seed : int
        Which pairing.
    """
    images, labels, split = join_parts(mnist_arrays(folder), n_train, n_test)
    clips, digits, for_test = spoken_digits(folder)
    rng = np.random.default_rng(seed)
    clip = np.empty(len(labels), dtype=np.int64)
    tested = np.zeros(len(labels), dtype=bool)
    tested[split["test"]] = True
    for digit in range(10):
        for part in (False, True):
            choices = np.flatnonzero((digits == digit) & (for_test == part))
            rows = np.flatnonzero((labels == digit) & (tested == part))
            if len(rows) and not len(choices):
                raise InputError(f"there is no recording of the digit {digit}; get all of them.")
            rounds = [rng.permutation(choices) for _ in range(-(-len(rows) // len(choices)))]
            clip[rows] = np.concatenate(rounds)[: len(rows)] if rounds else rows
    return PairedDataset(
        name="av_mnist",
        images=images[:, None],
        further={"audio": clips[clip]},
        captions=[f"the digit {WORDS[label]}" for label in labels.tolist()],
        labels=labels,
        classes=WORDS,
        split=split,
        licence="MNIST (LeCun, Cortes & Burges, 1998), public domain; Free Spoken Digit Dataset "
        "(Jackson et al.), CC BY-SA 4.0. Official test parts of both.",
    )
