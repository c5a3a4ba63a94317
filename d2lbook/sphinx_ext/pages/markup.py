"""HTML that authors wrote and cells printed, as nodes that every format can show."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

Attributes = list[tuple[str, str | None]]


class details(nodes.General, nodes.Element):
    """What can be folded away."""


class summary(nodes.General, nodes.TextElement):
    """What is seen of it then."""


BLOCKS: dict[str, type[nodes.Element]] = {
    "blockquote": nodes.block_quote,
    "dd": nodes.definition,
    "details": details,
    "dl": nodes.definition_list,
    "dt": nodes.term,
    "figcaption": nodes.paragraph,
    "li": nodes.list_item,
    "ol": nodes.enumerated_list,
    "p": nodes.paragraph,
    "pre": nodes.literal_block,
    "summary": summary,
    "table": nodes.table,
    "td": nodes.entry,
    "th": nodes.entry,
    "tr": nodes.row,
    "ul": nodes.bullet_list,
} | {f"h{level}": nodes.rubric for level in range(1, 7)}
INLINES: dict[str, type[nodes.Element]] = {
    "b": nodes.strong,
    "cite": nodes.emphasis,
    "code": nodes.literal,
    "dfn": nodes.emphasis,
    "em": nodes.emphasis,
    "i": nodes.emphasis,
    "kbd": nodes.literal,
    "samp": nodes.literal,
    "strong": nodes.strong,
    "sub": nodes.subscript,
    "sup": nodes.superscript,
    "tt": nodes.literal,
    "var": nodes.emphasis,
}
HIDDEN = {"script", "style", "template", "title"}
FOREIGN = {"audio", "embed", "iframe", "object", "source", "video"}
"""Elements that show a file which a page of print can't."""
LISTS = (nodes.bullet_list, nodes.enumerated_list, nodes.definition_list, nodes.row, nodes.table)
"""Nodes that hold no text of their own."""
WEB = ("http://", "https://", "mailto:")


def setup(app: Sphinx) -> None:
    """Register the nodes and the transform."""
    app.add_node(details, html=(open_html, close_html), latex=(open_latex, close_latex))
    app.add_node(summary, html=(open_html, close_html), latex=(open_latex, close_latex))
    app.add_post_transform(ReadMarkup)


class ReadMarkup(SphinxPostTransform):
    """Replaces HTML in an edition by nodes."""

    default_priority = 100

    def is_supported(self) -> bool:
        """Whether what is built isn't the site, which shows HTML as it is."""
        return self.config.d2l_tab is not None

    def run(self, **kwargs: object) -> None:
        """Replace all."""
        parents = {id(raw.parent): raw.parent for raw in self.document.findall(is_html)}
        for parent in parents.values():
            reader = Reader(is_line=isinstance(parent, nodes.TextElement))
            for child in parent.children:
                reader.feed(child.astext()) if is_html(child) else reader.add(child)
            parent.clear()
            parent += reader.finished()


def is_html(node: nodes.Node) -> bool:
    """Whether a node is HTML."""
    return isinstance(node, nodes.raw) and "html" in node.get("format", "").split()


