"""Every registered figure is drawn from the small run and looked at through its artists."""

import itertools
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.text import Text

import figures
from gaplab.records import Embeddings, RecordError, read_json, write_json
from theory.errors import InputError

NAMES = figures.names()
SECTIONS = {"claims", "simulations", "training", "repairs", "tables", "diagnosis"}
HAIR = 1.0  # pixels by which two boxes may touch


def shown_texts(picture):
    """Visible, non-empty texts with their boxes in pixels."""
    picture.draw_without_rendering()
    renderer = picture.canvas.get_renderer()
    hidden = set()
    for ax in picture.axes:
        for axis in (ax.xaxis, ax.yaxis):
            shown = axis._update_ticks() if ax.axison else []
            kept = {id(text) for tick in shown for text in (tick.label1, tick.label2)}
            hidden |= {id(text) for text in axis.findobj(Text)} - kept
            if ax.axison:
                hidden.discard(id(axis.label))
    return [
        (text.get_text(), text.get_window_extent(renderer))
        for text in picture.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_says_what_it_is(name, full_run):
    leaf = figures.FIGURES[name]()
    caption = leaf.caption(leaf.load(full_run))
    assert leaf.name == name
    assert leaf.title[0].isupper()
    assert leaf.section in SECTIONS
    assert leaf.needs
    assert caption.endswith(".")
    assert "nan" not in caption.lower()
    assert len(caption) > 80


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_cut_off_and_no_texts_overlap(name, drawn):
    assert_nothing_collides(drawn(name))


def assert_nothing_collides(picture):
    """Every text is inside the canvas and apart from every other."""
    texts = shown_texts(picture)
    assert texts
    width, height = picture.canvas.get_width_height()
    for text, box in texts:
        inside = box.x0 >= -HAIR and box.y0 >= -HAIR
        assert inside, f"{text!r} leaves the canvas"
        assert box.x1 <= width + HAIR, f"{text!r} leaves the canvas"
        assert box.y1 <= height + HAIR, f"{text!r} leaves the canvas"
    for (text, box), (other, against) in itertools.combinations(texts, 2):
        across = min(box.x1, against.x1) - max(box.x0, against.x0)
        along = min(box.y1, against.y1) - max(box.y0, against.y0)
        assert min(across, along) <= HAIR, f"{text!r} and {other!r} overlap"


@pytest.mark.parametrize(
    ("name", "style"),  # dark has the typography of screen
    [*((name, "paper") for name in NAMES), ("landscape", "dark"), ("optima", "dark")],
)
def test_styles_change_paper_and_ink_only(name, style, full_run, drawn):
    picture = figures.draw(name, full_run, style=style)
    assert_nothing_collides(picture)
    assert mpl.colors.to_hex(picture.get_facecolor()) == figures.STYLES[style].paper.lower()
    titles = [ax.title.get_color() for ax in picture.axes if ax.get_title(loc="left")]
    assert all(c == figures.STYLES[style].ink for c in titles)
    assert len(picture.axes) == len(drawn(name).axes)


def test_drawing_leaves_no_global_state(full_run):
    before = dict(mpl.rcParams)
    figures.draw("training", full_run, style="dark")
    assert dict(mpl.rcParams) == before
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()


def test_available_and_missing(full_run, partial_run):
    assert figures.available(full_run) == NAMES
    assert figures.available(partial_run("empty")) == []
    assert figures.available(partial_run("simulate")) == ["decay", "predictions", "simulations"]
    assert figures.available(partial_run("verify")) == ["ledger", "optima", "phase", "stability"]
    alone = figures.available(partial_run("train"))
    assert {"training", "spectra", "methods", "scatter"} <= set(alone)
    assert figures.missing(partial_run("verify"), "landscape") == ["landscape.json"]
    (either,) = figures.missing(partial_run("train"), "phase")
    assert either.startswith("ledger.json or simulations/")


def test_files_without_what_is_drawn_do_not_make_a_figure(partial_run):
    run = partial_run("simulate")
    rows = read_json(run / "table.json")
    write_json([row | {"setting": "no numbers"} for row in rows], run / "table.json")
    assert figures.available(run) == ["predictions", "simulations"]
    training = partial_run("train")
    (path,) = training.glob("embeddings/*.safetensors")
    saved = Embeddings.load(path)
    Embeddings(saved.views, None, saved.captions, saved.made).save(path)
    assert "scatter" not in figures.available(training)
    with pytest.raises(RecordError, match="have no labels; scatter needs classes"):
        figures.draw("scatter", training)


def test_save_all_writes_pictures_and_captions(full_run, tmp_path):
    told = []
    written = figures.save_all(
        full_run, ["ledger", "methods"], ("png", "svg", "pdf"), out=tmp_path,
        progress=lambda *step: told.append(step),
    )  # fmt: skip
    assert [path.name for path in written] == [
        f"{name}.{kind}" for name in ("ledger", "methods") for kind in ("png", "svg", "pdf")
    ]
    heads = (b"\x89PNG", b"<?xml", b"%PDF")
    assert [path.read_bytes()[: len(h)] for path, h in zip(written, heads * 2, strict=True)] == [
        *heads * 2
    ]
    assert told[0] == (0, 2, "ledger")
    assert told[-1][:2] == (2, 2)
    captions = read_json(tmp_path / "captions.json")
    assert set(captions) == {"ledger", "methods"}
    figures.save_all(full_run, ["ledger"], style="dark", out=tmp_path)
    assert (tmp_path / "ledger-dark.png").is_file()
    assert set(read_json(tmp_path / "captions.json")) == {"ledger", "methods"}


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_same_records_give_the_same_file(kind, full_run, tmp_path):
    first, second = (
        figures.save_all(full_run, ["ledger"], (kind,), out=tmp_path / k)[0].read_bytes()
        for k in "ab"
    )
    assert first == second


def test_messages_name_the_argument_and_the_remedy(full_run, partial_run):
    with pytest.raises(InputError, match=r"figure 'ledgr'.*Did you mean 'ledger'"):
        figures.draw("ledgr", full_run)
    with pytest.raises(InputError, match=r"style is 'loud'; choose one of screen"):
        figures.draw("ledger", full_run, style="loud")
    with pytest.raises(InputError, match=r"format is 'gif'; choose among png"):
        figures.save_all(full_run, ["ledger"], ("gif",))
    with pytest.raises(RecordError, match=r"figure ledger needs ledger.json"):
        figures.draw("ledger", partial_run("empty"))


def test_a_seed_alone_is_drawn_without_a_band(full_run):
    leaf = figures.FIGURES["training"]()
    data = leaf.load(full_run)
    alone = {
        name: {k: b._replace(low=b.low * np.nan, high=b.high * np.nan) for k, b in by.items()}
        for name, by in data.curves.items()
    }
    picture = mpl.figure.Figure()
    axes = picture.subplots(2, 2, squeeze=False)
    leaf.plot(data._replace(curves=alone), axes)
    assert not axes.flat[0].collections
