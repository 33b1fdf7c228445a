"""Captions of digits: many wordings, and what the image itself shows.

A wording names the digit as a word or a numeral; some also state the stroke's weight or slant,
measured from the ink. Wordings repeat, so captions do too: that is the false-negative problem of
real caption data, in small.
"""

from __future__ import annotations

import numpy as np

__all__ = ["TEMPLATES", "WORDS", "describe", "stroke_slant", "stroke_weight"]

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WEIGHTS = ("light", "medium", "bold")
SLANTS = ("leaning left", "upright", "leaning right")

TEMPLATES = (
    # the digit alone
    "a photo of the digit {word}",
    "a handwritten {word}",
    "the number {word} written by hand",
    "this is the digit {numeral}",
    "a scan of a {numeral}",
    "someone wrote the number {numeral}",
    "an image of the numeral {numeral}",
    "the figure {numeral} on paper",
    "a small picture of a {word}",
    "handwriting that reads {word}",
    "one character, a {word}",
    "a person drew the number {word}",
    "the digit shown is {numeral}",
    "a grey picture of the number {word}",
    "you can read a {numeral} here",
    "a pen drawing of the digit {word}",
    # the weight of its stroke
    "a {weight} {word}",
    "the digit {word} in a {weight} stroke",
    "a {weight} handwritten {numeral}",
    "the number {numeral}, drawn {weight}",
    "{weight} ink in the shape of a {word}",
    "a photo of a {weight} digit {numeral}",
    "the numeral {numeral} with {weight} lines",
    "{weight} handwriting of the number {word}",
    "a {word} written with a {weight} pen",
    "a scan of the {weight} number {word}",
    "one {weight} character, a {numeral}",
    "a {weight} sketch of the digit {word}",
    # its slant
    "a {word} {slant}",
    "the digit {numeral}, {slant}",
    "a handwritten {numeral} {slant}",
    "the number {word} {slant} on paper",
    "a photo of a {word} that is {slant}",
    "the numeral {numeral} drawn {slant}",
    "an image of the number {word}, {slant}",
    "someone wrote a {word} {slant}",
    # both
    "a {weight} {word}, {slant}",
    "the digit {numeral}, {weight} and {slant}",
    "a {weight} handwritten {word} {slant}",
    "the number {word} in {weight} ink, {slant}",
    "a scan of a {weight} {numeral} {slant}",
    "a {slant} {word} with a {weight} stroke",
    "the {weight} numeral {numeral} is {slant}",
    "a {word}, {slant}, in {weight} lines",
)
"""Wordings with the fields word, numeral, weight and slant."""


def stroke_weight(images: np.ndarray) -> np.ndarray:
    """Which third of the images each is in by its amount of ink (0 light, 1 medium, 2 bold).

    Parameters
    ----------
    images : ndarray (n, height, width)
        Ink, larger is darker.

    Examples
    --------
    >>> ink = np.arange(1.0, 7.0)[:, None, None] * np.ones((6, 2, 2))
    >>> stroke_weight(ink).tolist()
    [0, 0, 1, 1, 2, 2]
    """
    return _thirds(images.sum(axis=(1, 2)))


def stroke_slant(images: np.ndarray) -> np.ndarray:
    """Which third each is in by its slant (0 leaning left, 1 upright, 2 leaning right).

    The slant is ``−E[(u − ū)(v − v̄)] / E[(v − v̄)²]`` over the ink, u the column and v the row
    counted downwards: the shear that would set the strokes upright.

    Parameters
    ----------
    images : ndarray (n, height, width)
        Ink, larger is darker; every image has some in two rows or more.
    """
    _, height, width = images.shape
    mass = images / images.sum(axis=(1, 2), keepdims=True)
    v, u = np.arange(height)[:, None], np.arange(width)[None, :]
    mean_u = (mass * u).sum(axis=(1, 2))[:, None, None]
    mean_v = (mass * v).sum(axis=(1, 2))[:, None, None]
    covariance = (mass * (u - mean_u) * (v - mean_v)).sum(axis=(1, 2))
    return _thirds(-covariance / (mass * (v - mean_v) ** 2).sum(axis=(1, 2)))


def _thirds(values: np.ndarray) -> np.ndarray:
    return np.searchsorted(np.quantile(values, [1 / 3, 2 / 3]), values, side="left")


def describe(images: np.ndarray, labels: np.ndarray, seed: int = 0) -> list[str]:
    """One caption an image, its wording drawn at random.

    Parameters
    ----------
    images : ndarray (n, height, width)
        Ink, larger is darker.
    labels : ndarray (n,)
        Digits 0 to 9.
    seed : int
        Which wordings.

    Returns
    -------
    list of str, length n
    """
    wording = np.random.default_rng(seed).integers(len(TEMPLATES), size=len(labels))
    weights, slants = stroke_weight(images), stroke_slant(images)
    return [
        TEMPLATES[t].format(
            word=WORDS[digit], numeral=digit, weight=WEIGHTS[weight], slant=SLANTS[slant]
        )
        for t, digit, weight, slant in zip(wording, labels, weights, slants, strict=True)
    ]
