"""Links on a page that open its notebook on a host, in the framework that is chosen."""

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from lxml import html as lxml_html

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.publish import html
from d2lbook.records.stores import Stores

SETTINGS = """
[colab]
github_repo = pytorch, me/book-pytorch
    jax, me/book-jax
exclusions = chapter_tides/beta.md
[eval]
cache = cache
[binder]
github_repo = me/book/tree/main/_build/ipynb
"""
SAMPLE = Path(__file__).parent / "sample"
LAUNCH = ".launch-link >> visible=true"


@pytest.fixture(scope="module")
def launching_site(tmp_path_factory, sphinx):
    """The sample book, with repositories; its folder."""
    root = shutil.copytree(SAMPLE, tmp_path_factory.mktemp("launch") / "sample")
    with (root / "config.ini").open("a") as config:
        config.write(SETTINGS)
    book = load_book(load_config(root))
    return html.build(book, Stores(book.config), sphinx, report=lambda line: None)


@pytest.fixture
def reader(browser, launching_site):
    """A browser page that opens pages of that site."""
    context = browser.new_context()
    page = context.new_page()
    page.show = lambda name: page.goto((launching_site / f"{name}.html").as_uri())
    yield page
    context.close()


def links(page):
    return [(link.inner_text(), link.get_attribute("href")) for link in page.locator(LAUNCH).all()]


def test_links_follow_the_framework(reader):
    reader.show("chapter_tides/alpha")
    path = "chapter_tides/alpha.ipynb"
    colab = "https://colab.research.google.com/github"
    binder = ("Binder", f"https://mybinder.org/v2/gh/me/book/main?labpath=_build/ipynb/{path}")
    assert links(reader) == [("Colab", f"{colab}/me/book-pytorch/blob/HEAD/{path}"), binder]
    reader.locator(".tab-switch").get_by_text("JAX").click()
    assert links(reader) == [("Colab", f"{colab}/me/book-jax/blob/HEAD/{path}"), binder]
    reader.locator(".tab-switch").get_by_text("MXNet").click()
    assert links(reader) == [binder]


def test_links_say_what_they_open_and_are_below_the_switch(reader):
    reader.show("chapter_tides/alpha")
    link = reader.get_by_role("link", name="Binder").locator("visible=true")
    assert link.get_attribute("title") == "Open the PyTorch notebook of this page on Binder"
    switch, row = reader.locator(".tab-switch").bounding_box(), link.bounding_box()
    assert 0 < row["y"] - switch["y"] - switch["height"] < 40
    link.focus()
    assert link.evaluate(
        "link => link.matches(':focus-visible') || link === document.activeElement"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_links_keep_nobody_out(browser, launching_site, scheme):
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto((launching_site / "chapter_tides/alpha.html").as_uri())
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    found = Axe().run(page, options=rules).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    context.close()


def test_pages_that_a_host_lacks_are_not_linked_there(launching_site):
    def hosts(name):
        page = lxml_html.fromstring((launching_site / f"{name}.html").read_text())
        return [link.text for link in page.find_class("launch-link")]

    assert hosts("chapter_tides/beta") == ["Binder", "Binder"]
    assert hosts("index") == hosts("references") == []
