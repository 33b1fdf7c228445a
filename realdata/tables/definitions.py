"""What each table trains, and what it shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from realdata.datasets.coco import find_annotations
from theory.errors import InputError
from theory.registry import Registry

__all__ = ["TABLES", "Column", "Method", "Table", "create", "names"]

TABLES: Registry[Any] = Registry("table")


@dataclass(frozen=True)
class Column:
    """A metric of the table.

    Attributes
    ----------
    metric : str
        Key of an evaluation.
    title : str
        Heading.
    better : {-1, 1}
        Whether smaller or larger is better.
    """

    metric: str
    title: str
    better: int


@dataclass(frozen=True)
class Method:
    """A way to train, a row of the table.

    Attributes
    ----------
    name, title : str
        Name of its folder; name for people.
    settings : mapping
        What differs from the table's own settings.
    n_seeds : int, optional
        It is trained with at most so many of the table's seeds, unless their number is chosen.
    """

    name: str
    title: str
    settings: Mapping[str, Any]
    n_seeds: int | None = None


@dataclass(frozen=True)
class Table:
    """A comparison of methods on one data set.

    Attributes
    ----------
    name, title : str
    settings : mapping
        Of every method: fields of `TrainConfig`.
    methods : tuple of Method
        The first is what the others are compared with.
    columns : tuple of Column
    n_seeds : int
        How many seeds, where nothing else is said.
    source : str
        Name of the published rows that go beside it, if any.
    """

    name: str
    title: str
    settings: Mapping[str, Any]
    methods: tuple[Method, ...]
    columns: tuple[Column, ...]
    n_seeds: int = 5
    source: str = ""
    note: str = field(default="")

    def chosen(self, methods: Sequence[str] | None, *, every_seed: bool = False) -> Table:
        """The table with some of its methods; the first always stays.

        Parameters
        ----------
        methods : sequence of str, optional
            All if None.
        every_seed : bool
            Whether every method is trained with all seeds.

        Raises
        ------
        InputError
            If one is not in the table.
        """
        methods = [method.name for method in self.methods] if methods is None else methods
        known = [method.name for method in self.methods]
        for name in methods:
            if name not in known:
                raise InputError(
                    f"table {self.name!r} has no method {name!r}; choose from {', '.join(known)}."
                )
        kept = [m for m in self.methods if m.name in methods or m is self.methods[0]]
        if every_seed:
            kept = [replace(method, n_seeds=None) for method in kept]
        return replace(self, methods=tuple(kept))


def names() -> list[str]:
    """Registered tables."""
    return TABLES.names()


def create(name: str) -> Table:
    """The table registered under `name`.

    Examples
    --------
    >>> create("digits").methods[0].name
    'clip'
    """
    table: Table = TABLES.create(name)
    return table


FIXED = 0.07
"""The fixed τ of a row; where learned temperatures start too."""

MAIN = (
    Method("clip", "CLIP (learned τ)", {"loss": "infonce"}),
    Method("clip_fixed", f"CLIP (τ = {FIXED})", {"loss": "infonce", "temperature": FIXED}),
    Method("gap_closing", "gap-closing, the paper's form", {"loss": "gap_closing"}),
    Method(
        "gap_closing_published",
        "gap-closing, the published code's form (τ = 0.1)",
        {"loss": "gap_closing", "loss_options": {"form": "published"}, "temperature": 0.1},
    ),
)
"""The methods of [Grassucci2026]."""

OTHERS = (
    Method("cua", "CUA", {"loss": "cua"}),
    Method("alignclip", "AlignCLIP's intra-modal term", {"loss": "alignclip"}),
    Method("shared_alignment", "shared-space alignment", {"loss": "shared_alignment"}),
    Method("sigmoid", "sigmoid loss", {"loss": "sigmoid"}),
    Method(
        "temperature_schedule",
        "τ from 0.01 to 0.05",
        {"loss": "infonce", "temperature_schedule": [0.01, 0.05]},
    ),
    Method(
        "swap_hard",
        "hard modality swapping, at 5 % of the steps",  # the published .1 % is none of so few
        {"loss": "infonce", "swapping": "hard", "swapping_share": 0.05},
    ),
    Method("swap_soft", "soft modality swapping", {"loss": "infonce", "swapping": "soft"}),
)
"""Rival ways to train."""


def _few(methods: Sequence[Method], n_seeds: int) -> tuple[Method, ...]:
    """`methods` with few seeds each, where a run takes minutes."""
    return tuple(replace(method, n_seeds=n_seeds) for method in methods)


GROUP = (Column("v_measure", "V-measure", 1), Column("knn", "kNN", 1))
GAP = (
    Column("centroid_gap", "gap", -1),
    Column("true_pair_cosine", "pair cosine", 1),
)
TWO = (
    *GAP,
    Column("r1_xy", "R@1 image → text", 1),
    Column("r1_yx", "R@1 text → image", 1),
    *GROUP,
)
SOUND = (
    *GAP,
    Column("r1_xy_02", "R@1 image → text", 1),
    Column("r1_xy_12", "R@1 audio → text", 1),
    *GROUP,
)
DRAWINGS = (
    *GAP,
    Column("r1_xy_02", "R@1 image → text", 1),
    Column("r1_xy_01", "R@1 image → drawing", 1),
    *GROUP,
)


@TABLES.register("digits")
def digits() -> Table:
    """scikit-learn's digits with worded captions."""
    return Table(
        name="digits",
        title="digits, 2 modalities",
        settings={"dataset": "digits"},
        methods=(*MAIN, *_few(OTHERS, 2)),
        columns=TWO,
        n_seeds=10,
    )


