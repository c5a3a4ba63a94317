"""A page as a deck: what its slide marks choose for the readers of one tab, slide by slide.

``[**text**]`` begins a slide and ``(**text**)`` goes on with one; ``(~~text~~)`` is on slides only.
Code follows the text before it. A figure, table or equation is on the slides whose text refers to
it, and on the one whose text leads up to it: at the end of the paragraph right before.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from d2lbook.book.references import all_roles
from d2lbook.book.whole import Book
from d2lbook.markup.myst import plain_text
from d2lbook.records.stores import Shown, Stores
from d2lbook.source.constructs import CITATIONS, REFERENCES, SLIDE_MARKS
from d2lbook.source.images import mask_literals
from d2lbook.source.inline import Role, scan_inline
from d2lbook.source.page import Block, Page
from d2lbook.source.pycode import Edit, apply_edits

FLOATS = ("figure", "table", "equation")
FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")
"""The mark of a note, which isn't on slides."""


@dataclass
class Slide:
    """One slide, which may be too long for one screen."""

    section: str
    """Markdown of the heading that it stands under; "" under that of the page."""
    parts: list[Block] = field(default_factory=list)
    """Marked texts, as prose of their own, and whole blocks; the first is what the slide says."""

    @property
    def is_under_section(self) -> bool:
        """Whether it says something else than the heading that it stands under."""
        return bool(self.section) and self.parts[0].source != self.section


@dataclass(frozen=True)
class Deck:
    """The slides of a page in a tab."""

    page: Page
    """With the tab chosen."""
    tab: str
    slides: tuple[Slide, ...]
    shown: Shown | None
    """The record that its outputs are from."""

    @property
    def title(self) -> str:
        """The page's title, without markup."""
        return plain_text(self.page.title) or self.page.docname

    @property
    def outputs(self) -> Mapping[int, Sequence[Mapping[str, Any]]]:
        """What the cells gave, by their lines."""
        given = self.shown.record.outputs if self.shown else ()
        return {cell.line: outputs for cell, outputs in zip(self.page.cells, given, strict=False)}


def decks_of(book: Book, stores: Stores, tab: str) -> Iterator[Deck]:
    """Yield the decks of a tab."""
    for page in book.pages:
        if page.in_tab(tab):
            chosen = book.in_tab(page, tab)
            if slides := slides_of(chosen):
                shown = stores.best(chosen, tab) if chosen.has_cells else None
                yield Deck(chosen, tab, slides, shown)


def slides_of(page: Page) -> tuple[Slide, ...]:
    """Return the slides of a page whose tab is chosen; none where nothing in it is marked."""
    dealer = _Dealer(page)
    marked = is_led_up_to = False
    for block in page.blocks:
        if block.kind == "heading":
            dealer.enter(block)
        elif block.kind == "cell":
            dealer.go_on(block)
        elif block.kind in FLOATS and is_led_up_to:
            dealer.follow(block)
        for name, part in _marked(block):
            marked = True
            dealer.text(name, part)
        is_led_up_to = block.kind == "prose" and _ends_marked(block.source)
    return tuple(slide for slide in dealer.slides if slide.parts) if marked else ()


class _Dealer:
    """Deals the parts of a page out to slides."""

    def __init__(self, page: Page) -> None:
        self.slides: list[Slide] = []
        self._page = page
        self._section: Block | None = None
        """The heading that no slide stands under yet."""
        self._labels = {
            block.label: block for block in page.blocks if block.label and block.kind in FLOATS
        }

    def enter(self, heading: Block) -> None:
        """Come to a heading: what follows is no longer of the slide before it."""
        if heading.source != self._page.title:
            self._section = heading

    def go_on(self, cell: Block) -> None:
        """Add code to the slide before it; under a new heading, to one that the heading begins."""
        if self._section or not self.slides:
            self._begin()
            if self._section:
                self._add(replace(self._section, kind="prose"))
        self._section = None
        self._add(cell)

    def text(self, mark: str, part: Block) -> None:
        """Add a marked text, and what it refers to; the mark says where, whatever headings do."""
        if mark == "new_slide" or not self.slides:
            self._begin()
        self._section = None
        self._add(part)
        for role in all_roles(part.source, part.line) if part.kind == "prose" else ():
            for key in role.keys if role.name in REFERENCES else ():
                if key in self._labels:
                    self._add(self._labels[key])

    def follow(self, block: Block) -> None:
        """Add what the last marked text leads up to, unless a mark says where it goes."""
        if not any(_marked(block)):
            self._add(block)

    def _begin(self) -> None:
        before = self.slides[-1].section if self.slides else ""
        self.slides.append(Slide(self._section.source if self._section else before))

    def _add(self, part: Block) -> None:
        if part not in self.slides[-1].parts:  # where a text refers to it that is marked itself
            self.slides[-1].parts.append(part)


def _marked(block: Block) -> Iterator[tuple[str, Block]]:
    """Yield the marked texts of a block, each with the name of its mark."""
    if block.kind == "equation":
        yield from ((mark, block) for mark in block.marks)
        return
    texts = {
        "figure": (block.caption,),
        "table": (block.caption, block.source),
        "prose": (block.source,),
        "heading": (block.source,),
    }
    for text in texts.get(block.kind, ()):
        for piece in scan_inline(text, slides=True, line=block.line):
            if isinstance(piece, Role) and piece.name in SLIDE_MARKS.values():
                words = without_footnotes(piece.argument.strip())
                yield piece.name, Block("prose", words, piece.line, block.tabs)


def _ends_marked(text: str) -> bool:
    """Whether a marked text ends a paragraph, but for citations and a mark like a colon."""
    pieces = [
        piece
        for piece in scan_inline(text, slides=True)
        if not (isinstance(piece, str) and not piece.strip(" \n.,:;"))
        and not (isinstance(piece, Role) and piece.name in CITATIONS)
    ]
    last = pieces[-1] if pieces else ""
    return isinstance(last, Role) and last.name in SLIDE_MARKS.values()


def without_footnotes(text: str) -> str:
    """Return a text without the marks of its notes."""
    places = FOOTNOTE.finditer(mask_literals(text))
    return apply_edits(text, [Edit(*place.span(), "") for place in places])
