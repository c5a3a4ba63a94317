"""Sphinx's math nodes, written as MathML."""

from __future__ import annotations

import re

import myst_parser.parsers.mdit
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from d2lbook.markup.dollars import dollars
from d2lbook.markup.mathml import MathError, to_mathml

logger = logging.getLogger(__name__)

OPENS = re.compile(r"[(\[“‘（「『《]+\Z")
CLOSES = re.compile(r"[-,.;:!?%)\]”’，。；：！？、）」』》]+")
"""What a line doesn't end with before a formula, and what none begins with after one."""


def setup(app: Sphinx) -> None:
    """Offer the math renderer `mathml`, and keep formulas with their punctuation."""
    myst_parser.parsers.mdit.dollarmath_plugin = dollars  # MyST has no setting for plugins
    app.add_post_transform(KeepPunctuation)
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))


class KeepPunctuation(SphinxPostTransform):
    """Keeps lines from breaking between a formula and the marks around it, as browsers let them."""

    default_priority = 800  # after references have their texts
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Put formulas and such marks into elements that aren't broken."""
        for formula in list(self.document.findall(nodes.math)):
            siblings = formula.parent.children
            place = formula.parent.index(formula)
            before = OPENS.search(text_at(siblings, place - 1) if place else "")
            after = CLOSES.match(text_at(siblings, place + 1))
            if not (before or after):
                continue
            unbroken = nodes.inline(classes=["unbroken"])
            formula.replace_self(unbroken)
            unbroken += formula
            if before:
                cut(siblings, place - 1, slice(before.start()))
                unbroken.insert(0, nodes.Text(before[0]))
            if after:
                cut(siblings, place + 1, slice(after.end(), None))
                unbroken += nodes.Text(after[0])


def text_at(siblings: list[nodes.Node], place: int) -> str:
    """Return the text at a place among nodes; "" where there is none."""
    found = siblings[place] if place < len(siblings) else None
    return found if isinstance(found, nodes.Text) else ""


def cut(siblings: list[nodes.Node], place: int, part: slice) -> None:
    """Keep a part of a text."""
    old = siblings[place]
    siblings[place] = nodes.Text(str(old)[part])
    siblings[place].parent = old.parent


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
