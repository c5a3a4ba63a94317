"""From the text of a chapter file to a Page; the grammar itself is in `rules`."""

from dataclasses import replace
from pathlib import PurePath

from d2lbook.config import BookConfig
from d2lbook.errors import BookError, BookErrors
from d2lbook.source.inline import Role as Role
from d2lbook.source.inline import render_inline as render_inline
from d2lbook.source.inline import scan_inline as scan_inline
from d2lbook.source.lines import Lines
from d2lbook.source.page import Block as Block
from d2lbook.source.page import Page as Page
from d2lbook.source.prose import prose_lines
from d2lbook.source.rules import BLOCK_RULES, end_of_file


def parse_page(path: PurePath | str, text: str, config: BookConfig) -> Page:
    """Read a chapter file.

    Args:
        path: the file, relative to the book's `source_dir`.
        text: what it holds; Windows line ends and a byte order mark are welcome.

    Raises: BookErrors, with every mistake that the text alone shows.
    """
    page, errors = try_page(path, text, config)
    if errors:
        raise BookErrors(errors)
    return page


def try_page(
    path: PurePath | str, text: str, config: BookConfig
) -> tuple[Page, tuple[BookError, ...]]:
    """Read a chapter file as far as it can be, and say what is wrong with it."""
    name = PurePath(path).as_posix()
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = Lines(name, [line if line.strip() else "" for line in text.split("\n")], config)
    page = Page(name, tuple(_blocks(lines)))
    if not text.strip():
        lines.error("the file is empty: write a page, or delete it and its toc entry", 1)
    return page, tuple(lines.errors)


def _blocks(lines: Lines) -> list[Block]:
    """Every block: what the first matching rule claims, and prose in between."""
    blocks: list[Block] = []
    prose: list[str] = []
    begun = 1
    while not lines.at_end:
        start, region, indent = lines.number, lines.region, lines.indent
        indented = lines.current.startswith((" ", "\t"))
        found = next((b for rule in BLOCK_RULES if (b := rule(lines)) is not None), None)
        if found is None:
            begun = begun if prose else start
            prose += prose_lines(lines)
            continue
        lines.in_paragraph, lines.in_list = False, lines.in_list and indented
        found = [*_prose(prose, begun, region), *found]
        blocks += [replace(block, indent=indent) for block in found] if indent else found
        prose = []
    end_of_file(lines)
    last = _prose(prose, begun, lines.region)
    return [*blocks, *(replace(block, indent=lines.indent) for block in last)]


def _prose(lines: list[str], begun: int, tabs: frozenset[str]) -> list[Block]:
    """The prose block of lines of which the first has the number `begun`; none if all are blank."""
    start = next((i for i, line in enumerate(lines) if line.strip()), None)
    if start is None:
        return []
    source = "\n".join(lines[start:]).rstrip()
    return [Block("prose", source, begun + start, tabs)]
