"""A page's text as plain Markdown for a notebook: roles become words, numbers and links."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from html import escape
from typing import Protocol
from urllib.parse import quote

from docutils.nodes import make_id

from d2lbook.book.numbering import dotted, numbers_of, place_of, wording
from d2lbook.book.references import all_roles, file_of
from d2lbook.book.rst import blocks_of
from d2lbook.book.toc import docname_of, is_elsewhere, parse_entry
from d2lbook.book.whole import Book
from d2lbook.markup.myst import fence, plain_text, stress_cjk
from d2lbook.markup.nesting import joined, stretches
from d2lbook.markup.works import Works
from d2lbook.notebooks.footnotes import Footnotes
from d2lbook.source.constructs import CITATIONS
from d2lbook.source.images import retargeted
from d2lbook.source.inline import Role, render_inline
from d2lbook.source.page import Block, Page
from d2lbook.source.tables import escape_bars

WITHOUT_TEXT = ("setup",)
REFERENCES = {"en": "References", "zh": "参考文献", "de": "Literatur", "fr": "Références"}
"""The heading of the list of references, by language."""
_PAGE_SUFFIXES = (".md", ".html")
_SIZE = re.compile(r"(\d+)(?:px)?|(\d+%)")
_NUMBER = re.compile(r"%s|\{number\}")
"""Where the title of a reference asks for the number."""
_UNSAFE = re.compile(r"[\s()<>%]")


class Place(Protocol):
    """Where readers open notebooks, and so how they reach what lies beside one."""

    def notebook(self, docname: str, folder: str, tab: str) -> str:
        """Return a link to a page's notebook from those of a folder; "" where there is none."""

    def file(self, path: str, folder: str) -> str:
        """Return a link to a file of the book from the notebooks of a folder."""


class Beside:
    """One folder with all notebooks and the files that they show, on the reader's machine."""

    def notebook(self, docname: str, folder: str, tab: str) -> str:
        """Return the notebook's path as seen from a folder."""
        return self.file(f"{docname}.ipynb", folder)

    def file(self, path: str, folder: str) -> str:
        """Return the file's path as seen from a folder."""
        relative = posixpath.relpath(path, folder or ".")
        return _UNSAFE.sub(lambda match: quote(match[0]), relative)


class Reading:
    """What all notebooks of a book share, for the readers at one place."""

    def __init__(self, book: Book, place: Place) -> None:
        self.book = book
        self.place = place
        self.pages = {page.docname: page for page in book.pages}
        self.wording = wording(book.config.lang)

    @cached_property
    def numbers(self) -> dict[tuple[str, int], str]:
        """The numbers of sections, figures, tables and equations, as they are written."""
        numbers = numbers_of(self.book.pages, self.book.config)
        return {place: dotted(number) for place, number in numbers.items()}

    @cached_property
    def works(self) -> Works:
        """The works that the book cites."""
        folder = self.book.config.source_dir
        keys = (key for page in self.book.pages for key in cited_keys(page))
        return Works([folder / name for name in self.book.bibliographies], keys)

    @cached_property
    def rst_labels(self) -> dict[str, tuple[Page, Block]]:
        """What labels inside of reStructuredText name."""
        found = (
            (page, part)
            for page in self.book.pages
            for block in page.blocks
            if block.kind == "rst"
            for part in blocks_of(block)
        )
        return {part.label: (page, part) for page, part in found if part.label}

    def labeled(self, label: str) -> tuple[Page, Block] | None:
        """Return the page and the block that a label names; None where none does."""
        found = self.book.labels.get(label)
        return (
            self.rst_labels.get(label.lower(), found) if found and found[1].kind == "rst" else found
        )

    def number(self, page: Page, block: Block) -> str:
        """Return a block's number; "" where it has none."""
        return self.numbers.get(place_of(page, block), "")

    def link_to(self, page: Page, tab: str, folder: str, anchor: str = "") -> str:
        """Return where a reference to a page leads: to the site, or else to its notebook."""
        if site := self.book.config.html.base_url:
            query, fragment = f"?tab={tab}" if tab else "", f"#{anchor}" if anchor else ""
            return f"{site}{quote(page.docname)}.html{query}{fragment}"
        return self.notebook(page, tab, folder)

    def notebook(self, page: Page, tab: str, folder: str) -> str:
        """Return a link to the notebook of a page; "" where the tab has none."""
        return self.place.notebook(page.docname, folder, tab) if page.in_tab(tab) else ""


