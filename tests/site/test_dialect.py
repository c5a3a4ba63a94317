"""The site of a book that uses what is rare in the dialect."""

import pytest
from lxml import html as lxml_html

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.errors import BookErrors
from d2lbook.publish import html
from d2lbook.records.stores import Stores

CONFIG = """\
[project]
title = Rare
[build]
tabs = mxnet, pytorch
non-notebooks = about.md
resources = data/
rsts = api/*.rst
sphinx_extensions = sphinx.ext.todo
sphinx_configs = todo_include_todos = True
[html]
header_links = Code, https://example.org/code, fab fa-github
html_logo = a/logo.svg
favicon = b/logo.svg
include_css = a/own.css b/own.css
include_js = a/own.js
"""
LISTS = """\
# Lists
:label:`sec_lists`

1. Prose by tab:

   :begin_tab:`mxnet`
   For MXNet.
   :end_tab:
   :begin_tab:`pytorch`
   For PyTorch.
   :end_tab:

1. A cell:

   ```{.python .input}
   print("in a list")
   ```

   After it.
   - deeper
     ```{.python .input}
     #@tab pytorch
     deeper()
     ```

1. Math $|x|$ and

   $$y = 2$$
   :eqlabel:`eq_listed`

1. Quoted:

    > before
    > ```{.python .input}
    > print("in a quotation of a list")
    > ```
    >
    > | 3 | 4 |
    > |---|---|
    > | `c|d` | 5 | 6 |

> Quoted:
>
> ```{.python .input}
> #@tab all
> print("in a quotation")
> ```

A note.[^n] Text $$z$$ on.

[^n]: With $m$, :eqref:`eq_listed` and :cite:`one`.

:The table of :numref:`sec_lists` by :citet:`two`
:label:`tab_bars`

| $|x|$ | `a|b` |
|-------|-------|
| :numref:``tab_bars`` | 2 |

**注意：**见:numref:`sec_lists`。 ~~gone~~ :label:`here` :ref:`here`

![A picture of $x^2$ after :citet:``one``, see
:numref:`tab_bars` and :eqref:`eq_listed`](img/raw.svg)
:width:`20px`
:label:`fig_refs`

:numref:`fig_refs` shows it.
%%time takes a second
+++ no break
(not)=
a {target}`code` or {{ value }}

<p align="center"><img src="img/raw.svg"></p>

```eval_rst
Within
------

.. _inner:

.. list-table:: Nested
   :name: tab_rst

   * - 1

.. todo:: To do.

.. raw:: html
   :file: raw.html
```

:numref:`tab_rst` and :ref:`api_name`; [a file](data/x.csv).
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>'
FILES = {
    "config.ini": CONFIG,
    "index.md": "# Rare\n\n```toc\n:numbered:\n\nlists\nabout\napi/index\nreferences\n```\n",
    "lists.md": LISTS,
    "about.md": "# About\n\n```{.python .input}\nnever_run()\n```\n",
    "api/index.rst": "API\n===\n\n.. _api_name:\n\nNames\n-----\n\nText.\n",
    "references.md": "# References\n\n:bibliography:`refs.bib`\n",
    "refs.bib": "@book{one, title={One}, author={Doe, J}, year={2014}}\n"
    "@online{two, title={Two}, author={Doe, J}, year={2014}}\n",
    "data/x.csv": "1\n",
    "img/raw.svg": SVG,
    "raw.html": '<p class="raw">From a file.</p>',
    **{f"{folder}/{name}": SVG for folder in "ab" for name in ("logo.svg", "own.css")},
    "a/own.js": "",
}


@pytest.fixture
def build(tmp_path, sphinx):
    """Build a book of these files; returns the folder of the site and what was reported."""

    def run(files, *, lenient=False):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        config = load_config(tmp_path)
        reports = []
        book = load_book(config, lenient=lenient)
        return html.build(book, Stores(config), sphinx, report=reports.append), reports

    return run


def article(path):
    """The text part of a page."""
    (found,) = lxml_html.fromstring(path.read_text("utf-8")).xpath("//article")
    return found


def text(element):
    return " ".join(element.text_content().split())


def texts(element, path):
    return [text(one) for one in element.xpath(path)]


def test_rare_constructs(build):
    site, reports = build(FILES)
    assert [report for report in reports if "no record" not in report] == []
    page = article(site / "lists.html")
    items = texts(page, ".//ol[1]/li")
    assert ["For MXNet." in items[0], "For PyTorch." in items[0]] == [True, True]
    assert ['print("in a list")' in items[1], "deeper()" in items[1]] == [True, True]
    assert texts(page, ".//ol[1]/li/ul/li//pre") == ["deeper()"]
    assert "(1.1)" in items[2]
    assert texts(page, ".//ol[1]/li[4]/blockquote//pre") == ['print("in a quotation of a list")']
    assert texts(page, ".//ol[1]/li[4]//td") == ["c|d", "5 | 6"]
    assert texts(page, ".//blockquote[not(ancestor::ol)]//pre") == ['print("in a quotation")']
    assert texts(page, ".//aside[contains(@class, 'footnote-list')]//p") == [
        "With m, (1.1) and (Doe, 2014a)."
    ]
    assert texts(page, ".//caption") == [
        "Table 1.1 The table of Section 1 by Doe (2014b)¶",
        "Table 1.1.1 Nested¶",
    ]
    assert texts(page, ".//table[1]//th//code") == ["a|b"]
    assert texts(page, ".//strong") == ["注意："]
    assert texts(page, ".//s") == ["gone"]
    assert texts(page, ".//*[@class='raw']") == ["From a file."]
    assert "To do." in texts(page, ".//*[contains(@class, 'admonition-todo')]")[0]
    assert texts(page, ".//figcaption//p") == [
        "Fig. 1.1 A picture of x2 after Doe (2014a), see Table 1.1 and (1.1)¶"
    ]
    assert "20px" in page.xpath(".//figure//img/@style")[0]
    assert texts(page, ".//p[contains(., 'shows it')]") == [
        "Fig. 1.1 shows it. %%time takes a second +++ no break (not)= a {target}code or {{ value }}"
    ]
    links = dict(zip(texts(page, ".//a[@href]"), page.xpath(".//a/@href"), strict=True))
    assert links["Section 1"] == "#sec-lists"
    assert links["Table 1.1.1"] == "#tab-rst"
    assert links["here"] == "#place-here"
    assert links["Names"] == "api/index.html#api-name"
    assert (site / links["a file"]).read_text("utf-8") == "1\n"


DOLLARS = """\
# $x$ at 1

