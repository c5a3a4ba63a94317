"""What a printed book needs that a site doesn't: transforms of all pages in one tree."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.latex.nodes import math_reference
from sphinx.transforms.post_transforms import SphinxPostTransform

from d2lbook.book.numbering import dotted
from d2lbook.sphinx_ext.pages.notes import number_of
from d2lbook.sphinx_ext.pages.tabs import is_cell

RECEIPT = "receipt"
"""Class of the line below an output that says which run it comes from."""
REFERENCE = "reference-entry"
"""Class of an entry in the list of references."""


def setup(app: Sphinx) -> None:
    """Register the transforms and the node that begins a part."""
    app.add_node(part, latex=(visit_part, None))
    for transform in (ArrangePages, PrintReceipts, KeepBibliography, UnlinkLost, NumberNotes):
        app.add_post_transform(transform)


class part(nodes.General, nodes.Element):
    """The beginning of a part: a caption in the root page's tables of contents."""


def visit_part(self: Any, node: part) -> None:
    """Write the title of a part."""
    self.body.append(f"\n\\unnumbered\\part{{{self.encode(node['title'])}}}\n")
    raise nodes.SkipNode


class PrintTransform(SphinxPostTransform):
    """Works on all pages of the book, put together for LaTeX."""

    formats = ("latex",)

    def page_of(self, node: nodes.Node) -> str:
        """Return the page that a node is of."""
        above: nodes.Node | None = node
        while above is not None and not isinstance(above, addnodes.start_of_file):
            above = above.parent
        return self.document["docname"] if above is None else above["docname"]


class ArrangePages(PrintTransform):
    """Makes chapters of the pages that the root page lists, and of its own text the first."""

    default_priority = 1

    def run(self, **kwargs: object) -> None:
        """Take the pages out of the root page; leave the root page out if nothing else is there."""
        captions = dict(self.captions())
        all_pages = list(self.document.findall(addnodes.start_of_file))
        for page in all_pages:
            for child in page:  # whose parent Sphinx has left as it was
                page.setup_child(child)
        pages = [page for page in all_pages if is_top(page)]
        for page in pages:
            page.parent.remove(page)
        own = [section for section in self.document.children if has_text(section)]
        self.document.clear()
        self.document += own
        for page in pages:
            if title := captions.get(page["docname"]):
                self.document += part(title=title)
            self.document += page

    def captions(self) -> Iterator[tuple[str, str]]:
        """Yield the captions of the root page's tables of contents, each with the first page."""
        root = self.env.get_doctree(self.document["docname"])
        for listed in root.findall(addnodes.toctree):
            if listed.get("caption") and listed["includefiles"]:
                yield listed["includefiles"][0], listed["caption"]


def is_top(page: nodes.Node) -> bool:
    """Whether a page is listed by the root page."""
    above = page.parent
    while above is not None and not isinstance(above, addnodes.start_of_file):
        above = above.parent
    return above is None


def has_text(section: nodes.Node) -> bool:
    """Whether there is more to a section of the root page than titles."""
    titles = (nodes.title, nodes.target, addnodes.toctree)
    return any(
        node.astext().strip() or isinstance(node, nodes.image)
        for node in section.findall(nodes.Element)
        if isinstance(node.parent, nodes.section | nodes.document)
        and not isinstance(node, (nodes.section, *titles))
    )


class PrintReceipts(PrintTransform):
    """Says below each output which run it comes from; a note at the first one has the receipt."""

    default_priority = 140

    def run(self, **kwargs: object) -> None:
        """Label every cell."""
        self.noted: dict[tuple[str, str], nodes.footnote] = {}
        for cell in list(self.document.findall(is_cell)):
            mark = cell["cell_metadata"].get("d2l", {})
            for run in mark.get("runs", []):
                cell += self.label(run, self.page_of(cell))
            cell += [line(nodes.Text(note)) for note in mark.get("notes", [])]

    def label(self, run: dict[str, Any], page: str) -> list[nodes.Element]:
        """Return the line below an output, and the note where there is none for its run yet."""
        text = "; ".join(f"{name}: {value}" for name, value in run["rows"])
        known = self.noted.get((page, text))
        note = self.noted[page, text] = known or self.note(text, page)
        mark = nodes.footnote_reference("", refid=note["ids"][0], docname=page)
        return [line(nodes.Text(run["summary"]), mark), *([] if known else [note])]

    def note(self, text: str, page: str) -> nodes.footnote:
        """Return a footnote with a receipt."""
        name = f"receipt-{len(self.noted)}"
        paragraph = nodes.paragraph("", f"Receipt of the run. {text}.")
        return nodes.footnote("", nodes.label(), paragraph, ids=[name], docname=page)


