"""Small made-up files in the format of every data set."""

import csv
import gzip
import io
import json
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy.io import wavfile

Builder = Callable[[Path], dict[str, Any]]
N_CLASSES, PER_CLASS, PER_TEST = 10, 12, 5


def random_images(n: int, *shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, *shape), dtype=np.uint8)


def official(*shape: int, classes: int = N_CLASSES) -> dict[str, np.ndarray]:
    """Train and test arrays with every class in both."""
    sizes = {"train": PER_CLASS * classes, "test": PER_TEST * classes}
    return {
        f"{part}_{what}": (
            random_images(n, *shape, seed=n) if what == "images" else np.arange(n) % classes
        )
        for part, n in sizes.items()
        for what in ("images", "labels")
    }


def idx(array: np.ndarray) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return head + array.astype(np.uint8).tobytes()


def save_idx(folder: Path, arrays: dict[str, np.ndarray], ending: str = "") -> None:
    folder.mkdir(parents=True)
    for part, prefix in (("train", "train"), ("test", "t10k")):
        for what, suffix in (("images", "images-idx3-ubyte"), ("labels", "labels-idx1-ubyte")):
            content = idx(arrays[f"{part}_{what}"])
            name = f"{prefix}-{suffix}{ending}"
            (folder / name).write_bytes(gzip.compress(content) if ending else content)


def save_clips(folder: Path) -> None:
    folder.mkdir(parents=True)
    rng = np.random.default_rng(3)
    for digit in range(10):
        for take in (0, 1, 5, 6):
            wave = (rng.normal(size=2000) * 3000).astype(np.int16)
            wavfile.write(folder / f"{digit}_ann_{take}.wav", 8000, wave)


def save_pictures(folder: Path, names: list[str], first: int = 0) -> None:
    for k, name in enumerate(names, start=first):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random_images(1, 9, 12, 3, seed=k)[0]).save(path)


def mnist(folder: Path) -> dict[str, Any]:
    save_idx(folder / "MNIST" / "raw", official(28, 28))
    return {"folder": str(folder)}


def fashion_mnist(folder: Path) -> dict[str, Any]:
    save_idx(folder / "fashion-mnist", official(28, 28), ".gz")
    return {"folder": str(folder)}


def av_mnist(folder: Path) -> dict[str, Any]:
    mnist(folder)
    save_clips(folder / "recordings")
    return {"folder": str(folder)}


def save_batch(path: Path, batch: dict[str, Any]) -> None:
    """As Python 2 did: with keys of bytes."""
    path.write_bytes(pickle.dumps({k.encode(): v for k, v in batch.items()}, protocol=2))


def save_cifar(folder: Path, files: dict[str, tuple[str, ...]], labels: str, classes: int) -> None:
    folder.mkdir()
    for part, names in files.items():
        for k, name in enumerate(names):
            n = classes * PER_TEST
            data = random_images(n, 3072, seed=1000 * len(part) + k)
            batch = {"data": data, labels: (np.arange(n) % classes).tolist()}
            save_batch(folder / name, batch)


def cifar10(folder: Path) -> dict[str, Any]:
    place = folder / "cifar-10-batches-py"
    train = tuple(f"data_batch_{k}" for k in range(1, 6))
    save_cifar(place, {"train": train, "test": ("test_batch",)}, "labels", 10)
    names = [f"thing_{k}".encode() for k in range(10)]
    save_batch(place / "batches.meta", {"label_names": names})
    return {"folder": str(folder)}


def cifar100(folder: Path) -> dict[str, Any]:
    place = folder / "cifar-100-python"
    save_cifar(place, {"train": ("train",), "test": ("test",)}, "fine_labels", 20)
    names = [f"thing_{k}".encode() for k in range(20)]
    save_batch(place / "meta", {"fine_label_names": names})
    return {"folder": str(folder)}


