"""Folded parts: what a reader should try to answer before reading on.

A paragraph that begins with one of the book's words in bold type, such as `**Solution.**`, folds
itself and what follows it: to the end of the list item that it is in, or else to the next heading
or the next such paragraph. In any other tool and format it is text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

MARKS = " .:。："
"""What may end the word."""


def setup(app: Sphinx) -> None:
    """Register the value and the transform."""
    app.add_config_value("d2l_fold", [], "html", types=[list])
    app.add_post_transform(Fold)


class Fold(SphinxPostTransform):
    """Folds the parts of a page of the site."""

    default_priority = 160  # after what belongs to tabs is in tab sets
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Fold all parts."""
        if self.app.builder.name != "html":
            return
        words = {word.lower() for word in self.config.d2l_fold}
        leads = filter(None, map(lead, self.document.findall(nodes.paragraph)))
        parents = (one.parent.parent for one in leads if title(one).lower() in words)
        for parent in {id(one): one for one in parents}.values():
            parent.children = list(self.folded(parent.children, words))
            for child in parent.children:
                child.parent = parent

    def folded(self, children: Iterable[nodes.Node], words: set[str]) -> Iterator[nodes.Node]:
        """Yield the children, the parts among them between the tags of a fold."""
        is_open = False
        for child in children:
            word = lead(child)
            begins = word is not None and title(word).lower() in words
            if is_open and (begins or isinstance(child, nodes.section)):
                yield tag("</details>")
                is_open = False
            if word is not None and begins:
                word.parent.remove(word)
                yield tag(f"<details><summary>{escape(title(word))}</summary>")
                is_open = True
            if child.astext().strip() or not begins:
                yield child
        if is_open:
            yield tag("</details>")


def lead(node: nodes.Node) -> nodes.strong | None:
    """Return the bold words that a paragraph begins with, if it does."""
    if not isinstance(node, nodes.paragraph):
        return None
    first = next((child for child in node.children if child.astext()), None)
    return first if isinstance(first, nodes.strong) else None


def title(word: nodes.strong) -> str:
    """Return what bold words say, without the mark at their end."""
    return word.astext().rstrip(MARKS)


def tag(markup: str) -> nodes.raw:
    """Return a node that writes a tag."""
    return nodes.raw("", markup, format="html")
