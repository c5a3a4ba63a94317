"""The table of contents beside each page is the one that the theme would have made."""

from dataclasses import replace

from d2lbook.book.whole import load_book
from d2lbook.config import load_config
from d2lbook.publish import html

COMPARE = """
from furo.navigation import get_navigation_tree
from lxml import html as lxml_html
from sphinx.util import logging

OPTIONS = {"collapse": False, "titles_only": True, "maxdepth": -1, "includehidden": True}

def meaning(tree):
    return [
        (one.tag, sorted((n, n == "checked" or sorted(v.split())) for n, v in one.items()))
        for one in lxml_html.fragment_fromstring(tree, create_parent=True).iter()
    ]

def compare(app, page, template, context, doctree):
    ours = context["furo_navigation_tree"]
    theirs = get_navigation_tree(context["toctree"](**OPTIONS))
    same = meaning(ours) == meaning(theirs)
    logging.getLogger("d2l").warning("%s: %s", page, "as it was" if same else theirs + ours)

def setup(app):
    app.connect("html-page-context", compare, priority=700)
"""


def test_the_table_of_contents_is_the_themes(sample, stores, sphinx):
    config = replace(load_config(sample), sphinx_configs=COMPARE, warning_is_error=False)
    reports = []
    html.build(load_book(config), stores, sphinx, report=reports.append)
    pages = ["chapter_tides/alpha", "chapter_tides/beta", "chapter_tides/index", "index"]
    expected = [f"{page}: as it was" for page in ["404", *pages, "references", "search"]]
    assert sorted(report for report in reports if ".md: " not in report) == expected
