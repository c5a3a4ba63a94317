"""The works that a book cites: how the text names them, and how a list of references shows them."""

import contextlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from string import ascii_lowercase

from pybtex import errors as pybtex_errors
from pybtex.backends.markdown import Backend as MarkdownBackend
from pybtex.database import BibliographyData, Entry, Person
from pybtex.database.input.bibtex import Parser
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text
from pybtex.style.formatting import FormattedEntry
from pybtex.style.formatting.plain import Style as PlainStyle
from pybtex.style.template import FieldIsMissing

ET_AL = "et al."


class ReferenceStyle(PlainStyle):
    """Last names first, initials, alphabetical: Krizhevsky, A., Sutskever, I., …"""

    default_name_style = "lastfirst"

    def __init__(self, **options: object) -> None:
        super().__init__(**options | {"abbreviate_names": True})
        self.sort = self.told_apart

    def told_apart(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return the entries in order; those that would be cited alike get letters: 2014a."""
        ordered = sorted(map(named, entries), key=place_in_list)
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


class Markdown(MarkdownBackend):
    """Text as Markdown, with a backslash only where one is needed."""

    def format_str(self, text: str) -> str:
        """Return a text that means itself."""
        return re.sub(r"[\\`*_\[\]<$]", r"\\\g<0>", text)


class Works:
    """The works that a book cites, for those who write Markdown."""

    def __init__(self, bibliographies: Iterable[Path], cited: Iterable[str]) -> None:
        """Read BibTeX files as far as they make sense, and keep the works that are cited."""
        entries = read_entries(bibliographies)
        self._style = ReferenceStyle()
        known = [entries[key] for key in sorted(set(cited)) if key in entries]
        self._entries = {entry.key: entry for entry in self._style.told_apart(known)}
        self._texts: dict[str, str] = {}
        """Of the works that were listed so far."""

    def textual(self, keys: Sequence[str]) -> str:
        """Return a citation that is part of a sentence: Krizhevsky et al. (2012)."""
        return "; ".join(" ".join(filter(None, self._named(key, "({})"))) for key in keys)

    def parenthetical(self, keys: Sequence[str]) -> str:
        """Return a citation in parentheses: (Krizhevsky et al., 2012)."""
        return f"({'; '.join(', '.join(filter(None, self._named(key, '{}'))) for key in keys)})"

    def listed(self, keys: Iterable[str]) -> str:
        """Return the list of references with these works, in the order of the whole list."""
        wanted = set(keys)
        return "\n".join(f"- {self._text(key)}" for key in self._entries if key in wanted)

    def _text(self, key: str) -> str:
        """Return how a list of references shows a work."""
        if key not in self._texts:
            self._texts[key] = one_line(self._style.format_entry("", self._entries[key]).text)
        return self._texts[key]

    def _named(self, key: str, year_as: str) -> tuple[str, str]:
        """Return a work's persons, or its title, and its year."""
        entry = self._entries.get(key)
        if entry is None:
            return key, ""
        persons = cited_persons(entry)
        joint = " " if ET_AL in persons else " and "
        name = joint.join(persons) or entry.fields.get("title", key)
        return plain(name), year_as.format(entry.fields.get("year", "n.d."))


def read_entries(bibliographies: Iterable[Path]) -> dict[str, Entry]:
    """Return the entries of BibTeX files by key; what makes no sense is passed over."""
    found: dict[str, Entry] = {}
    for path in bibliographies:
        parser = Parser(encoding="utf-8")
        with pybtex_errors.capture(), contextlib.suppress(PybtexError, UnicodeDecodeError):
            parser.parse_file(str(path))  # the site's build says what is wrong with it
        data: BibliographyData = parser.data
        found = {**data.entries, **found}
    return found


def one_line(text: Text) -> str:
    """Return the text of an entry as Markdown on one line."""
    return " ".join(text.render(Markdown()).split())


def plain(latex: str) -> str:
    """Return what a BibTeX field says, without LaTeX's marks."""
    return str(Text.from_latex(latex))


def persons_of(entry: Entry) -> Sequence[Person]:
    """Return the authors of a work, or else its editors."""
    return entry.persons.get("author") or entry.persons.get("editor") or ()


def place_in_list(entry: Entry) -> tuple[str, ...]:
    """Return what a list is sorted by: persons, or the title of a work without; year; title."""
    year, title = (entry.fields.get(name, "") for name in ("year", "title"))
    names = "   ".join(str(person).replace(", ", "  ") for person in persons_of(entry))
    return letters(names or title), year, letters(title)


def letters(latex: str) -> str:
    """Return what a BibTeX field says in small letters without accents."""
    text = unicodedata.normalize("NFKD", plain(latex))
    return "".join(one for one in text if not unicodedata.combining(one)).casefold()


def cited_persons(entry: Entry) -> tuple[str, ...]:
    """Return the last names that a citation shows: all, or the first of more than two."""
    persons = persons_of(entry)
    names = [" ".join(person.prelast_names + person.last_names) for person in persons]
    return tuple(names) if len(names) < 3 else (names[0], ET_AL)


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
