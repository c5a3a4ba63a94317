"""The table of contents beside every page: made once, and then only marked for each page.

Sphinx and the theme would make it for every page afresh, which takes most of the time of a large
book.
"""

from __future__ import annotations

import copy
import posixpath
from collections.abc import Callable
from typing import Any

from furo.navigation import get_navigation_tree
from lxml import etree
from lxml import html as lxml_html
from sphinx.application import Sphinx
from sphinx.environment.adapters.toctree import global_toctree_for_doc
from sphinx.locale import _
from sphinx.util.osutil import relative_uri

ENTRY = "reference internal"


def setup(app: Sphinx) -> None:
    """Stand in for what the theme does, which asks for a page's `toctree`."""
    navigation = Navigation()
    app.connect("html-page-context", navigation.keep_from_theme, priority=400)
    app.connect("html-page-context", navigation.fill, priority=600)


class Navigation:
    """The table of contents of one build."""

    def __init__(self) -> None:
        self.toctree: Callable[..., str] | None = None
        """Sphinx's own function, while the theme is kept from it."""
        self.tree: etree._Element | None = None
        """As seen from no page: links go from the top of the site. None until it is needed."""

    def keep_from_theme(
        self, app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
    ) -> None:
        """Let the theme find no table of contents."""
        self.toctree = context.get("toctree")
        context["toctree"] = lambda **options: ""

    def fill(
        self, app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
    ) -> None:
        """Give the theme that of the page."""
        context["toctree"] = self.toctree
        if self.tree is None:
            self.tree = site_tree(app)
        tree = mark(copy.deepcopy(self.tree), app.builder.get_target_uri(page))
        context["furo_navigation_tree"] = "".join(
            lxml_html.tostring(child, encoding="unicode") for child in tree
        )


def site_tree(app: Sphinx) -> etree._Element:
    """Return the table of contents with the theme's switches, in an element."""
    root = app.config.root_doc
    builder: Any = app.builder
    toctree = global_toctree_for_doc(
        app.env, root, builder, tags=app.tags, maxdepth=-1, titles_only=True
    )
    text = get_navigation_tree(builder.render_partial(toctree)["fragment"])
    tree = lxml_html.fragment_fromstring(text, create_parent="div")
    folder = posixpath.dirname(builder.get_target_uri(root))
    for link in entries(tree):
        link.set("href", posixpath.normpath(posixpath.join(folder, link.get("href"))))
    for switch in tree.iter("input"):
        title = switch.getparent().find("a").text_content()
        switch.set("aria-label", _("Toggle navigation of {}").format(title))
    return tree


def mark(tree: etree._Element, uri: str) -> etree._Element:
    """Make the links of a tree lead from the page at `uri`, and mark the way to that page."""
    current = [link for link in entries(tree) if link.get("href") == uri]
    for link in entries(tree):
        link.set("href", relative_uri(uri, link.get("href")) or "#")
    for link in current:
        link.set("class", f"current {link.get('class')}")
        for element in link.iterancestors("li", "ul"):
            add_class(element, "current")
        for switch in link.xpath("ancestor::li/input"):
            switch.set("checked", "")
    for link in current[-1:]:
        add_class(link.getparent(), "current-page")
    return tree


def entries(tree: etree._Element) -> list[etree._Element]:
    """Return the links to pages."""
    return [link for link in tree.iter("a") if link.get("class") == ENTRY]


def add_class(element: etree._Element, name: str) -> None:
    """Add a class to an element that may have it already."""
    classes = element.get("class", "").split()
    if name not in classes:
        element.set("class", " ".join([*classes, name]))
