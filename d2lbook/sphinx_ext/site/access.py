"""Mends what the theme and docutils write, for screen readers."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.writers.html5 import HTML5Translator

WRAPPERS = {"table-wrapper", "math-wrapper"}
"""Classes of what the theme puts around tables and formulas."""


def setup(app: Sphinx) -> None:
    """Register the transform, and how works are written."""
    app.add_post_transform(KeepIdsUnique)
    app.add_node(nodes.citation, override=True, html=(visit_work, HTML5Translator.depart_citation))


class KeepIdsUnique(SphinxPostTransform):
    """Takes from the theme's wrappers the ids of what they hold."""

    default_priority = 510  # after the theme's own transform
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Clear the ids of all wrappers."""
        for container in self.document.findall(nodes.container):
            if WRAPPERS & set(container["classes"]):
                container["ids"] = []


def visit_work(self: HTML5Translator, node: nodes.citation) -> None:
    """Begin an item of a list of references; the role that docutils gives it is deprecated."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        self.body.append('<div role="list" class="citation-list">\n')
    self.body.append(self.starttag(node, "div", CLASS="citation", role="listitem"))
