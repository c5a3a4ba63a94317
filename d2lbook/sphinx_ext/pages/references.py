"""Cross-references as authors of the ecosystem expect them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from pathlib import PurePosixPath

from docutils import nodes
from docutils.nodes import make_id
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.latex.nodes import math_reference
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole
from sphinx.util.nodes import make_refnode

from d2lbook.book.numbering import dotted
from d2lbook.markup.myst import NO_TEXT
from d2lbook.sphinx_ext.pages.notes import number_of

ANCHOR = "place-"
"""How the id of a labeled place in a text begins."""
TO_EQUATIONS = ("eq", "numref", "ref")
PAGE_SUFFIXES = {".md", ".html"}
"""How authors name another page in a link: as it is written, or as it is read."""


def setup(app: Sphinx) -> None:
    """Register the transforms."""
    app.add_role("anchor", Anchor())
    app.add_transform(NoteNames)
    app.add_post_transform(NameEquations)
    app.add_post_transform(NameUntitled)
    app.add_post_transform(NameUnnumberedSections)
    app.add_post_transform(ResolveNumbers)
    app.add_post_transform(FindPages)


class Anchor(SphinxRole):
    """A label in a text, apart from any heading, figure, table or equation."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the place that the label names; references show the label itself."""
        target = nodes.target("", "", ids=[make_id(ANCHOR + self.text)])
        place = (self.env.docname, target["ids"][0])
        domain = self.env.domains.standard_domain
        domain.anonlabels[self.text] = place
        domain.labels[self.text] = (*place, self.text)
        return [target], []


class NoteNames(SphinxTransform):
    """Make known the names that reStructuredText inside Markdown gives to figures and tables."""

    default_priority = 205  # before docutils moves names from targets to what they name

    def apply(self, **kwargs: object) -> None:
        """Note the names that MyST passes over, those of nodes inside of sections."""
        for node in self.document.findall(nodes.Element):
            if isinstance(node, nodes.section):
                continue
            if any(name not in self.document.nameids for name in node["names"]):
                self.document.note_explicit_target(node)


class ReferenceTransform(SphinxPostTransform):
    """Works on references that nobody has resolved yet."""

    default_priority = 5  # before Sphinx and MyST resolve them

    def references(self, kind: str) -> Iterable[addnodes.pending_xref]:
        """Return the references of one kind."""
        references = self.document.findall(addnodes.pending_xref)
        return [reference for reference in references if reference["reftype"] == kind]


class NameEquations(ReferenceTransform):
    """Let references of every kind find equations, and show the titles that they bring."""

    default_priority = 4  # before Sphinx's own, which are for :eqref: alone

    def run(self, **kwargs: object) -> None:
        """Make such references what :eqref: is; those with a title become links."""
        equations = self.env.domains.math_domain.equations
        for reference in [found for kind in TO_EQUATIONS for found in self.references(kind)]:
            label = reference["reftarget"]
            page = equations.get(label, ("", 0))[0]
            if page and reference["refexplicit"]:
                reference.replace_self(self.titled(label, page, reference.astext()))
            elif page:
                reference.attributes |= {"refdomain": "math", "reftype": "eq"}

    def titled(self, label: str, page: str, title: str) -> nodes.Element:
        """Return a link to an equation, with its number wherever the title asks for it."""
        anchor = make_id(f"equation-{label}")
        number = dotted(number_of(self.env, page, anchor)[1] or ())
        words = title.replace("%s", number).replace("{number}", number)
        builder = self.app.builder
        if builder.format == "latex":
            return math_reference("", docname=page, target=label, words=words)
        return make_refnode(builder, self.env.docname, page, anchor, nodes.Text(words))


class NameUntitled(ReferenceTransform):
    """Let a reference by title to what has a number and no title show the number."""

    def run(self, **kwargs: object) -> None:
        """Turn such references into references by number."""
        labels = self.env.domains.standard_domain.labels
        for reference in self.references("ref"):
            page, anchor, title = labels.get(reference["reftarget"], ("", "", ""))
            has_words = reference["refexplicit"] or title.strip(NO_TEXT)
            if page and not has_words and number_of(self.env, page, anchor)[1]:
                reference["reftype"] = "numref"


class NameUnnumberedSections(ReferenceTransform):
    """Let a reference by number to what has none show the section's title, or the label."""

    def run(self, **kwargs: object) -> None:
        """Turn such references into references by title."""
        for reference in self.references("numref"):
            if self.has_no_number(reference["reftarget"]):
                reference["reftype"] = "ref"
                reference["refexplicit"] = False

    def has_no_number(self, label: str) -> bool:
        """Whether a label names a place, or a section that no table of contents numbers."""
        page, anchor, _ = self.env.domains.standard_domain.labels.get(label, ("", "", ""))
        sections = self.env.toc_secnumbers.get(page, {})
        others = self.env.toc_fignumbers.get(page, {}).values()
        if anchor.startswith(ANCHOR):
            return True
        is_section = not any(anchor in numbers for numbers in others)
        return bool(page) and is_section and not sections.get(f"#{anchor}", sections.get(""))


class ResolveNumbers(ReferenceTransform):
    """Resolve references by number from what is known of all labels.

    Sphinx itself would load the page that holds the label, for every single one.
    """

    default_priority = 6
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Resolve all but those that bring a title of their own, or whose number isn't known."""
        domain = self.env.domains.standard_domain
        for reference in self.references("numref"):
            page, anchor, _ = domain.labels.get(reference["reftarget"], ("", "", ""))
            kind, number = number_of(self.env, page, anchor)
            if number and not reference["refexplicit"]:
                title = self.config.numfig_format[kind]
                link = domain.build_reference_node(
                    self.env.docname,
                    self.app.builder,
                    page,
                    anchor,
                    title % dotted(number),
                    "numref",
                    node_class=addnodes.number_reference,
                    title=title,
                )
                reference.replace_self(link)


class FindPages(ReferenceTransform):
    """Let a link to the file of another page lead to that page."""

    def run(self, **kwargs: object) -> None:
        """Say of such links which page they mean; MyST does the rest."""
        for reference in self.references("myst"):
            path, _, anchor = reference["reftarget"].partition("#")
            page = self.page_of(path, reference.get("refdoc", self.env.docname))
            if reference["refdomain"] is None and page in self.env.found_docs:
                reference.attributes |= {
                    "refdomain": "doc",
                    "reftarget": page,
                    "reftargetid": anchor or None,
                }

    def page_of(self, path: str, page: str) -> str:
        """Return the page that a path means on another; "" where it names none."""
        if PurePosixPath(path).suffix not in PAGE_SUFFIXES:
            return ""
        here = posixpath.dirname(page)  # in print all pages are in one document
        return posixpath.normpath(posixpath.join(here, posixpath.splitext(path)[0]))
