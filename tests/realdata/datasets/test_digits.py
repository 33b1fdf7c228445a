"""The digits: real images, and captions that say what is on them."""

import numpy as np
from sklearn.datasets import load_digits

from realdata import datasets
from realdata.datasets.captions import SLANTS, TEMPLATES, WEIGHTS, WORDS, describe
from realdata.datasets.captions import stroke_slant as slant
from realdata.datasets.captions import stroke_weight as weight


def test_images_and_labels_are_those_of_scikit_learn() -> None:
    ink, labels = load_digits(return_X_y=True)
    data = datasets.create("digits")
    np.testing.assert_array_equal(data.images.reshape(len(ink), -1) * 16, ink)
    np.testing.assert_array_equal(data.labels, labels)


def test_captions_name_the_digit_and_state_nothing_false() -> None:
    data = datasets.create("digits")
    images = data.images[:, 0]
    for caption, label, w, s in zip(
        data.captions, data.labels, weight(images), slant(images), strict=True
    ):
        words = caption.replace(",", "").split()
        # "one character, a three" speaks of one character, so the last number counts.
        named = [word for word in words if word in WORDS or word.isdigit()]
        assert named[-1] in (WORDS[label], str(label))
        stated = [name for name in WEIGHTS if name in words]
        assert stated in ([], [WEIGHTS[w]])
        stated = [name for name in SLANTS if name in caption]
        assert stated in ([], [SLANTS[s]])


def test_captions_are_many_and_repeat() -> None:
    data = datasets.create("digits")
    assert len(set(TEMPLATES)) == len(TEMPLATES) >= 40
    distinct = len(set(data.captions))
    assert len(TEMPLATES) * 10 < distinct < len(data)


def test_wordings_depend_on_the_seed_alone() -> None:
    data = datasets.create("digits")
    images = data.images[:, 0]
    assert describe(images, data.labels) == data.captions
    assert describe(images, data.labels, seed=1) != data.captions


def test_every_caption_fits_the_shipped_model_uncut() -> None:
    import open_clip

    captions = datasets.create("digits").captions
    whole = open_clip.SimpleTokenizer(context_length=77)(captions)
    cut = open_clip.SimpleTokenizer(context_length=12)(captions)
    assert (whole[:, 12:] == 0).all()
    np.testing.assert_array_equal(whole[:, :12], cut)


def test_a_sheared_stroke_leans_the_way_it_is_sheared() -> None:
    stroke = np.zeros((3, 5, 5))
    for row in range(5):
        stroke[0, row, row] = 1.0  # from top left to bottom right
        stroke[1, row, 2] = 1.0
        stroke[2, row, 4 - row] = 1.0
    assert [SLANTS[k] for k in slant(stroke)] == ["leaning left", "upright", "leaning right"]


def test_thirds_have_equal_sizes() -> None:
    images = datasets.create("digits").images[:, 0]
    for attribute in (weight(images), slant(images)):
        share = np.bincount(attribute) / len(images)
        # Ties in the amount of ink fall on one side.
        np.testing.assert_allclose(share, 1 / 3, atol=0.02)
