"""Sphinx's math nodes, written as MathML."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from d2lbook.markup.mathml import MathError, to_mathml

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> None:
    """Offer the math renderer `mathml`."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))


def visit_math(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula inside a line."""
    self.body.append(self.starttag(node, "span", "", CLASS="math"))
    self.body.append(mathml(self, node, display=False) + "</span>")
    raise nodes.SkipNode


def visit_math_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a displayed formula, with its number where it has a label."""
    self.body.append(self.starttag(node, "div", "", CLASS="math"))
    self.body.append(f'<div class="formula">{mathml(self, node, display=True)}</div>')
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def mathml(self: HTML5Translator, node: nodes.Element, *, display: bool) -> str:
    """Return a node's MathML; a formula that KaTeX can't read is shown as TeX, with a warning."""
    try:
        return to_mathml(node.astext(), display=display)
    except MathError as error:
        logger.warning("formula: %s", error, location=place(node), type="d2l", subtype="math")
        return f"<code>{self.encode(node.astext())}</code>"


def place(node: nodes.Node) -> str:
    """Return "path:line" of the nearest ancestor whose line is known."""
    while node.line is None and node.parent is not None:
        node = node.parent
    return f"{node.document['source']}:{node.line or 1}" if node.document else ""
