"""Figures say how large they are, so that no text moves when they come."""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from d2lbook.sphinx_ext.pages.pictures import BadFigure, size_of

TAG = "<img "


def setup(app: Sphinx) -> None:
    """Write figures so."""
    app.add_node(nodes.image, override=True, html=(visit_image, HTML5Translator.depart_image))


def visit_image(self: HTML5Translator, node: nodes.image) -> None:
    """Write a figure; where its size is known, the browser keeps room for it."""
    try:
        width, height = size_of(Path(self.builder.srcdir, node["uri"]))
    except BadFigure:  # which has been told of
        width = height = 0
    HTML5Translator.visit_image(self, node)
    if width and height and self.body[-1].startswith(TAG):
        size = f'{TAG}width="{width}" height="{height}" '
        self.body[-1] = size + self.body[-1].removeprefix(TAG)
