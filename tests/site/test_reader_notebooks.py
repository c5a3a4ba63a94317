"""Readers' notebooks say and link what the site does: numbers, titles, citations, figures."""

import re

import pytest
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.notebooks.ipynb import to_notebook
from d2lbook.notebooks.text import Beside, Reading
from d2lbook.publish import html
from d2lbook.records.stores import Stores

SITE = "https://example.org/book/"
CONFIG = f"""\
[project]
title = Deep
lang = LANG
[build]
tabs = jax, mxnet
exclusions = left-out.md
[html]
base_url = {SITE}
[eval]
cache = cache
"""
PAGES = {
    "index": """\
# Root
:label:`chap_root`

$$r = 1$$
:eqlabel:`eq_root`

```toc
:maxdepth: 1

preface
```

```toc
:maxdepth: 2
:numbered:

first/index
A title <second>
https://example.org
third
rst
```

```toc
:numbered: 1

last
```
""",
    "preface": """\
# Preface
:label:`sec_preface`

## Thanks
:label:`sec_thanks`

![Thanks to *all*](a.svg)
:label:`fig_thanks`
""",
    "first/index": """\
# First Chapter
:label:`chap_first`

## Before the Sections
:label:`sec_before`

```toc
one
```

## After Them
:label:`sec_after`

### Deep
:label:`sec_deep`

##### Deeper
:label:`sec_deeper`

![In the deep](../a.svg)
:label:`fig_deeper`
""",
    "first/one": """\
# One
:label:`sec_one`

![](../a.svg)
:label:`fig_bare`

![No label](../a.svg)

![Without either, and so without a number](../b.svg "a title")

:begin_tab:`mxnet`
![In a tab](../a.svg)
:label:`fig_tab`

### A heading in a tab
:end_tab:

* In a list:

  ![In an item](../a.svg)
  :label:`fig_item`

## Sums
:label:`sec_sums`

$$1 + 1$$

$$x_a = 1$$
:eqlabel:`eq_x_a`

$$y = 2$$
:eqlabel:`eq_y`

:A caption

|a|b|
|-|-|
|1|2|
:label:`tab_one`

|a|
|-|
|1|
:label:`tab_bare`
""",
    "second": """\
# Second, Part A
:label:`sec_second_a`

![Two](a.svg)
:label:`fig_two`

# Second, Part B
:label:`sec_second_b`

![Three](a.svg)
:label:`fig_three`
""",
    "third": "Words before it.\n\n## Without a Top Heading\n:label:`sec_third`\n",
    "last": """\
# Last
:label:`sec_last`

## Too Deep for a Number
:label:`sec_too_deep`

![Four](a.svg)
:label:`fig_four`

A place :label:`place_here` in a text.
""",
    "rst": """\
# In reStructuredText

```eval_rst
Within
------

.. _sec_inner:

Inner
~~~~~

.. figure:: a.svg
   :name: Fig_Rst

   In reStructuredText.

.. figure:: a.svg

.. only:: html

   .. grid:: 2
      :gutter: 1

      .. grid-item::

         .. figure:: a.svg
            :name: fig_held

            In what holds it.

.. math::
   :label: eq_rst
   :nowrap:

   a = b

.. list-table:: Listed
   :name: tab_rst

   * - 1
```

![After it](a.svg)
:label:`fig_after`

## Behind
:label:`sec_behind`
""",
    "refs": "# References\n\n:bibliography:`refs.bib`\n",
}
BIB = """\
@article{A.2012, title={Alpha and {Omega}}, author={Aa, A and B\\"u, B and Cc, C}, year=2012,
         journal={J}, doi={10.1000/1_2}}
@article{A.2012b, title={Beta}, author={Aa, A and Bb, B and Dd, D}, year=2012, journal={J}}
@book{B.2000, title={Gamma}, author={van der Aa, A and Bb, B}, year=2000, publisher={P}}
@misc{C, title={Only a Title}, year=2001}
@misc{D.1, author={Ee, E}, title={No year}}
@misc{E, author={{DD Corporation}}, title={By a firm}, year=2003}
@misc{F, author={{\\"U}z, D}, title={Sorted as U}, year=2004}
@misc{G, author={Va, D}, title={Last}, year=2004}
"""
WORKS = ["A.2012", "A.2012b", "B.2000", "C", "D.1", "E", "F", "G"]
CITATIONS = [*WORKS, "A.2012,B.2000"]
ROLES = ("numref", "ref")


@pytest.fixture(scope="module", params=["en", "de"])
def book_and_site(request, tmp_path_factory, sphinx):
    """A book whose last page refers to everything, one reference a line; and its site."""
    root = tmp_path_factory.mktemp("deep")
    (root / "config.ini").write_text(CONFIG.replace("LANG", request.param))
    for name in ("a", "b"):
        (root / f"{name}.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="4"/>')
    (root / "refs.bib").write_text(BIB)
    for name, text in PAGES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / f"{name}.md").write_text(text)
    labels = re.findall(r"label:`(\w+)`", "".join(PAGES.values()))
    labels += ["sec_inner", "Fig_Rst", "fig_held", "eq_rst", "tab_rst"]
    lines = [f":{role}:`{label}`" for label in labels for role in ROLES]
    lines += [f":eqref:`{label}`" for label in labels if label.startswith("eq_")]
    lines += [f":{role}:`{keys}`" for keys in CITATIONS for role in ("cite", "citet")]
    lines += [
        "[a page](first/one.md)",
        "[a place](second.md#sec-second-b)",
        ":numref:`Picture %s <fig_two>`",
        ":numref:`Formula %s <eq_x_a>`",
        ":numref:`Formula {number} <eq_x_a>`",
        ":ref:`a formula <eq_y>`",
        ":eqref:`the formula <eq_y>`",
        ":numref:`Part %s <chap_root>`",
    ]
    (root / "all.md").write_text("# All\n\n" + "\n\n".join(lines) + "\n")
    book = load_book(load_config(root))
    return book, html.build(book, Stores(book.config), sphinx, report=lambda line: None)


