"""What a page weighs, and that it stands still."""

import gzip
import re

import pytest

ALPHA = "/chapter_tides/alpha.html"
BUDGET = 400_000
"""Bytes of a page and of all that it needs, but for its figures, as hosts send them."""
COMPRESSED = re.compile(r"\.(html|css|js|svg)$")
SHIFTS = """new Promise(done => new PerformanceObserver(list => {
  done(list.getEntries().map(entry => [entry.value, entry.hadRecentInput]))
}).observe({type: "layout-shift", buffered: true}) ?? setTimeout(() => done([]), 400))"""
ABOVE = """limit => [...document.querySelectorAll("article :is(p, h1, h2, pre, figure)")]
  .filter(element => element.checkVisibility())
  .map(element => [element.textContent.slice(0, 40), element.getBoundingClientRect()])
  .filter(([text, box]) => box.bottom > 0 && box.bottom <= limit)
  .map(([text, box]) => [text, box.top])"""


CHOSEN = "document.querySelector('.sd-tab-set > input:checked + label').textContent.trim()"


@pytest.mark.parametrize("path", [ALPHA, "/index.html", "/search.html", "/404.html"])
def test_a_page_is_light(page, site, path):
    urls = []
    page.on("requestfinished", lambda request: urls.append(request))
    page.goto(path, wait_until="networkidle")
    total = 0
    for request in urls:
        name = request.url.removeprefix(site.url).partition("?")[0]
        if request.resource_type != "image" and not name.startswith("data:"):
            content = (site.folder / name.lstrip("/")).read_bytes()
            total += len(gzip.compress(content) if COMPRESSED.search(name) else content)
    assert 50_000 < total < BUDGET


def test_nothing_shifts_while_a_page_loads(page):
    for tab in ("pytorch", "mxnet"):
        page.goto(f"{ALPHA}?tab={tab}", wait_until="networkidle")
        assert sum(value for value, _ in page.evaluate(SHIFTS)) < 0.01


@pytest.mark.parametrize("number", range(3))
def test_what_is_above_a_tab_stays_when_it_is_chosen(page, number):
    page.goto(ALPHA)
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    tab = page.locator(".sd-tab-set:not(.quiet) > label", has_text="MXNet").nth(number)
    tab.evaluate("tab => scrollTo(0, scrollY + tab.getBoundingClientRect().top - 400)")
    top = tab.bounding_box()["y"]
    nearest = page.evaluate(ABOVE, top)[-1]
    tab.click()
    assert page.evaluate(CHOSEN) == "MXNet"
    assert tab.bounding_box()["y"] == pytest.approx(top, abs=1)
    assert page.evaluate(ABOVE, top + 1)[-1][1] == pytest.approx(nearest[1], abs=1)
