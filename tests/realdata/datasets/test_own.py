"""Tables, folders and shards of your own: what is read, and what is refused with its row."""

import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from realdata import datasets
from realdata.datasets import pictures
from realdata.datasets.pictures import decode, read_picture
from theory.errors import InputError

Build = Callable[[str], dict[str, Any]]


def test_a_picture_is_scaled_by_its_shorter_side_and_cropped(tmp_path: Path) -> None:
    pixels = np.zeros((10, 30, 3), dtype=np.uint8)
    pixels[:, 10:20] = (200, 100, 50)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    found = read_picture(tmp_path / "a.png", 10, 0, "a.png")
    np.testing.assert_array_equal(found, pixels[:, 10:20].transpose(2, 0, 1))
    assert read_picture(tmp_path / "a.png", 5, 0, "a.png").shape == (3, 5, 5)


def test_open_clips_table_is_read(build: Build) -> None:
    options = build("csv")
    data = datasets.create("csv", **options)
    folder = Path(options["path"]).parent
    assert len(data) == 30
    assert data.captions[4] == "text 4"
    assert data.classes == ("kind 0", "kind 1")
    first = read_picture(folder / "pictures" / "4.png", 8, 4, "")
    np.testing.assert_array_equal(data.images[4], first)


def append(options: dict[str, Any], line: str) -> None:
    with Path(options["path"]).open("a") as stream:
        stream.write(line + "\n")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("pictures/0.png,,kind 0", "row 32 of .*pairs.csv has an empty title"),
        (",text,kind 0", "row 32 of .*pairs.csv has an empty filepath"),
        ("pictures/0.png,text 0,kind 0", "row 32 of .* repeats the pair of row 2"),
        ("pictures/none.png,new,kind 0", r"none.png of row 32 does not exist"),
        ("pairs.csv,new,kind 0", r"pairs.csv of row 32 cannot be decoded"),
    ],
)
def test_bad_rows_are_named_and_skipped_only_when_asked(
    build: Build, line: str, message: str
) -> None:
    options = build("csv")
    append(options, line)
    with pytest.raises(InputError, match=message):
        datasets.create("csv", **options)
    data = datasets.create("csv", **options, bad_rows="skip")
    assert len(data) == 30
    assert "1 rows were left out" in data.licence


def test_a_truncated_picture_is_named(build: Build) -> None:
    options = build("csv")
    path = Path(options["path"]).parent / "pictures" / "5.png"
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(InputError, match=r"5.png of row 7 cannot be decoded"):
        datasets.create("csv", **options)


def test_captions_of_one_picture_stay_on_one_side(build: Build) -> None:
    options = build("csv")
    for k in range(30):
        append(options, f"pictures/{k}.png,another text {k},kind {k % 2}")
    data = datasets.create("csv", **options)
    sides = [{i % 30 for i in rows.tolist()} for rows in data.split.values()]
    assert not (sides[0] & sides[1])
    assert not (sides[2] & (sides[0] | sides[1]))


def test_a_column_can_say_the_split(build: Build) -> None:
    options = build("csv")
    path = Path(options["path"])
    header, *lines = path.read_text().splitlines()
    parts = ["train", "val", "test"]
    rows = [f"{line},{parts[k % 3]}" for k, line in enumerate(lines)]
    path.write_text("\n".join([f"{header},part", *rows]))
    data = datasets.create("csv", **options, split_column="part")
    assert data.split["val"].tolist() == list(range(1, 30, 3))
    path.write_text("\n".join([f"{header},part", *rows, "pictures/0.png,x,kind 0,dev"]))
    with pytest.raises(InputError, match=r"row 32 .* has split 'dev'"):
        datasets.create("csv", **options, split_column="part")


def test_a_missing_column_is_named_with_those_there_are(build: Build) -> None:
    options = build("csv")
    with pytest.raises(InputError, match="no column 'text'; its columns are filepath, title, kind"):
        datasets.create("csv", **options, caption_column="text")
    with pytest.raises(InputError, match="cannot be read"):
        datasets.create("csv", path=str(Path(options["path"]).parent))


