"""The index of a printed book: what its code defines, and the terms that its text introduces.

Authors set a new term in italics; so they do with a word that they stress. Several words are taken
for a term, a single one isn't.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from d2lbook.sphinx_ext.editions.printing import PrintTransform
from d2lbook.sphinx_ext.pages.tabs import is_cell

TERM = re.compile(r"[A-Za-z][\w'-]*(?: [\w'-]+){1,4}", re.ASCII)
"""Words alone: what `makeindex` can sort."""


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(IndexTerms)


class IndexTerms(PrintTransform):
    """Puts into the index what a reader may look for."""

    default_priority = 130

    def run(self, **kwargs: object) -> None:
        """Index the definitions in all cells, and each term where a page first has it."""
        for cell in list(self.document.findall(is_cell)):
            if names := [*definitions(code_of(cell))]:
                cell.parent.insert(cell.parent.index(cell), entry(*names))
        seen = set()
        for node in list(self.document.findall(nodes.emphasis)):
            term = " ".join(node.astext().split())
            page = self.page_of(node)
            is_new = TERM.fullmatch(term) and (page, term.lower()) not in seen
            if is_new and is_prose(node.parent):
                seen.add((page, term.lower()))
                node.parent.insert(node.parent.index(node) + 1, entry(term))


def code_of(cell: nodes.Node) -> str:
    """Return the code of a cell as its readers see it; "" where it is hidden."""
    blocks = cell.findall(nodes.literal_block)
    return next((block.astext() for block in blocks if "output" not in block["classes"]), "")


def definitions(code: str) -> Iterator[str]:
    """Yield the classes and functions that code defines."""
    try:
        body = ast.parse(code).body
    except SyntaxError:  # magics, or an example of a mistake
        return
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield f"{statement.name} (class)"
        elif isinstance(statement, ast.FunctionDef):
            yield f"{statement.name} (function)"


def is_prose(parent: nodes.Node) -> bool:
    """Whether a node is a paragraph, of no list of references."""
    return isinstance(parent, nodes.paragraph) and not isinstance(parent.parent, nodes.citation)


def entry(*texts: str) -> addnodes.index:
    """Return entries of the index."""
    return addnodes.index(entries=[("single", text, "", "", None) for text in texts])
