"""What reStructuredText adds to a page's sections, figures, tables and equations."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from docutils import nodes
from docutils.core import publish_doctree
from docutils.parsers.rst import Directive, directives

from d2lbook.source.page import Block

_SPHINX_LABEL = re.compile(r"^([ \t]+):label:", re.M)
_SPHINX_FLAG = re.compile(r"^[ \t]+:no-?wrap:[ \t]*\n", re.M)
_QUIETLY = {
    "_disable_config": True,
    "doctitle_xform": False,
    "file_insertion_enabled": False,
    "halt_level": 5,
    "report_level": 5,
}


_HOLDERS = (
    "card", "deprecated", "dropdown", "grid", "grid-item", "grid-item-card", "hlist", "ifconfig",
    "only", "seealso", "tab-item", "tab-set", "versionadded", "versionchanged",
)  # fmt: skip
"""Directives of Sphinx and sphinx-design that hold text. Sphinx counts all that `only` holds."""


class _Holder(Directive):
    """Stands in for a directive of Sphinx whose content is part of the page."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = defaultdict(lambda: directives.unchanged, name=directives.unchanged)  # noqa: RUF012

    def run(self) -> list[nodes.Node]:
        """Return what the content holds."""
        container = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, container)
        return [container]


def blocks_of(block: Block) -> tuple[Block, ...]:
    """Return the headings, figures, tables and equations that can have a number, in order.

    Args:
        block: of the kind `rst`. Its lines are given to what it holds, one each: a place to keep
            a number by, and not where it is.

    Returns: headings with levels that begin with 1; labels are in lower case, as Sphinx has them.
    """
    source = _SPHINX_FLAG.sub("", _SPHINX_LABEL.sub(r"\1:name:", block.source))
    for name in _HOLDERS:
        directives.register_directive(name, _Holder)
    document = publish_doctree(source, settings_overrides=_QUIETLY)
    return tuple(
        replace(found, line=block.line + number, tabs=block.tabs)
        for number, found in enumerate(_found(document, 1))
    )


def _found(parent: nodes.Element, level: int) -> Iterator[Block]:
    """Yield what a node holds."""
    for node in parent.children:
        if isinstance(node, nodes.section):
            yield Block("heading", node[0].astext(), 1, level=level, label=_label(node))
            yield from _found(node, level + 1)
        elif isinstance(node, nodes.figure | nodes.table):
            caption = node.next_node(nodes.caption) or node.next_node(nodes.title)
            if caption:
                kind = "figure" if isinstance(node, nodes.figure) else "table"
                yield Block(kind, "", 1, label=_label(node), caption=caption.astext())
        elif isinstance(node, nodes.math_block):
            if label := _label(node):
                yield Block("equation", node.astext(), 1, label=label)
        elif isinstance(node, nodes.Element):
            yield from _found(node, level)


def _label(node: nodes.Element) -> str:
    """Return the name that an author gave to a node; docutils gives a figure's to its image."""
    own = nodes.fully_normalize_name(node[0].astext()) if isinstance(node, nodes.section) else ""
    names = [
        *node["names"],
        *(name for image in node.findall(nodes.image) for name in image["names"]),
    ]
    return next((name for name in names if name != own), "")