@TABLES.register("cifar10")
def cifar10() -> Table:
    """CIFAR-10 with one prompt a class."""
    return Table(
        name="cifar10",
        title="CIFAR-10, 2 modalities",
        settings={
            "dataset": "cifar10",
            "model": "small-32",
            "epochs": 8,
            "batch_size": 128,
            "lr": 5e-4,
        },
        methods=(*MAIN, *_few(OTHERS, 1)),
        columns=TWO,
        source="cifar10",
    )


@TABLES.register("captions")
def captions() -> Table:
    """Captions: MSCOCO where it is, else emoji."""
    try:
        find_annotations()
    except InputError:
        title, note = "emoji captions", "On emoji: MSCOCO, of the published rows, is not here."
        data: dict[str, Any] = {"dataset": "emoji"}
    else:
        title, note = "MSCOCO captions", "On 10,000 training and 2,000 test images of MSCOCO."
        size = {"size": 32, "n_train": 10_000, "n_test": 2000}
        data = {"dataset": "coco", "dataset_options": size}
    return Table(
        name="captions",
        title=f"{title}, 2 modalities",
        settings={**data, "model": "small-32", "epochs": 12, "batch_size": 128, "lr": 5e-4},
        methods=(*MAIN, *_few(OTHERS, 1)),
        columns=TWO,
        source="coco",
        note=note,
    )


@TABLES.register("av_mnist")
def av_mnist() -> Table:
    """Images, spoken digits and texts."""
    return Table(
        name="av_mnist",
        title="AV-MNIST, 3 modalities",
        settings={
            "dataset": "av_mnist",
            "dataset_options": {"n_train": 4000, "n_test": 1000},
            "model": "tiny-32",
            "epochs": 12,
            "batch_size": 64,
        },
        methods=MAIN,
        columns=SOUND,
        source="av_mnist",
    )


@TABLES.register("emoji3")
def emoji3() -> Table:
    """Two drawings and a name."""
    return Table(
        name="emoji3",
        title="emoji, 3 modalities",
        settings={
            "dataset": "emoji",
            "dataset_options": {"second_drawing": True},
            "model": "small-32",
            "epochs": 12,
            "batch_size": 128,
            "lr": 5e-4,
        },
        methods=MAIN,
        columns=DRAWINGS,
    )
