"""Figures, tables and listings bear the numbers that Sphinx would give them."""

from dataclasses import replace

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.publish import html

COMPARE = """
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.util import logging

def compare(app, env):
    ours = env.toc_fignumbers
    TocTreeCollector().assign_figure_numbers(env)
    same = "as they were" if env.toc_fignumbers == ours else f"{env.toc_fignumbers} for {ours}"
    kinds = sorted({kind for numbers in ours.values() for kind in numbers})
    logging.getLogger("d2l").warning("%s: %s", same, " ".join(kinds))

def setup(app):
    app.connect("env-check-consistency", compare)
"""
LISTING = """
```eval_rst
.. code-block:: python
   :caption: A listing.
   :name: listing-one

   x = 1

.. figure:: ../img/gauge.svg
   :name: nested

   A figure in reStructuredText.

.. list-table:: A table
   :name: listed

   * - 1
```
"""


def test_numbers_are_those_of_sphinx(sample, stores, sphinx):
    config = replace(load_config(sample), sphinx_configs=COMPARE, warning_is_error=False)
    with (sample / "chapter_tides/beta.md").open("a", encoding="utf-8") as page:
        page.write(LISTING)
    reports = []
    html.build(load_book(config), stores, sphinx, report=reports.append)
    assert "as they were: code-block displaymath figure table" in reports
