"""A book whose root page isn't `index.md` at the top, with spaces in the names of files."""

from urllib.parse import unquote

import pytest
from lxml import html as lxml_html

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.publish import epub, html, pdf
from d2lbook.publish.editions import Editions
from d2lbook.records.stores import Stores

CONFIG = """\
[project]
title = Gauges
[build]
index = front/start.md
[html]
base_url = https://example.org/gauges/
"""
FILES = {
    "config.ini": CONFIG,
    "front/start.md": "# Gauges\n\n```toc\n:numbered:\n\n../one\nlast\n../a place/two\n```\n",
    "front/last.md": "# Last\n\nBack to [the start](start.md) and :numref:`sec_one`.\n",
    "a place/two.md": "# Two\n\n[Back](../one.md), ![](../a%20b.svg) and\n\n![Aa](<../a b.svg>)\n",
    "a b.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9" height="9"/>',
    "one.md": "# One\n:label:`sec_one`\n\nText.\n",
}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    root = tmp_path_factory.mktemp("gauges")
    for name, text in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    return load_book(load_config(root))


@pytest.fixture(scope="module")
def site(book, sphinx):
    return html.build(book, Stores(book.config), sphinx, report=pytest.fail)


@pytest.fixture
def editions(book, sphinx):
    return Editions(book, Stores(book.config), sphinx, report=pytest.fail)


def test_the_address_of_the_site_leads_to_it(site, browser):
    page = browser.new_page()
    page.goto(f"file://{site}/index.html")
    page.wait_for_url(f"file://{site}/front/start.html")
    page.get_by_role("link", name="1 One").first.click()
    page.wait_for_url(f"file://{site}/one.html")
    page.close()


def test_every_link_of_the_site_leads_somewhere(site):
    found = 0
    for path in site.rglob("*.html"):
        for link in lxml_html.parse(str(path)).xpath("//a/@href"):
            target = unquote(link.partition("#")[0])
            if target and "://" not in target and path.name != "404.html":
                assert (path.parent / target).is_file(), (path, link)
                found += 1
    assert found > 20


def test_the_sitemap_names_the_pages_themselves(site):
    text = (site / "sitemap.xml").read_text()
    assert "https://example.org/gauges/front/start.html" in text
    assert "index.html" not in text


def test_every_picture_of_the_site_is_there(site):
    pictures = lxml_html.parse(str(site / "a place/two.html")).xpath("//article//img/@src")
    assert pictures == ["../_images/a%20b.svg"] * 2
    assert (site / "_images/a b.svg").is_file()


def test_an_epub_has_all_pages(editions, epubcheck):
    (file,) = epub.build(editions, ("",))
    said = [line for line in epubcheck(file).splitlines() if line.startswith(("ERR", "WARN"))]
    assert [line for line in said if "PKG-010" not in line] == []  # which advises against spaces


def test_so_has_a_pdf(editions):
    folder = pdf.written(editions, "", pdf.looks_of(editions))
    text = next(folder.glob("*.tex")).read_text("utf-8")
    titles = [text.index(f"{{{title}}}") for title in ("One", "Last", "Two")]
    assert titles == sorted(titles)
    assert r"\hyperref[\detokenize{one::doc}]" in text
