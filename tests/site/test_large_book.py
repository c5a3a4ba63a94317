"""A generated book with every construct: all of it reaches its readers, and edits leave no trace.

After each edit the site that is brought up to date is the one that a fresh build makes.
"""

import posixpath
import re
import shutil
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from generated_book import SMALL, TABS, Contents, make_records, write_book
from lxml import html as lxml_html

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.publish import html
from d2lbook.records.stores import Stores

ON_NO_PAGE = re.compile(rb',?"[^"]*":\[\]')
FRESH = shutil.ignore_patterns("_build")


@dataclass(frozen=True)
class Built:
    """A book and what was built of it."""

    root: Path
    contents: Contents
    reports: list[str]


@pytest.fixture(scope="module")
def build(sphinx):
    """Build the book in a folder; return what was reported."""

    def run(root, sphinx=sphinx):
        reports = []
        config = load_config(root)
        stores = Stores(config, report=reports.append)
        html.build(load_book(config), stores, sphinx, report=reports.append)
        return reports

    return run


@pytest.fixture(scope="module")
def built(tmp_path_factory, build):
    """A book with its records, and its site."""
    root = tmp_path_factory.mktemp("large") / "book"
    contents = write_book(root, SMALL)
    record(root)
    return Built(root, contents, build(root))


@pytest.fixture(scope="module")
def pages(built):
    """The pages of its site, by name."""
    site = built.root / "_build/html"
    found = {path.relative_to(site).as_posix(): path for path in site.rglob("*.html")}
    return {name: lxml_html.parse(path).getroot() for name, path in found.items()}


def record(root):
    """Make the records of a book."""
    config = load_config(root)
    make_records(load_book(config), Stores(config))


def text_of(element):
    """What a reader sees of an element, in one line."""
    return " ".join(element.text_content().split())


def texts_by_tab(page):
    """What the tab sets of a page hold, by the tab that shows it."""
    found = defaultdict(str)
    for label in page.iter("label"):
        if tab := label.get("data-sync-id"):
            found[tab] += text_of(label.getnext())
    return found


def test_the_book_builds_without_complaints(built):
    assert built.reports == []


def test_every_sentence_reaches_its_page_and_no_other_does(built, pages):
    assert built.contents.sentences
    for name, sentences in built.contents.sentences.items():
        text = text_of(pages[f"{name}.html"])
        assert [sentence for sentence in sentences if sentence not in text] == []
    everything = " ".join(map(text_of, pages.values()))
    assert [sentence for sentence in built.contents.unseen if sentence in everything] == []


def test_every_tab_shows_its_own(built, pages):
    for name in built.contents.sentences:
        texts = texts_by_tab(pages[f"{name}.html"])
        assert list(texts) == [*TABS]
        for tab in TABS:
            shown = [other for other in TABS if f"prose for {other}" in texts[tab]]
            branches = [other for other in TABS if f"# {other}" in texts[tab]]
            assert shown == branches == [tab]


def test_every_reference_leads_somewhere(built, pages):
    ids = {name: {one.get("id") for one in page.iter()} for name, page in pages.items()}
    links = 0
    for name, page in pages.items():
        for link in page.xpath("//article//a[contains(@class, 'internal')]/@href"):
            path, anchor = urldefrag(unquote(link))
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            assert not anchor or anchor in ids[target if path else name], (name, link)
            links += 1
    assert links >= built.contents.references


def test_a_site_that_nothing_has_changed_for_is_left_as_it_is(built, build):
    assert build(built.root, sphinx=None) == []