def test_decoded_pictures_are_kept_and_read_from_disk(
    build: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {**build("csv"), "cache": str(tmp_path / "cache")}
    plain = datasets.create("csv", **{**options, "cache": None})
    first = datasets.create("csv", **options)
    monkeypatch.setattr(pictures, "_fill", None)  # a second decoding would fail
    again = datasets.create("csv", **options)
    assert isinstance(again.images.base, np.memmap)
    for data in (first, again):
        np.testing.assert_array_equal(data.images, plain.images)
    monkeypatch.undo()
    changed = Path(options["path"]).parent / "pictures" / "0.png"
    Image.fromarray(np.full((9, 9, 3), 7, dtype=np.uint8)).save(changed)
    assert (datasets.create("csv", **options).images[0] == 7).all()


def test_a_cache_with_skipped_rows_still_names_them_when_asked_to(tmp_path: Path) -> None:
    for name in ("a", "c"):
        Image.fromarray(np.full((4, 4, 3), 9, dtype=np.uint8)).save(tmp_path / f"{name}.png")
    paths = [tmp_path / f"{name}.png" for name in "abc"]
    kept, rows = decode(paths, 4, bad_rows="skip", cache=tmp_path / "cache")
    assert (len(kept), rows.tolist()) == (2, [0, 2])
    with pytest.raises(InputError, match=r"b.png of row 1 does not exist"):
        decode(paths, 4, cache=tmp_path / "cache")


def test_a_folder_of_classes_and_one_with_parts(build: Build, tmp_path: Path) -> None:
    options = build("image_folder")
    data = datasets.create("image_folder", **options)
    assert data.classes == ("owl", "red fox")
    assert data.captions[-1] == "a photo of a red fox"
    divided = tmp_path / "divided"
    for part in ("train", "test"):
        for kind in ("owl", "red_fox"):
            (divided / part).mkdir(parents=True, exist_ok=True)
            (divided / part / kind).symlink_to(tmp_path / kind)
    data = datasets.create("image_folder", path=str(divided), size=8)
    assert {part: len(rows) for part, rows in data.split.items()} == {
        "train": 26,
        "val": 4,
        "test": 30,
    }
    with pytest.raises(InputError, match="is not a folder"):
        datasets.create("image_folder", path=str(tmp_path / "none"))
    with pytest.raises(InputError, match="holds 0 pictures"):
        datasets.create("image_folder", path=str(tmp_path / "owl"))


def test_shards_hold_items_by_key(build: Build) -> None:
    data = datasets.create("webdataset", **build("webdataset"))
    assert len(data) == 30
    assert data.captions[16] == "text 1"  # from the json of the second shard
    assert data.classes == ("0", "1")


def test_bad_shards_are_named(build: Build, tmp_path: Path) -> None:
    options = build("webdataset")
    (tmp_path / "lonely.txt").write_text("no picture")
    with tarfile.open(tmp_path / "1.tar", "a") as opened:
        opened.add(tmp_path / "lonely.txt", "lonely.txt")
    with pytest.raises(InputError, match=r"item .*1.tar:lonely has no picture"):
        datasets.create("webdataset", **options)
    data = datasets.create("webdataset", **options, bad_rows="skip")
    assert len(data) == 30
    assert "1 rows were left out" in data.licence
    (tmp_path / "2.tar").write_bytes(b"not a tar file")
    with pytest.raises(InputError, match=r"2.tar is not a tar file"):
        datasets.create("webdataset", **options, bad_rows="skip")


def test_coco_keeps_images_of_one_category(build: Build) -> None:
    options = {**build("coco"), "size": 8}
    data = datasets.create("coco", **options)
    assert {part: len(rows) for part, rows in data.split.items()} == {
        "train": 36,
        "val": 4,
        "test": 10,
    }
    assert data.captions[0] == "train2017 0, words 0"
    assert [data.classes[label] for label in data.labels[:2]] == ["train", "boat"]
    other = datasets.create("coco", **options, caption=1, n_train=8, n_test=4)
    assert other.captions[0] == "train2017 0, words 1"
    assert len(other) == 12


def test_emoji_variants_stay_with_their_base(build: Build) -> None:
    options = build("emoji")
    assert len(datasets.create("emoji", **options)) == 30
    data = datasets.create("emoji", **options, variants=True, second_drawing=True)
    assert (len(data), data.modalities) == (60, ("image", "drawing", "text"))
    for rows in data.split.values():
        assert len(rows) == 2 * len(set((rows // 2).tolist()))
    assert len(datasets.create("emoji", **options, labels="subgroup").classes) == 6
