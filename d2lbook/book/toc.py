"""The table of contents: the order in which the book is read."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from d2lbook.config import CONFIG_FILE, BookConfig
from d2lbook.errors import BookError, nearest
from d2lbook.source.page import Block, Page

_TITLED = re.compile(r"(.*\S)\s*<([^<>]+)>")
_ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|self$")
_OTHER_PAGES = (".rst", ".ipynb")


def parse_entry(written: str) -> tuple[str, str]:
    """The title that an entry gives, "" for the page's own, and the path or URL that it names."""
    titled = _TITLED.fullmatch(written)
    return (titled[1], titled[2].removesuffix(".md")) if titled else ("", written)


def is_elsewhere(entry: str) -> bool:
    """Whether an entry names no file: a URL, or `self`."""
    return _ELSEWHERE.match(entry) is not None


def docname_of(entry: str, folder: str) -> str:
    """The page, by its path without suffix, that an entry in a page of a folder names."""
    path = entry.lstrip("/") if entry.startswith("/") else posixpath.join(folder, entry)
    return posixpath.normpath(path)


class Toc:
    """The table of contents of a book, read from its root page down."""

    def __init__(self, config: BookConfig, pages: Mapping[str, Page]) -> None:
        self.config = config
        self.pages = pages
        """By path without suffix."""
        self.errors: list[BookError] = []
        self._order: dict[str, Page] = {}

    def reading_order(self) -> tuple[Page, ...]:
        """Depth first from the root page; then, by name, from each page that this leaves out."""
        root = self.config.index
        if root not in self.pages and not self._is_other_page(root):
            message = (
                f"the root page {root}.md isn't there: write it, or name another in [build] index"
            )
            self.errors.append(BookError(message + nearest(root, self.pages), CONFIG_FILE))
        for start in (root, *sorted(self.pages)):
            self._walk(start)
        return tuple(self._order.values())

    def _walk(self, start: str) -> None:
        stack = [start]
        while stack:
            name = stack.pop()
            if name in self.pages and name not in self._order:
                page = self._order[name] = self.pages[name]
                stack += reversed(list(self._entries(page)))

    def _entries(self, page: Page) -> Iterator[str]:
        """The pages that a page's tables of contents list; notes those that aren't there."""
        folder = posixpath.dirname(page.path)
        for toc in (block for block in page.blocks if block.kind == "toc"):
            for written in toc.entries:
                _, entry = parse_entry(written)
                if is_elsewhere(entry):
                    continue
                name = docname_of(entry, folder)
                if name not in self.pages and not self._is_other_page(name):
                    self.errors.append(self._missing(page, toc, written, name))
                yield name

    def _is_other_page(self, name: str) -> bool:
        return any(self.config.has_source(name + suffix) for suffix in _OTHER_PAGES)

    def _missing(self, page: Page, toc: Block, written: str, name: str) -> BookError:
        lines = [line.strip().removesuffix(".md") for line in toc.source.split("\n")]
        number = toc.line + lines.index(written)
        _, entry = parse_entry(written)
        file = Path(f"{name}.md")
        links = [one for one in file.parents[:-1] if (self.config.source_dir / one).is_symlink()]
        if self.config.has_source(f"{name}.md") and links:
            way_out = f"{links[0]} is a link, which isn't followed: put the folder itself there"
        elif self.config.has_source(f"{name}.md"):
            way_out = f"{name}.md is there, but [build] notebooks leaves it out"
        else:
            way_out = f"there is no {name}.md{nearest(name, self.pages)}"
        return BookError(f"toc entry {entry!r}: {way_out}", page.path, number)
