"""The report in a real browser; `make test-browser` runs these, `make test` does not."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from figures.report import write_report

WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="session")
def report(full_run, tmp_path_factory) -> Path:
    """The page to look at: of the small run, or the one that GAPLAB_REPORT names."""
    if named := os.environ.get("GAPLAB_REPORT"):
        return Path(named).resolve()
    run = tmp_path_factory.mktemp("report") / "run"
    shutil.copytree(full_run, run)
    return write_report(run)


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium, which GAPLAB_BROWSER names."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=os.environ["GAPLAB_BROWSER"])
        yield found
        found.close()


@pytest.fixture(params=[(w, s) for w in WIDTHS for s in ("light", "dark")], ids="-".join)
def page(request, browser, report):
    """The report, loaded, at either width and in either colour scheme; `page.complaints` kept."""
    width, scheme = request.param
    size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
    context = browser.new_context(
        viewport=size, color_scheme=scheme, device_scale_factor=1, reduced_motion="reduce"
    )
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    opened.complaints, opened.requests = [], []
    opened.on("console", lambda m: opened.complaints.append(m.text) if m.type == "error" else None)
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    opened.on("request", lambda asked: opened.requests.append(asked.url))
    opened.goto(report.as_uri())
    opened.scheme, opened.size = scheme, size
    yield opened
    context.close()