def paragraphs(text):
    """The paragraphs of a page's HTML: what each says, and where its links lead."""
    document = lxml_html.fromstring(text)
    article = next(iter(document.xpath("//article")), document)
    found = article.xpath(".//p")
    return [(words_of(p), [link.get("href") for link in p.iter("a")]) for p in found]


def words_of(element):
    return " ".join(element.text_content().split())


def test_references_are_those_of_the_site(book_and_site):
    book, site = book_and_site
    page = next(page for page in book.pages if page.path == "all.md")
    (cell,) = to_notebook(page, "jax", book).cells
    shown = paragraphs(MarkdownIt("commonmark").render(cell.source))
    expected = paragraphs((site / "all.html").read_text())
    assert [words for words, _ in shown] == [words for words, _ in expected]
    for (words, links), (_, on_site) in zip(shown, expected, strict=True):
        at_home = [link for link in on_site if not link.startswith("refs.html")]
        assert [link.removeprefix(SITE).replace("?tab=jax", "") for link in links] == at_home, words
    assert len(shown) > 50


def test_headings_captions_and_equations_bear_their_numbers(book_and_site):
    book, site = book_and_site
    for page in book.pages:
        if page.docname == "rst":
            continue  # its own headings and equations are shown as they are written
        document = lxml_html.fromstring((site / f"{page.docname}.html").read_text())
        text = "\n".join(c.source for c in to_notebook(page, "mxnet", book).cells)
        shown = lxml_html.fromstring(f"<div>{MarkdownIt('commonmark').render(text)}</div>")
        for element in document.xpath("//article//*[self::h1 or self::h2 or self::h3]"):
            for link in element.xpath("./a[@class='headerlink']"):
                element.remove(link)
        headings = "//*[self::h1 or self::h2 or self::h3]"
        expected = [words_of(one) for one in document.xpath(f"//article{headings}")]
        found = [words_of(one) for one in shown.xpath(f".{headings}")]
        assert [words for words in found if "in a tab" not in words] == expected, page.path
        numbers = [words_of(one)[1:-1] for one in document.xpath("//span[@class='eqno']")]
        assert [number.rstrip(")¶#") for number in numbers] == re.findall(r"\\tag{(.+?)}", text)


def test_the_list_of_references_is_that_of_the_site(book_and_site):
    book, site = book_and_site
    document = lxml_html.fromstring((site / "refs.html").read_text())
    expected = [words_of(p) for p in document.xpath("//div[@class='citation']/p")]
    assert expected
    reading = Reading(book, Beside())
    text = MarkdownIt("commonmark").render(reading.works.listed(WORKS))
    assert [words_of(item) for item in lxml_html.fromstring(text).iter("li")] == expected
    first = [words.split()[0].strip(",.") for words in expected]
    assert first == ["Aa", "Aa", "DD", "Ee", "Only", "Üz", "Va", "van"]


NOTES = """# Notes

Two[^b] and one,[^a] again[^b]: `[^a]` and [^gone].

[^a]: Note *a*.
[^b]: See $b[^a]$.

- An item.[^c]

:A caption.[^c]

|x[^d]|
|-|
|1|

[^c]: In an item.
[^d]: In a table.
"""


NUMBERED = """# Notes

Two<sup>1</sup> and one,<sup>2</sup> again<sup>1</sup>: `[^a]` and [^gone].


<sup>2</sup> Note *a*.

<sup>1</sup> See $b[^a]$.

- An item.<sup>3</sup>

**Table 1.** A caption.<sup>3</sup>

|x<sup>4</sup>|
|-|
|1|

<sup>3</sup> In an item.

<sup>4</sup> In a table.
"""


def test_footnotes_have_the_numbers_of_the_site(tmp_path, sphinx):
    (tmp_path / "config.ini").write_text("[project]\ntitle = Notes\n")
    (tmp_path / "index.md").write_text(NOTES.replace(" and [^gone]", ""))
    book = load_book(load_config(tmp_path))
    site = html.build(book, Stores(book.config), sphinx, report=lambda line: None)
    document = lxml_html.fromstring((site / "index.html").read_text())
    on_site = [words_of(mark).strip("[]") for mark in document.xpath("//a[@role='doc-noteref']")]
    assert on_site == ["1", "2", "1", "3", "3", "4"]
    (tmp_path / "index.md").write_text(NOTES)
    book = load_book(load_config(tmp_path))
    (cell,) = to_notebook(book.pages[0], "", book).cells
    assert cell.source.replace("\N{NO-BREAK SPACE}", " ") == NUMBERED.rstrip("\n")
