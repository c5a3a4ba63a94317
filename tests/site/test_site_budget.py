"""What a page weighs, and that it stands still."""

import gzip
import re

import pytest

ALPHA = "/chapter_tides/alpha.html"
BUDGET = 400_000
"""Bytes of a page and of all that it needs, but for its figures, as hosts send them."""
FONT_SHIFT = 0.02
"""What a long title may shift when its font comes; a fifth of what counts as good."""
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


def weight(browser, site, path):
    """Return the bytes that a reader is sent who comes for the first time, but for figures."""
    page = browser.new_page()
    requests = []
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto(f"{site.url}/{path}", wait_until="networkidle")
    page.close()
    total = 0
    for request in requests:
        name = request.url.removeprefix(site.url).partition("?")[0]
        if request.resource_type != "image" and not name.startswith("data:"):
            content = (site.folder / name.lstrip("/")).read_bytes()
            total += len(gzip.compress(content) if COMPRESSED.search(name) else content)
    return total


def pages_of(site):
    """Yield the paths of a site's pages, but for those of other formats."""
    for path in sorted(site.folder.rglob("*.html")):
        if "_editions" not in path.parts:
            yield path.relative_to(site.folder).as_posix()


def test_every_page_is_light(browser, site, our_site):
    for one in (site, our_site):
        for path in pages_of(one):
            assert 50_000 < weight(browser, one, path) < BUDGET, path


def test_nothing_shifts_in_this_book(browser, our_site):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    switched = 0
    for path in pages_of(our_site):
        page.goto(f"{our_site.url}/{path}?tab=jax", wait_until="networkidle")
        assert sum(value for value, _ in page.evaluate(SHIFTS)) < FONT_SHIFT, path
        page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
        for tab in page.locator(".sd-tab-set:not(.quiet) > label", has_text="MXNet").all()[-1:]:
            switched += 1
            stays_where_it_is(page, tab)
    assert switched > 10


def test_nothing_shifts_while_a_page_loads(page):
    def after_the_text(route):
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/_images/*", after_the_text)
    page.route("**/fonts/*", lambda route: route.fulfill(body=b""))  # whose shifts depend on load
    for tab in ("pytorch", "mxnet"):
        page.goto(f"{ALPHA}?tab={tab}", wait_until="networkidle")
        assert sum(value for value, _ in page.evaluate(SHIFTS)) < 0.01


@pytest.mark.parametrize("number", range(3))
def test_what_is_above_a_tab_stays_when_it_is_chosen(page, number):
    page.goto(ALPHA)
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    stays_where_it_is(
        page, page.locator(".sd-tab-set:not(.quiet) > label", has_text="MXNet").nth(number)
    )


def stays_where_it_is(page, tab):
    """Choose a tab, which moves neither the tab nor what is above it."""
    tab.evaluate("tab => scrollTo(0, scrollY + tab.getBoundingClientRect().top - 400)")
    top = tab.bounding_box()["y"]
    nearest = page.evaluate(ABOVE, top)[-1]
    tab.click()
    assert page.evaluate(CHOSEN) == "MXNet"
    assert tab.bounding_box()["y"] == pytest.approx(top, abs=1)
    assert page.evaluate(ABOVE, top + 1)[-1][1] == pytest.approx(nearest[1], abs=1)
