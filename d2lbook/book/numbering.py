"""The numbers of sections, figures, tables and equations, as the site has them.

They follow from the tables of contents by Sphinx's rules: a numbered one gives numbers to the
sections of all pages below it, and figures, tables and equations are counted, each kind by itself,
within the first two parts of their section's number.
"""

import gettext
import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from d2lbook.book.rst import blocks_of
from d2lbook.book.toc import docname_of, is_elsewhere, parse_entry
from d2lbook.config import BookConfig
from d2lbook.source.page import Block, Page
from d2lbook.words import locale_of

Number = tuple[int, ...]
Place = tuple[str, int]
"""A page's path and the line of one of its blocks."""
COUNTED_WITHIN = 2
"""Parts of a section's number that a figure's begins with."""
ALL_LEVELS = 999
ENGLISH = {"heading": "Section %s", "figure": "Fig. %s", "table": "Table %s"}
"""What a reference by number says, by the kind of the block."""


def numbers_of(pages: Iterable[Page], config: BookConfig) -> Mapping[Place, Number]:
    """Return the numbers of all blocks of a book that have one.

    Args:
        pages: in reading order.
        config: names the root page and the tabs.
    """
    numbering = _Numbering(pages, config)
    numbering.number_sections()
    numbering.number_the_rest(config.index, ())
    return {place: number for place, number in numbering.numbers.items() if number}


def place_of(page: Page, block: Block) -> Place:
    """Return the place by which a block's number is found."""
    return page.path, block.line


def wording(lang: str) -> Mapping[str, str]:
    """Return what references by number say in a language, with `%s` for the number."""
    if lang == "en":
        return {kind: text.replace(" ", "\N{NO-BREAK SPACE}") for kind, text in ENGLISH.items()}
    locale = str(files("sphinx") / "locale")
    words = gettext.translation("sphinx", locale, [locale_of(lang)], fallback=True)
    return {kind: words.gettext(text) for kind, text in ENGLISH.items()}


def dotted(number: Number) -> str:
    """Return a number as it is written: 8.1.2."""
    return ".".join(map(str, number))


@dataclass(frozen=True)
class _Section:
    """A section of a page, or, without a heading, the page."""

    heading: Block | None
    level: int = 0
    parts: list["_Section | Block"] = field(default_factory=list)
    """Its blocks, and the sections within it, in order."""


def _outline(page: Page, tabs: tuple[str, ...]) -> _Section:
    """Return a page as the tree of its sections; a heading for some tabs only begins none."""
    whole = _Section(None)
    open_sections = [whole]
    for block in page.blocks:
        in_text = block.indent or (block.tabs and not block.tabs.issuperset(tabs))
        if block.kind == "rst":
            _outline_rst(block, open_sections[-1])
        elif block.kind == "heading" and not in_text:
            _open(block, block.level, open_sections)
        else:
            open_sections[-1].parts.append(block)
    return whole


def _outline_rst(block: Block, section: _Section) -> None:
    """Add what a block of reStructuredText holds to a section; its own sections end with it."""
    open_sections = [section]
    for part in blocks_of(block):
        if part.kind == "heading":
            _open(part, section.level + part.level, open_sections)
        else:
            open_sections[-1].parts.append(part)


def _open(heading: Block, level: int, open_sections: list[_Section]) -> None:
    """Begin a section within the innermost one of a higher level."""
    while open_sections[-1].level >= level:
        open_sections.pop()
    section = _Section(heading, level)
    open_sections[-1].parts.append(section)
    open_sections.append(section)


class _Numbering:
    """One walk through the tables of contents for the sections, and one for all else."""

    def __init__(self, pages: Iterable[Page], config: BookConfig) -> None:
        self.config = config
        self.pages = {page.docname: page for page in pages}
        self.outlines = {name: _outline(page, config.tabs) for name, page in self.pages.items()}
        self.numbers: dict[Place, Number] = {}
        self.seen: set[str] = set()
        self.counter: list[int] = []
        """The number of the section before, at every level down to this one."""
        self.counts: Counter[tuple[str, Number]] = Counter()

    def number_sections(self) -> None:
        """Number what is below every numbered table of contents."""
        for name, page in self.pages.items():
            for toc in page.blocks:
                if toc.kind == "toc" and toc.options.get("numbered"):
                    self.seen.add(name)
                    self.counter = [0]
                    self.toc(name, toc, _levels(toc))
        self.seen.clear()

    def toc(self, name: str, toc: Block, levels: int) -> None:
        """Number the pages that a table of contents lists, down to so many levels."""
        for entry in self.entries(name, toc) if levels else ():
            if entry in self.seen:
                continue
            self.seen.add(entry)
            if entry in self.pages:
                self.sections(entry, self.outlines[entry], levels)
            elif self.config.has_source(f"{entry}.rst") or self.config.has_source(f"{entry}.ipynb"):
                self.counter[-1] += 1

    def sections(self, name: str, section: _Section, levels: int) -> None:
        """Number the sections within a section, and the pages that it lists."""
        for part in section.parts:
            if isinstance(part, _Section):
                self.counter[-1] += 1
                self.numbers[self.place(name, part)] = tuple(self.counter) if levels > 0 else ()
                self.counter.append(0)
                self.sections(name, part, levels - 1)
                self.counter.pop()
            elif part.kind == "toc":
                self.toc(name, part, max(levels, 0))

    def number_the_rest(self, name: str, within: Number) -> None:
        """Number the figures, tables and equations of a page, and of those that it lists."""
        if name in self.pages and name not in self.seen:
            self.seen.add(name)
            self.blocks(name, self.outlines[name], within)

    def blocks(self, name: str, section: _Section, within: Number) -> None:
        """Likewise for those of a section."""
        for part in section.parts:
            if isinstance(part, _Section):
                self.blocks(name, part, self.numbers.get(self.place(name, part)) or within)
            elif part.kind == "toc":
                for entry in self.entries(name, part):
                    self.number_the_rest(entry, within)
            elif _is_counted(part):
                key = part.kind, within[:COUNTED_WITHIN]
                self.counts[key] += 1
                self.numbers[place_of(self.pages[name], part)] = (*key[1], self.counts[key])

    def entries(self, name: str, toc: Block) -> Iterator[str]:
        """Yield the pages that a table of contents lists."""
        folder = posixpath.dirname(name)
        paths = (parse_entry(written)[1] for written in toc.entries)
        return (docname_of(path, folder) for path in paths if not is_elsewhere(path))

    def place(self, name: str, section: _Section) -> Place:
        """Return the place of a section's heading."""
        assert section.heading is not None
        return place_of(self.pages[name], section.heading)


def _levels(toc: Block) -> int:
    """Return how many levels a table of contents numbers."""
    numbered = toc.options["numbered"]
    return int(numbered) if numbered.isdigit() else ALL_LEVELS


def _is_counted(block: Block) -> bool:
    """Whether a block is a figure, a table or an equation with a number of its own."""
    if block.kind in ("figure", "table"):
        return bool(block.caption or block.label)
    return block.kind == "equation" and bool(block.label)