def emoji(folder: Path) -> dict[str, Any]:
    n = 60
    np.savez(
        folder / "emoji.npz",
        images=random_images(n, 8, 8, 3),
        images_twitter=random_images(n, 8, 8, 3, seed=1),
        captions=np.array([f"face {k}" for k in range(n)]),
        group=np.array([f"group {k // 2 % 3}" for k in range(n)]),
        subgroup=np.array([f"subgroup {k // 2 % 6}" for k in range(n)]),
        core=np.arange(n) % 2 == 0,
        base_codepoints=np.array([f"{k // 2:X}" for k in range(n)]),
    )
    return {"folder": str(folder)}


def coco(folder: Path) -> dict[str, Any]:
    """Images of two categories in turn; the last of each part shows both."""
    place = folder / "coco"
    (place / "annotations").mkdir(parents=True)
    categories = [{"id": 7, "name": "train"}, {"id": 9, "name": "boat"}]
    for part, n in (("train2017", 41), ("val2017", 11)):
        save_pictures(place / part, [f"{k:03d}.jpg" for k in range(n)], first=1000 * n)
        images = [{"id": k, "file_name": f"{k:03d}.jpg"} for k in range(n)]
        objects = [{"image_id": k, "category_id": (7, 9)[k % 2]} for k in range(n)]
        objects += [{"image_id": 0, "category_id": 7}, {"image_id": n - 1, "category_id": 9}]
        texts = [
            {"id": 10 * k + j, "image_id": k, "caption": f" {part} {k}, words {j} "}
            for j in (1, 0)
            for k in range(n)
        ]
        (place / "annotations" / f"instances_{part}.json").write_text(
            json.dumps({"categories": categories, "annotations": objects})
        )
        (place / "annotations" / f"captions_{part}.json").write_text(
            json.dumps({"images": images, "annotations": texts})
        )
    return {"folder": str(folder)}


def table(folder: Path) -> dict[str, Any]:
    names = [f"pictures/{k}.png" for k in range(30)]
    save_pictures(folder, names)
    with (folder / "pairs.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["filepath", "title", "kind"])
        writer.writerows([name, f"text {k}", f"kind {k % 2}"] for k, name in enumerate(names))
    return {"path": str(folder / "pairs.csv"), "label_column": "kind", "size": 8}


def image_folder(folder: Path) -> dict[str, Any]:
    names = [f"{kind}/{k}.png" for kind in ("red_fox", "owl") for k in range(15)]
    save_pictures(folder, names)
    return {"path": str(folder), "size": 8}


def webdataset(folder: Path) -> dict[str, Any]:
    for shard in range(2):
        with tarfile.open(folder / f"{shard}.tar", "w") as opened:
            for k in range(15):
                picture = io.BytesIO()
                pixels = random_images(1, 9, 12, 3, seed=100 * shard + k)[0]
                Image.fromarray(pixels).save(picture, format="PNG")
                text = f"text {k}".encode()
                caption = json.dumps({"caption": f"text {k}"}).encode()
                parts = {
                    "png": picture.getvalue(),
                    "cls": str(k % 2).encode(),
                    **({"json": caption} if shard else {"txt": text}),
                }
                for ending, content in parts.items():
                    member = tarfile.TarInfo(f"{shard}-{k}.{ending}")
                    member.size = len(content)
                    opened.addfile(member, io.BytesIO(content))
    return {"shards": str(folder / "*.tar"), "size": 8}


BUILDERS: dict[str, Builder] = {
    "av_mnist": av_mnist,
    "cifar10": cifar10,
    "cifar100": cifar100,
    "coco": coco,
    "csv": table,
    "digits": lambda folder: {},
    "emoji": emoji,
    "fashion_mnist": fashion_mnist,
    "image_folder": image_folder,
    "mnist": mnist,
    "webdataset": webdataset,
}


@pytest.fixture
def build(tmp_path: Path) -> Callable[[str], dict[str, Any]]:
    """Write the files of a data set; the options that find them."""
    return lambda name: BUILDERS[name](tmp_path)
