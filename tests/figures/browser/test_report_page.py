"""What a reader of the report meets: at two widths, by day and by night, without a mouse."""

import io
import itertools

from PIL import Image

CONTRAST = 4.5  # WCAG 2.1 AA for body text
HAIR = 1.0  # pixels that rounding may add

CONTRASTS = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const ground = element => {
    for (; element; element = element.parentElement) {
      const found = rgb(getComputedStyle(element).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll(
      'h1,h2,h3,p,a,th,td,dt,dd,li,code,caption,figcaption,summary,.badge')]
    .filter(e => e.textContent.trim() && e.checkVisibility())
    .map(e => {
      const a = light(rgb(getComputedStyle(e).color)), b = light(ground(e));
      const what = e.tagName + ' ' + e.textContent.trim().slice(0, 40);
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), what];
    });
}"""

ESCAPED = """() => [...document.querySelectorAll('body *')]
  .filter(e => e.checkVisibility() && e.getClientRects().length
    && !e.closest('.scroll, pre, .formula, .skip, annotation')
    && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .map(e => e.tagName + ' ' + e.textContent.trim().slice(0, 60))"""


def test_nothing_is_complained_of_or_fetched(page):
    assert page.complaints == []
    assert all(url.startswith(("data:", "file:")) for url in page.requests)
    assert [url for url in page.requests if url.startswith("file:")] == [page.url]


def test_every_picture_is_shown_in_the_colours_of_the_page(page):
    images = page.evaluate(
        "() => Promise.all([...document.images].map(async image => { await image.decode();"
        " return [image.complete, image.naturalWidth, image.alt.length,"
        " image.currentSrc === image.src] }))"
    )
    assert images
    for complete, width, alt, light in images:
        assert complete
        assert width > 100
        assert alt > 80
        assert light == (page.scheme == "light")


def test_nothing_scrolls_sideways_but_its_own_box(page):
    wide, seen = page.evaluate(
        "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= seen + HAIR
    assert page.evaluate(ESCAPED) == []
    page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= seen + HAIR
    assert page.evaluate(ESCAPED) == []


def test_a_screenshot_of_the_whole_page_has_its_width_and_is_not_blank(page):
    taken = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    assert taken.width == page.size["width"]
    assert taken.height > 2 * page.size["height"]
    assert len(taken.convert("RGB").getcolors(1 << 24)) > 100


def test_contents_lead_to_their_headings(page):
    links = page.locator("nav a")
    assert links.count() >= 6
    for k in range(links.count()):
        target = links.nth(k).get_attribute("href")
        links.nth(k).click()
        assert page.evaluate("() => location.hash") == target
        box = page.locator(f"{target} h2").bounding_box()
        assert -HAIR <= box["y"] <= page.size["height"]
        assert page.locator(f"{target} h2").inner_text() == links.nth(k).inner_text()


def test_every_link_of_the_ledger_leads_to_its_claim(page):
    links = page.locator("#claims td a, #claims th a")
    targets = [links.nth(k).get_attribute("href") for k in range(links.count())]
    assert targets
    missing = "hashes => hashes.filter(h => !document.getElementById(h.slice(1)))"
    assert page.evaluate(missing, targets) == []
    links.first.click()
    assert page.locator(targets[0]).bounding_box()["y"] < page.size["height"]


def test_text_can_be_read_in_either_scheme(page):
    page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true })")
    weak = [(round(c, 2), what) for c, what in page.evaluate(CONTRASTS) if c < CONTRAST]
    assert weak == []
    shade = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    bright = sum(map(int, shade.strip("rgb()").split(","))) > 380
    assert bright == (page.scheme == "light")


FOCUSED = """() => { const e = document.activeElement, s = getComputedStyle(e);
  const box = e.getBoundingClientRect();
  return [e.tagName, e.className, s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2,
    box.right > 0 && box.bottom > 0 && box.top < innerHeight] }"""


def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(page):
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)[1:] == ["skip", True, True]
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    page.reload()
    expected = page.evaluate(
        "() => [...document.querySelectorAll('a, summary, [tabindex=\"0\"]')]"
        ".filter(e => e.checkVisibility()).length"
    )
    reached = []
    for _ in range(expected):
        page.keyboard.press("Tab")
        name, kind, outlined, visible = page.evaluate(FOCUSED)
        reached.append(name)
        assert outlined, f"{name} {kind} does not show its focus"
        assert visible, f"{name} {kind} is focused out of sight"
    assert {"A", "SUMMARY", "DIV"} <= set(reached)
    at = "() => [...document.querySelectorAll('*')].indexOf(document.activeElement)"
    page.keyboard.press("Shift+Tab")
    before = page.evaluate(at)
    page.keyboard.press("Tab")
    assert page.evaluate(at) > before


def test_a_claim_opens_with_the_keyboard_and_its_formula_is_set(page):
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    details = page.locator("details").first
    assert details.get_attribute("open") is not None
    box = details.locator("math").first.bounding_box()
    assert box["width"] > 20
    assert box["height"] > 8


def test_headings_and_landmarks_for_screen_readers(page):
    tree = page.locator("body").aria_snapshot()
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        assert landmark in tree
    levels = page.evaluate(
        "() => [...document.querySelectorAll('h1,h2,h3')].map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_paper_shows_no_navigation(page):
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