class Reader(HTMLParser):
    """Puts pieces of HTML together, and the nodes between them."""

    def __init__(self, *, is_line: bool) -> None:
        """Begin.

        Args:
            is_line: whether what is read is a part of a line, where no blocks can be.
        """
        super().__init__()
        self.known = INLINES if is_line else BLOCKS | INLINES
        self.stack: list[tuple[str, nodes.Element]] = [("", nodes.container())]
        self.hidden = 0
        """How deep it is in elements that show nothing."""

    def add(self, *children: nodes.Node) -> None:
        """Add nodes to the innermost element that is open."""
        self.stack[-1][1].extend(children)

    def handle_starttag(self, tag: str, attributes: Attributes) -> None:
        """Open an element; one that has a name is a place to link to."""
        given = dict(attributes)
        self.hidden += tag in HIDDEN
        if name := given.get("id") or (given.get("name") if tag == "a" else None):
            self.add(nodes.target("", "", ids=[name]))
        if tag == "br":
            self.add(*line_break())
        elif tag == "img" and given.get("alt"):
            self.handle_data(f"[{given['alt']}]")
        elif tag in FOREIGN:
            self.add(*link(given.get("src") or given.get("data") or ""))
        elif tag == "a" and (given.get("href") or "").startswith(WEB):
            self.stack.append((tag, nodes.reference(refuri=given["href"])))
        elif tag in self.known:
            self.stack.append((tag, self.known[tag](**spans(given))))

    def handle_endtag(self, tag: str) -> None:
        """Close an element, and those inside that were left open."""
        self.hidden -= tag in HIDDEN and self.hidden > 0
        if any(tag == name for name, _ in self.stack[1:]):
            while self.close_one() != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Add text; of what is between blocks, all but white space."""
        parent = self.stack[-1][1]
        if not self.hidden and not (isinstance(parent, LISTS) and not data.strip()):
            self.add(nodes.Text(data))

    def close_one(self) -> str:
        """Close the innermost element, and return its tag."""
        tag, node = self.stack.pop()
        if tag == "table":
            node = whole_table(node)
        elif tag == "pre":
            node = nodes.literal_block(node.astext(), node.astext(), language="none")
        elif not isinstance(node, (nodes.TextElement, *LISTS)):
            in_paragraphs(node)
        self.add(node)
        return tag

    def finished(self) -> list[nodes.Node]:
        """Return what has been read."""
        self.close()
        while len(self.stack) > 1:
            self.close_one()
        root = self.stack[0][1]
        if self.known is not INLINES:
            in_paragraphs(root)
        return list(root.children)


def in_paragraphs(node: nodes.Element) -> None:
    """Put the text and inline nodes between blocks into paragraphs."""
    children = list(node.children)
    node.clear()
    for is_line, run in itertools.groupby(children, is_inline):
        members = list(run)
        has_text = is_line and any(member.astext().strip() for member in members)
        node += [nodes.paragraph("", "", *members)] if has_text else members


def is_inline(node: nodes.Node) -> bool:
    """Whether a node belongs into a line of text."""
    return isinstance(node, nodes.Text | nodes.Inline) and not isinstance(node, nodes.image)


def whole_table(table: nodes.Element) -> nodes.table:
    """Return a table with all that docutils asks of one."""
    rows = list(table.findall(nodes.row))
    width = max([1, *(sum(cell.get("morecols", 0) + 1 for cell in row) for row in rows)])
    columns = [nodes.colspec(colwidth=1) for _ in range(width)]
    for row in rows:
        missing = width - sum(cell.get("morecols", 0) + 1 for cell in row)
        row += [nodes.entry() for _ in range(missing)]
    group = nodes.tgroup("", *columns, nodes.tbody("", *rows), cols=width)
    return nodes.table("", group)


def spans(attributes: dict[str, str | None]) -> dict[str, int]:
    """Return how many more columns and rows a cell of a table spans."""
    given = {"morecols": attributes.get("colspan"), "morerows": attributes.get("rowspan")}
    return {name: int(value) - 1 for name, value in given.items() if value and value.isdigit()}


def line_break() -> Iterable[nodes.Node]:
    """Return the end of a line, in the formats that an edition can have."""
    yield nodes.raw("", r"\leavevmode\newline{}", format="latex")
    yield nodes.raw("", "<br/>", format="html")


def link(url: str) -> Iterable[nodes.Node]:
    """Return a link that shows its URL; nothing for a file that isn't on the web."""
    return [nodes.reference("", url, refuri=url)] if url.startswith(WEB) else []


def open_html(self: Any, node: nodes.Element) -> None:
    """Begin an element of HTML."""
    self.body.append(self.starttag(node, type(node).__name__))


def close_html(self: Any, node: nodes.Element) -> None:
    """End an element of HTML."""
    self.body.append(f"</{type(node).__name__}>\n")


def open_latex(self: Any, node: nodes.Element) -> None:
    """Begin what is never folded in print."""
    is_title = isinstance(node, summary)
    self.body.append("\n\\bookdetailstitle{" if is_title else "\n\\begin{bookdetails}")


def close_latex(self: Any, node: nodes.Element) -> None:
    """End it."""
    self.body.append("}\n" if isinstance(node, summary) else "\n\\end{bookdetails}\n")
