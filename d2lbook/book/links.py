"""The links on the web that a book's sources hold: pages, bibliographies, README, header."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from d2lbook.book.whole import Book
from d2lbook.config import CONFIG_FILE, BookConfig
from d2lbook.errors import unreadable
from d2lbook.source.images import mask_literals
from d2lbook.source.page import Page

README = "README.md"
MARKDOWN_KINDS = ("prose", "heading", "figure", "table")
LITERAL_KINDS = ("rst", "toc")
_URL = re.compile(r"https?://[^\s<>\"'`{}|\\^]+(?:\\[_%&#~][^\s<>\"'`{}|\\^]*)*")
_DOI = re.compile(r"^\s*doi\s*=\s*[{\"]\s*(?:doi:\s*)?(10\.[^\s}\"]+)", re.IGNORECASE)
_ENDS_NO_URL = ".,;:!?*_~]"
_OPENING = {")": "(", "]": "["}


@dataclass(frozen=True)
class Link:
    """A link in a file."""

    url: str
    path: Path
    """The file, as messages name it."""
    line: int


def links_of(book: Book) -> Iterator[Link]:
    """Yield the links of a book, in the order of its files; raises `BookError`.

    What code, listings, math and comments hold is no link.
    """
    config = book.config
    for page in book.pages:
        yield from page_links(page)
    for name in (path.as_posix() for path in book.rsts):
        yield from found(read(config.source_dir / name), Path(name))
    for name in book.bibliographies:
        yield from bibliography_links(read(config.source_dir / name), Path(name))
    if not any(page.path == README for page in book.pages) and (config.root / README).is_file():
        yield from markdown_links(read(config.root / README), Path(README))
    yield from header_links(config)


def page_links(page: Page) -> Iterator[Link]:
    """Yield the links in the text of a page."""
    for block in page.blocks:
        if block.kind in MARKDOWN_KINDS:
            yield from markdown_links(block.source, Path(page.path), block.line)
            if block.kind == "table":
                yield from markdown_links(block.caption, Path(page.path), block.line)
        elif block.kind in LITERAL_KINDS:
            yield from found(block.source, Path(page.path), block.line)


def bibliography_links(text: str, path: Path) -> Iterator[Link]:
    """Yield the links of a BibTeX file; a DOI is one."""
    for number, line in enumerate(text.split("\n"), start=1):
        yield from found(line, path, number)
        if match := _DOI.match(line):
            yield Link(f"https://doi.org/{unescaped(match[1])}", path, number)


def header_links(config: BookConfig) -> Iterator[Link]:
    """Yield the links of the site's header."""
    lines = read(config.root / CONFIG_FILE).split("\n")
    for link in config.html.header_links:
        number = next((n for n, line in enumerate(lines, start=1) if link.url in line), 1)
        yield from found(link.url, Path(CONFIG_FILE), number)


def markdown_links(text: str, path: Path, line: int = 1) -> Iterator[Link]:
    """Yield the URLs of Markdown that starts at a line of a file."""
    return found(mask_literals(unescaped(text)), path, line)


def found(text: str, path: Path, line: int = 1) -> Iterator[Link]:
    """Yield the URLs of a text that starts at a line of a file."""
    for match in _URL.finditer(text):
        url = trimmed(html.unescape(unescaped(match[0])))
        if url.partition("://")[2]:
            yield Link(url, path, line + text.count("\n", 0, match.start()))


def trimmed(url: str) -> str:
    """Return a URL without what follows it in a text: marks, and brackets that it doesn't open."""
    while url:
        end = url[-1]
        if end in _OPENING and url.count(end) <= url.count(_OPENING[end]):
            return url
        if end not in _ENDS_NO_URL and end not in _OPENING:
            return url
        url = url[:-1]
    return url


def unescaped(text: str) -> str:
    r"""Return a text without the backslashes of Markdown and BibTeX, as in `a\_b`."""
    return re.sub(r"\\(?=[_%&#~*])", "", text)


def read(path: Path) -> str:
    """Return what a file holds; raises `BookError` if it can't be read."""
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise unreadable(error, path) from None
