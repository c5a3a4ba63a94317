"""What to know of each page without loading it: its sections, and what it shows of other pages."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors import EnvironmentCollector
from sphinxcontrib.bibtex.nodes import bibliography

Reference = tuple[str, str, str]
"""Domain, type and target."""
NumberedAs = tuple[str, tuple[int, ...] | None]


def setup(app: Sphinx) -> None:
    """Register the collector."""
    app.add_env_collector(NoteTaker)


@dataclass(frozen=True)
class Note:
    """What is noted of a page."""

    sections: Mapping[str, str]
    """By id, what Sphinx calls the section where it keeps numbers."""
    references: frozenset[Reference]
    lists: bool
    """Whether it has a table of contents or a list of references, which may show anything."""


class NoteTaker(EnvironmentCollector):
    """Keeps the notes on all pages in Sphinx's environment."""

    def process_doc(self, app: Sphinx, doctree: nodes.document) -> None:
        """Take notes of the page that was just read."""
        sections = list(doctree.findall(nodes.section))
        references = (
            (node.get("refdomain") or "", node["reftype"], node["reftarget"])
            for node in doctree.findall(addnodes.pending_xref)
        )
        lists = doctree.findall(lambda node: isinstance(node, addnodes.toctree | bibliography))
        notes(app.env)[app.env.docname] = Note(
            {
                name: f"#{section['ids'][0]}" if number else ""
                for number, section in enumerate(sections)
                for name in section["ids"]
            },
            frozenset(references),
            any(True for _ in lists),
        )

    def clear_doc(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        """Forget a page."""
        notes(env).pop(docname, None)

    def merge_other(
        self, app: Sphinx, env: BuildEnvironment, docnames: Set[str], other: BuildEnvironment
    ) -> None:
        """Take over the notes of another process."""
        notes(env).update({name: notes(other)[name] for name in docnames})


def notes(env: BuildEnvironment) -> dict[str, Note]:
    """Return the notes on all pages."""
    kept: dict[str, Note] = vars(env).setdefault("d2l_notes", {})
    return kept


def number_of(env: BuildEnvironment, page: str, anchor: str) -> NumberedAs:
    """Return what an anchor of a page is, and its number; None where it has none or isn't known."""
    for kind, numbers in env.toc_fignumbers.get(page, {}).items():
        if anchor in numbers:
            return kind, numbers[anchor]
    note = notes(env).get(page)
    name = note.sections.get(anchor) if note else None
    numbers = env.toc_secnumbers.get(page, {})
    # A section without an entry of its own bears the number of its page.
    return "section", None if name is None else numbers.get(name, numbers.get(""))
