"""Works as a list of references shows them, told apart, and complete as far as they are known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from string import ascii_lowercase
from typing import cast

from docutils import nodes
from pybtex.database import Entry
from pybtex.style.formatting import FormattedEntry
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.template import FieldIsMissing
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinxcontrib.bibtex.domain import BibtexDomain

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(ShowUnknownKeys)


class ReferenceStyle(PlainStyle):
    """Last names first, initials, alphabetical: Krizhevsky, A., Sutskever, I., …"""

    default_name_style = "lastfirst"

    def __init__(self, **options: object) -> None:
        super().__init__(**options | {"abbreviate_names": True})
        self.in_order = vars(self)["sort"]  # where pybtex puts it
        self.sort = self.told_apart

    def told_apart(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return the entries in order; those that would be cited alike get letters: 2014a."""
        ordered = self.in_order(map(named, entries))
        cited_as = [(*cited_persons(entry), entry.fields.get("year", "")) for entry in ordered]
        alike = Counter(cited_as)
        letters: defaultdict[tuple[str, ...], Iterator[str]] = defaultdict(suffixes)
        return [
            with_field(entry, "year", name[-1] + next(letters[name]))
            if name[-1] and alike[name] > 1
            else entry
            for entry, name in zip(ordered, cited_as, strict=True)
        ]

    def format_entry(self, label: str, entry: Entry, bib_data: object = None) -> FormattedEntry:
        """Return the text of an entry; one of an unknown type, or that lacks a field, is brief."""
        if hasattr(self, f"get_{entry.type}_template"):
            try:
                return super().format_entry(label, entry, bib_data)
            except FieldIsMissing:
                pass
        text = self.get_misc_template(entry).format_data({"entry": entry, "style": self})
        return FormattedEntry(entry.key, text, label)


def cited_persons(entry: Entry) -> tuple[str, ...]:
    """Return the last names that a citation shows: all, or the first of more than two."""
    persons = entry.persons.get("author") or entry.persons.get("editor") or ()
    names = [" ".join(person.prelast_names + person.last_names) for person in persons]
    return tuple(names) if len(names) < 3 else (names[0], "et al.")


def named(entry: Entry) -> Entry:
    """Return an entry that can be cited: its key is the title of one without persons and title."""
    if entry.persons or "title" in entry.fields:
        return entry
    return with_field(entry, "title", entry.key)


def suffixes() -> Iterator[str]:
    """Yield a, b, …, z, aa, ab, …"""
    yield from ascii_lowercase
    yield from map("".join, product(ascii_lowercase, repeat=2))


def with_field(entry: Entry, name: str, value: str) -> Entry:
    """Return a copy of an entry with another value of a field."""
    copy = Entry(entry.type, fields={**entry.fields, name: value}, persons=entry.persons)
    copy.key = entry.key
    return copy


class ShowUnknownKeys(SphinxPostTransform):
    """Shows the key of a citation that no bibliography has, in place of nothing."""

    default_priority = 4  # before sphinxcontrib-bibtex resolves citations

    def run(self, **kwargs: object) -> None:
        """Warn of such keys, and put them after the citations that are known."""
        domain = cast(BibtexDomain, self.env.get_domain("cite"))
        known = {citation.key for citation in domain.citations}
        for citation in list(self.document.findall(addnodes.pending_xref)):
            keys = citation["reftarget"].split(",") if citation["refdomain"] == "cite" else []
            if unknown := [key for key in keys if key not in known]:
                self.warn(unknown, citation)
                citation["reftarget"] = ",".join(key for key in keys if key in known)
                note = nodes.inline("", f"({', '.join(unknown)})", classes=["unknown-key"])
                parts = [citation, nodes.Text(" "), note] if citation["reftarget"] else [note]
                citation.replace_self(parts)

    def warn(self, keys: Iterable[str], citation: nodes.Node) -> None:
        """Warn of unknown keys."""
        for key in keys:
            message = "citation key %r is in no bibliography"
            logger.warning(message, key, location=citation, type="bibtex", subtype="key_not_found")
