"""The report is one well-formed, self-contained, accessible page, whatever the run holds."""

import itertools
import re
import shutil
from html.parser import HTMLParser

import pytest

import figures
from figures.report import write_report
from gaplab.records import RecordError, write_text

VOID = {"img", "meta", "source", "link", "br"}
LIMIT = 10_000_000  # bytes


class Page(HTMLParser):
    """Elements with their attributes, and whether all are closed in order."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, name, attributes):
        self.elements.append((name, dict(attributes)))
        if name not in VOID:
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    def all(self, name):
        return [attributes for element, attributes in self.elements if element == name]


@pytest.fixture(scope="module", autouse=True)
def _coarse_pictures():
    """Half the time of drawing is pixels, which these tests do not look at."""
    with pytest.MonkeyPatch.context() as patch:
        for style in figures.STYLES.values():
            patch.setitem(style.rc, "savefig.dpi", 40)
        yield


@pytest.fixture(scope="module")
def page(full_run, tmp_path_factory):
    run = tmp_path_factory.mktemp("report") / "run"
    shutil.copytree(full_run, run)
    path = write_report(run)
    assert path == run / "report.html"
    assert path.stat().st_size < LIMIT
    return Page(path.read_text(encoding="utf-8"))


def test_every_element_is_closed_and_ids_are_unique(page):
    assert page.open == []
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))


def test_nothing_comes_from_outside(page):
    assert not page.all("script")
    for _, attributes in page.elements:
        for name in ("src", "srcset", "href"):
            assert attributes.get(name, "#").startswith(("data:", "#"))


def test_links_lead_somewhere(page):
    ids = {a["id"] for _, a in page.elements if "id" in a}
    links = [a["href"] for a in page.all("a")]
    assert "#main" in links
    assert {f"#{s}" for s in ("summary", "claims", "training", "repairs")} <= set(links)
    assert all(link[1:] in ids for link in links)


def test_landmarks_and_headings_in_order(page):
    for name in ("header", "nav", "main", "footer", "h1"):
        assert len(page.all(name)) == 1
    levels = [int(e[1]) for e, _ in page.elements if re.fullmatch("h[1-6]", e)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert page.all("html")[0]["lang"] == "en"
    assert page.all("meta")[1]["content"].startswith("width=device-width")


def test_every_picture_has_a_text_and_a_dark_twin(page):
    images = page.all("img")
    told = [name for name in figures.names() if figures.FIGURES[name].section != "diagnosis"]
    assert len(images) == len(told)  # a diagnosis has a page of its own
    assert all(len(image["alt"]) > 80 for image in images)
    assert [s["media"] for s in page.all("source")] == ["(prefers-color-scheme: dark)"] * len(
        images
    )


def test_what_scrolls_can_be_reached_and_has_a_name(page):
    boxes = [a for _, a in page.elements if a.get("class") == "scroll"]
    assert all(a["tabindex"] == "0" and a["role"] and a["aria-label"] for a in boxes)
    assert all(header.get("scope") in ("col", "row") for header in page.all("th"))


def test_it_tells_the_story_of_the_run(page):
    words = " ".join(page.words)
    assert "Did gap-closing training reach a smaller gap than CLIP (InfoNCE)?" in words
    assert "floor of 0.420" in words
    assert "kappa=5.0" in words
    assert "12.5 s" in words
    assert "AV-MNIST, 2 modalities: is the published order found?" in words
    assert "−0.200 [−0.250, −0.150] ▲" in words
    assert "89.0 %" in words
    assert words.count("rotation: knobs from the data") == 1
    assert "gaplab reproduce --seed 0" in words
    assert "nan" not in words.lower().replace("finance", "")
    assert "Not run" not in words


@pytest.mark.parametrize(
    ("kind", "there", "absent"),
    [
        ("train", "held-out test pairs", "no ledger"),
        ("simulate", "decay rate of the centre gap", "no ledger"),
        ("verify", "Y.T3", "no simulation"),
        ("empty", "no results that answer", "no evaluated training"),
    ],
)
def test_a_part_alone_is_reported_and_the_rest_is_named(kind, there, absent, partial_run):
    text = write_report(partial_run(kind)).read_text(encoding="utf-8")
    words = " ".join(Page(text).words)
    assert there in words
    assert absent in words


def test_a_figure_that_fails_does_not_cost_the_report(partial_run):
    run = partial_run("train")
    write_text("broken", run / "trajectory.nc")
    words = " ".join(Page(write_report(run).read_text(encoding="utf-8")).words)
    assert "Figure training could not be drawn" in words
    assert "held-out test pairs" in words


def test_pictures_newer_than_their_records_are_kept(partial_run):
    run = partial_run("verify")
    write_report(run)
    picture = run / "figures" / "ledger.png"
    before = picture.stat().st_mtime_ns
    write_report(run)
    assert picture.stat().st_mtime_ns == before


def test_a_run_that_is_no_folder(tmp_path):
    with pytest.raises(RecordError, match="is not a folder"):
        write_report(tmp_path / "absent")