def line(*content: nodes.Node) -> nodes.container:
    """Return a line below an output."""
    return nodes.container("", nodes.paragraph("", "", *content), classes=[RECEIPT])


class KeepBibliography(PrintTransform):
    """Leaves the list of references where the author put it; Sphinx would move it to the end."""

    default_priority = 700

    def run(self, **kwargs: object) -> None:
        """Make paragraphs of the entries."""
        for entry in list(self.document.findall(nodes.citation)):
            anchor = f"\\hypertarget{{cite.{entry['docname']}:{entry['ids'][0]}}}{{}}"
            paragraph = next(entry.findall(nodes.paragraph))
            paragraph.insert(0, nodes.raw("", anchor, format="latex"))
            entry.replace_self(nodes.container("", paragraph, classes=[REFERENCE]))


class UnlinkLost(PrintTransform):
    """Leaves of links to what readers of other tabs see their text."""

    default_priority = 300

    def run(self, **kwargs: object) -> None:
        """Unlink what leads to no place in the book."""
        known = set(self.places())
        for link in list(self.document.findall(nodes.reference)):
            target = self.target(link)
            if target and target not in known:
                link.replace_self(link.children)
        equations = {
            (block.get("docname"), block.get("label"))
            for block in self.document.findall(nodes.math_block)
        }
        for link in list(self.document.findall(math_reference)):
            if (link["docname"], link["target"]) not in equations:
                link.replace_self(nodes.Text(self.words(link)))

    def words(self, link: math_reference) -> str:
        """Return what a link to an equation shows."""
        anchor = nodes.make_id(f"equation-{link['target']}")
        number = number_of(self.env, link["docname"], anchor)[1] or ()
        return str(link.get("words", f"({dotted(number)})"))

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield the places that links can lead to: page and id, "" for the page itself."""
        yield self.document["docname"], ""
        for page in self.document.findall(addnodes.start_of_file):
            yield page["docname"], ""
        for node in self.document.findall(nodes.Element):
            if node["ids"]:
                page = self.page_of(node)
                yield from ((page, name) for name in node["ids"])

    def target(self, link: nodes.reference) -> tuple[str, str] | None:
        """Return where a link leads; None out of the book."""
        uri = link.get("refuri", "")
        if uri.startswith("%"):
            page, _, name = uri[1:].partition("#")
            return page, name
        if name := link.get("refid") or (uri[1:] if uri.startswith("#") else ""):
            return self.page_of(link), name
        return None


class NumberNotes(PrintTransform):
    """Numbers the footnotes of each chapter in the order in which they are referred to."""

    default_priority = 500  # after Sphinx has made some of URLs, before it puts them into the text

    def run(self, **kwargs: object) -> None:
        """Number all; the line above them on the site goes."""
        for rule in list(self.document.findall(nodes.transition)):
            if "footnotes" in rule["classes"]:
                rule.parent.remove(rule)
        notes = {
            (note["docname"], name): note
            for note in self.document.findall(nodes.footnote)
            for name in note["ids"]
        }
        for chapter in self.document.children:
            numbers = itertools.count(1)
            given: dict[int, str] = {}
            for mark in chapter.findall(nodes.footnote_reference):
                note = notes[mark["docname"], mark["refid"]]
                number = given.setdefault(id(note), "") or str(next(numbers))
                given[id(note)] = number
                note[0] = nodes.label("", number)
                mark.clear()
                mark += nodes.Text(number)