def cited_keys(page: Page) -> Iterator[str]:
    """Yield the keys that a page cites, in order."""
    for block in page.blocks:
        for role in (*all_roles(block.source, 0), *all_roles(block.caption, 0)):
            if role.name in CITATIONS:
                yield from role.keys


class TextWriter:
    """Writes the Markdown cells of a page's notebook."""

    def __init__(self, page: Page, tab: str, reading: Reading) -> None:
        self._folder = posixpath.dirname(page.path)
        self._page = page
        self._tab = tab
        self._reading = reading
        written = (block for block in page.blocks if block.kind not in ("cell", "listing"))
        self._notes = Footnotes(text for one in written for text in (one.source, one.caption))
        self._handlers = {
            "numref": self._reference,
            "ref": self._reference,
            "eqref": self._reference,
            "cite": lambda role: reading.works.parenthetical(role.keys),
            "citet": lambda role: reading.works.textual(role.keys),
            **dict.fromkeys(("label", "eqlabel", "width", "height", "bibliography"), _nothing),
        }

    def text(self, blocks: Iterable[Block]) -> str:
        """Return the Markdown of a stretch of blocks."""
        runs = (
            [(block, text) for block in run if (text := self._block(block).strip("\n")).strip()]
            for run in stretches(blocks)
        )
        return "\n\n".join(joined(run) for run in runs if run)

    def references(self) -> str:
        """Return the list of what the page cites; "" where it cites nothing or has a list."""
        keys = set(cited_keys(self._page))
        if not keys or any(block.kind == "bibliography" for block in self._page.blocks):
            return ""
        works = self._reading.works.listed(keys)
        lang = self._reading.book.config.lang
        return f"## {REFERENCES.get(lang, REFERENCES['en'])}\n\n{works}" if works else ""

    def _block(self, block: Block) -> str:
        if block.kind in WITHOUT_TEXT:
            return ""
        write = getattr(self, f"_{block.kind}", None)
        return write(block) if write else self._inline(block.source)

    def _inline(self, text: str) -> str:
        text = retargeted(self._notes.numbered(text), self._retarget)
        return stress_cjk(render_inline(text, self._handlers))

    def _heading(self, block: Block) -> str:
        words = [self._reading.number(self._page, block), self._inline(block.source)]
        return f"{'#' * block.level} {' '.join(filter(None, words))}"

    def _figure(self, block: Block) -> str:
        target = self._retarget(block.target)
        sizes = {key: _SIZE.fullmatch(block.options.get(key, "")) for key in ("width", "height")}
        given = "".join(f' {key}="{size[1] or size[2]}"' for key, size in sizes.items() if size)
        alt = plain_text(block.caption)
        image = f"![{_escaped(alt)}]({_destination(target)})"
        if given:
            image = f'<img src="{escape(target)}" alt="{escape(alt)}"{given}>'
        caption = self._caption(block)
        return f"{image}\n\n{caption}" if caption else image

    def _table(self, block: Block) -> str:
        escaped = (escape_bars(row, in_math=False) for row in block.source.split("\n"))
        rows = self._inline("\n".join(escaped))
        caption = self._caption(block)
        return f"{caption}\n\n{rows}" if caption else rows

    def _caption(self, block: Block) -> str:
        number = self._reading.number(self._page, block)
        label = f"**{self._reading.wording[block.kind] % number}.**" if number else ""
        return " ".join(filter(None, (label, self._inline(block.caption))))

    def _equation(self, block: Block) -> str:
        number = self._reading.number(self._page, block)
        name = number or block.label.replace("_", r"\_")
        tag = rf" \tag{{{name}}}" if name else ""
        return f"$${block.source.strip()}{tag}$$"

    def _listing(self, block: Block) -> str:
        ticks = fence(block.source)
        return f"{ticks}{block.options.get('language', '')}\n{block.source}\n{ticks}"

    def _rst(self, block: Block) -> str:
        return f"```rst\n{block.source}\n```"

    def _bibliography(self, block: Block) -> str:
        pages = self._reading.book.pages
        return self._reading.works.listed(key for page in pages for key in cited_keys(page))

    def _toc(self, block: Block) -> str:
        return "\n".join(f"- {self._entry(*parse_entry(entry))}" for entry in block.entries)

    def _entry(self, title: str, path: str) -> str:
        page = self._reading.pages.get(docname_of(path, self._folder))
        if page is None:
            return f"[{title or path}]({path})" if is_elsewhere(path) else title or path
        heading = next((b for b in page.blocks if b.kind == "heading"), None)
        number = self._reading.number(page, heading) if heading else ""
        words = " ".join(filter(None, (number, title or plain_text(page.title))))
        return _linked(words, self._reading.notebook(page, self._tab, self._folder))

    def _retarget(self, target: str) -> str:
        """Return the target of a link, an image or HTML as seen from the notebook."""
        file, _, fragment = target.partition("#")
        path = file_of(file, self._page.path)
        stem, suffix = posixpath.splitext(path)
        if suffix in _PAGE_SUFFIXES and stem in self._reading.pages:
            page = self._reading.pages[stem]
            return self._reading.link_to(page, self._tab, self._folder, fragment) or target
        if path and self._reading.book.config.has_source(path):
            return self._reading.place.file(path, self._folder)
        return target

    def _reference(self, role: Role) -> str:
        return ", ".join(self._named(label, role) for label in role.keys)

    def _named(self, label: str, role: Role) -> str:
        """Return the words for what has a label, with a link to it."""
        found = self._reading.labeled(label)
        if found is None:
            return role.title or label
        page, block = found
        number = self._reading.number(page, block)
        asks = bool(_NUMBER.search(role.title))
        words = _NUMBER.sub(number, role.title) if number or not asks else ""
        words = words or self._words(label, block, number, by_title=role.name == "ref")
        if page.path == self._page.path and not self._reading.book.config.html.base_url:
            return words
        link = self._reading.link_to(page, self._tab, self._folder, _anchor(label, block))
        return _linked(words, link)

    def _words(self, label: str, block: Block, number: str, *, by_title: bool) -> str:
        """Return what a reference says: a number, or else a title or a caption."""
        if block.label not in (label, label.lower()):
            return label
        if block.kind == "equation":
            return f"({number or label})"
        by_number = self._reading.wording[block.kind] % number if number else ""
        title = plain_text(block.source if block.kind == "heading" else block.caption)
        return ((title or by_number) if by_title else (by_number or title)) or label


def _nothing(role: Role) -> str:
    return ""


def _anchor(label: str, block: Block) -> str:
    """Return the place in the site's page that a label names."""
    if block.label not in (label, label.lower()) and block.kind != "rst":
        return make_id(f"place-{label}")
    return make_id(label) if block.kind != "equation" else f"equation-{make_id(label)}"


def _linked(words: str, target: str) -> str:
    return f"[{words}]({_destination(target)})" if target else words


def _destination(target: str) -> str:
    """Return a link's target as Markdown takes it."""
    return f"<{target}>" if re.search(r"[\s()]", target) else target


def _escaped(alt: str) -> str:
    """Return the text of an image without brackets that would end it."""
    return re.sub(r"[\[\]\\]", r"\\\g<0>", alt)