$x$ begins what ends with 2

- $x$ at 3

| $x$ at 4 | $x$ or 5 |
|----------|----------|
| $x$, by 6 | $7 and $8 |

US$9 and US$10 are 19, and $x$
"""


def test_formulas_may_begin_what_ends_with_a_digit(build):
    files = {"config.ini": "", "index.md": "# Dollars\n\n```toc\nlists\n```\n", "lists.md": DOLLARS}
    site, reports = build(files)
    assert reports == []
    page = article(site / "lists.html")
    path = ".//h1 | .//p"
    found = [(len(one.xpath(".//math")), text(one)) for one in page.xpath(path)]
    assert found == [
        (1, "x at 1¶"),
        (1, "x begins what ends with 2"),
        (1, "x at 3"),
        (1, "x at 4"),
        (1, "x or 5"),
        (1, "x, by 6"),
        (0, "$7 and $8"),
        (1, "US$9 and US$10 are 19, and x"),
    ]


def test_what_config_names_is_on_the_site(build):
    site, _ = build(FILES)
    text = (site / "index.html").read_text("utf-8")
    for name in ("_static/a/own.css", "_static/b/own.css", "_static/a/own.js", "_static/logo.svg"):
        assert name in text
        assert (site / name).exists()
    assert '<a href="https://example.org/code">Code</a>' in text
    assert (site / "data/x.csv").read_text("utf-8") == "1\n"
    assert (site / "img/raw.svg").exists()
    about = (site / "about.html").read_text("utf-8")
    assert "never_run" in about
    assert "Not run" not in about


def test_references_that_lead_nowhere_are_shown_and_listed_once(build):
    files = {
        "config.ini": "[build]\nwarning_is_error = True\nrsts = *.rst\n",
        "index.md": "# A\n\n:numref:`lost` :ref:`words <Gone>` :eqref:`eq_x`\n:cite:`one,two` "
        ":citet:`three` [link](no.md)\n\n```toc\napi\n```\n\n:bibliography:`refs.bib`\n",
        "api.rst": "API\n===\n\n:ref:`rst-lost` :cite:p:`four`\n",
        "refs.bib": "@book{one, title={One}, author={Doe, J}, year={2014}}\n",
    }
    with pytest.raises(BookErrors):
        build(files)
    site, reports = build(files, lenient=True)
    assert sorted(reports) == [
        "api.rst:4: citation key 'four' is in no bibliography",
        "api.rst:4: undefined label: 'rst-lost'",
        "index.md:3: 'myst' cross-reference target not found: 'no.md'",
    ]
    (paragraph, *_) = texts(article(site / "index.html"), ".//p")
    assert paragraph == "lost words eq_x (Doe, 2014) (two) (three) link"