def change(path, old, new):
    """Replace a text of a file."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def change_all(root, old, new):
    """Replace a text in all pages that have it."""
    for path in sorted(root.rglob("*.md")):
        if old in path.read_text("utf-8"):
            change(path, old, new)


def touch_prose(root):
    """Only the text of a page."""
    change(root / "chapter_1/section_1.md", "is here.\n", "is still here.\n")


def add_section(root):
    """Numbers of later figures stay, a subsection and a reference to it come."""
    page = root / "chapter_1/section_1.md"
    change(page, "## Summary\n", "## New\n:label:`sec_new`\n\nNews.\n\n## Summary\n")
    change(root / "chapter_2/section_1.md", "A note.", "A note on :numref:`sec_new`.")


def rename_label(root):
    """Of a figure that others refer to."""
    change_all(root, "`fig_1_1`", "`fig_other`")


def retitle_section(root):
    """References by title show it, and so do the tables of contents."""
    change(root / "chapter_1/section_2.md", "# Section 1_2 on", "# Another section on")


def reorder(root):
    """Numbers of sections and figures change."""
    change(root / "chapter_1/index.md", "section_1\nsection_2", "section_2\nsection_1")


def edit_code(root):
    """Of a cell: its page loses its records."""
    change(root / "chapter_2/section_1.md", "net = Net2_1(16)", "net = Net2_1(32)")


def record_anew(root):
    """The page that has lost them."""
    record(root)


def replace_record(root):
    """The outputs of one page in one tab."""
    stores = Stores(load_config(root))
    book = load_book(load_config(root))
    page = next(page for page in book.pages if page.path == "chapter_1/section_1.md")
    shown = stores.best(book.in_tab(page, "jax"), "jax")
    receipt = replace(shown.record.receipt, device="Another CPU (8 cores)")
    stores.put(replace(shown.record, receipt=receipt))


def edit_bibliography(root):
    """The title of a work, and the year of another, which citations show."""
    change(root / "references.bib", "On Matter Number 3}", "On No Matter}")
    change(root / "references.bib", "year = {1964}", "year = {1864}")


def replace_image(root):
    """In place, under its name."""
    change(root / "img/figure-1.svg", "Figure 1", "Picture 1")


def retitle_book(root):
    """As every page shows it."""
    change(root / "config.ini", "title = A Large Book", "title = A Larger Book")


def style(root):
    """The book's own style sheet."""
    change(root / "static/own.css", "article { }", "article { color: black }")


def add_page(root):
    """At the end of a chapter."""
    (root / "chapter_1/last.md").write_text("# Last\n:label:`sec_last`\n\nSee :ref:`sec_1_1`.\n")
    change(root / "chapter_1/index.md", "section_1\n```", "section_1\nlast\n```")


def remove_page(root):
    """With all that refers to it."""
    (root / "chapter_2/section_2.md").unlink()
    change(root / "chapter_2/index.md", "\nsection_2", "")
    for kind in ("sec", "fig", "tab", "eq"):
        change_all(root, f"`{kind}_2_2`", f"`{kind}_2_1`")


EDITS = (
    touch_prose,
    add_section,
    rename_label,
    retitle_section,
    reorder,
    edit_code,
    record_anew,
    replace_record,
    edit_bibliography,
    replace_image,
    retitle_book,
    style,
    add_page,
    remove_page,
)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_an_edited_site_is_the_one_that_a_fresh_build_makes(built, build, edit, tmp_path):
    before = files(built.root)
    edit(built.root)
    reports = build(built.root)
    fresh = Path(shutil.copytree(built.root, tmp_path / "fresh", ignore=FRESH))
    assert build(fresh) == reports
    ours, expected = files(built.root), files(fresh)
    assert ours.keys() == expected.keys()
    assert [name for name in ours if ours[name] != expected[name]] == []
    assert ours != before


def files(root):
    """The files of a site, with their contents.

    Sphinx's notes to itself are left out, and so are words of its search that are on no page.
    """
    site = root / "_build/html"
    found = (path for path in site.rglob("*") if path.is_file() and path.stem != ".buildinfo")
    contents = {path.relative_to(site).as_posix(): path.read_bytes() for path in found}
    contents["searchindex.js"] = ON_NO_PAGE.sub(b"", contents["searchindex.js"])
    return contents
