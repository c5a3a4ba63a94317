"""Notebooks of one tab: executed ones for the author, and clean ones as a reader gets them."""

import posixpath
import shutil
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from d2lbook.book import Book
from d2lbook.errors import BookError
from d2lbook.files import write_atomically
from d2lbook.inline import Role, render_inline
from d2lbook.myst import fence, plain_text
from d2lbook.nesting import joined, stretches
from d2lbook.page import Block, Page
from d2lbook.tables import escape_bars
from d2lbook.tabs import choose_tab
from d2lbook.toc import docname_of, is_elsewhere, parse_entry

Outputs = Sequence[Sequence[Mapping[str, Any]]]
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WITHOUT_TEXT = ("setup", "bibliography")


def build_ipynb(book: Book, tabs: Iterable[str]) -> list[Path]:
    """Write the notebooks that readers get, without outputs, and the figures they show.

    Returns:
        The folder of each tab.
    """
    folders = []
    for tab in tabs:
        folder = book.config.stage_dir("ipynb", tab)
        for page in book.pages:
            if page.in_tab(tab):
                write_notebook(folder, choose_tab(page, tab, book.config), tab, book)
        copy_files(book, folder)
        remove_stale(folder, tab, book)
        folders.append(folder)
    return folders


def write_notebook(folder: Path, page: Page, tab: str, book: Book, outputs: Outputs = ()) -> None:
    """Write a page's notebook into a folder; raises ``BookError`` where that fails.

    Args:
        folder: the folder of the stage.
        page: the page, with the tab chosen.
        tab: the tab.
        book: the book.
        outputs: what each code cell gave, as far as it ran.
    """
    text = nbformat.writes(to_notebook(page, tab, book, outputs))
    write_atomically(folder / f"{page.docname}.ipynb", text.encode("utf-8", "surrogatepass"))


def to_notebook(page: Page, tab: str, book: Book, outputs: Outputs = ()) -> NotebookNode:
    """Turn a page into a notebook: a Markdown cell for each stretch of text, and the code cells.

    Args:
        page: the page, with the tab chosen.
        tab: the tab; only its pages are linked.
        book: the book; its labels become links.
        outputs: what each code cell gave, as far as it ran.
    """
    cells: list[NotebookNode] = []
    given = iter(outputs)
    writer = _Writer(page, tab, book)
    for is_code, blocks in groupby(page.blocks, key=lambda block: block.kind == "cell"):
        if is_code:
            cells += [_code_cell(block, next(given, ())) for block in blocks]
        elif text := writer.text(blocks):
            cells.append(nbformat.v4.new_markdown_cell(text))
    for number, cell in enumerate(cells, start=1):
        cell["id"] = f"cell-{number}"
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def _code_cell(block: Block, outputs: Sequence[Mapping[str, Any]]) -> NotebookNode:
    nodes = [nbformat.from_dict(dict(output)) for output in outputs]
    metadata = {"d2lbook": sorted(block.marks)} if block.marks else {}
    return nbformat.v4.new_code_cell(block.source, outputs=nodes, metadata=metadata)


class _Writer:
    """Writes a page's text as plain Markdown: the dialect's roles become words and links."""

    def __init__(self, page: Page, tab: str, book: Book):
        self._folder = posixpath.dirname(page.path)
        self._page = page
        self._tab = tab
        self._book = book
        self._handlers = {
            "numref": self._reference,
            "ref": self._reference,
            "eqref": lambda role: f"({', '.join(role.keys)})",
            "cite": lambda role: f"[{', '.join(role.keys)}]",
            "citet": lambda role: f"[{', '.join(role.keys)}]",
            **dict.fromkeys(("label", "eqlabel", "width", "height", "bibliography"), _nothing),
        }

    def text(self, blocks: Iterable[Block]) -> str:
        """Return the Markdown of a stretch of blocks."""
        runs = (
            [(block, text) for block in run if (text := self._block(block).strip("\n")).strip()]
            for run in stretches(blocks)
        )
        return "\n\n".join(joined(run) for run in runs if run)

    def _block(self, block: Block) -> str:
        if block.kind in WITHOUT_TEXT:
            return ""
        write = getattr(self, f"_{block.kind}", None)
        return write(block) if write else render_inline(block.source, self._handlers)

    def _heading(self, block: Block) -> str:
        return f"{'#' * block.level} {render_inline(block.source, self._handlers)}"

    def _figure(self, block: Block) -> str:
        return f"![{render_inline(block.caption, self._handlers)}]({block.target})"

    def _table(self, block: Block) -> str:
        escaped = (escape_bars(row, in_math=False) for row in block.source.split("\n"))
        rows = render_inline("\n".join(escaped), self._handlers)
        return (
            f"{render_inline(block.caption, self._handlers)}\n\n{rows}" if block.caption else rows
        )

    def _equation(self, block: Block) -> str:
        label = block.label.replace("_", r"\_")
        tag = rf" \tag{{{label}}}" if label else ""
        return f"$${block.source.strip()}{tag}$$"

    def _listing(self, block: Block) -> str:
        ticks = fence(block.source)
        return f"{ticks}{block.options.get('language', '')}\n{block.source}\n{ticks}"

    def _rst(self, block: Block) -> str:
        return f"```rst\n{block.source}\n```"

    def _toc(self, block: Block) -> str:
        pages = {page.docname: page for page in self._book.pages}
        lines = []
        for title, entry in map(parse_entry, block.entries):
            page = pages.get(docname_of(entry, self._folder))
            if page:
                lines.append(f"- {self._to_page(page, title or plain_text(page.title))}")
            elif is_elsewhere(entry):
                lines.append(f"- [{title or entry}]({entry})")
            else:
                lines.append(f"- {title or entry}")
        return "\n".join(lines)

    def _to_page(self, page: Page, words: str) -> str:
        """Return a link to the notebook of a page; its words alone where the tab has none."""
        if not page.in_tab(self._tab):
            return words
        target = posixpath.relpath(f"{page.docname}.ipynb", self._folder or ".")
        return f"[{words}]({target})"

    def _reference(self, role: Role) -> str:
        return role.title or ", ".join(map(self._link, role.keys))

    def _link(self, label: str) -> str:
        """Return a link to what has a label, by its title or caption."""
        if label not in self._book.labels:
            return label
        page, block = self._book.labels[label]
        words = block.source if block.kind == "heading" else block.caption or block.kind
        words = plain_text(words)
        return f"“{words}”" if page.path == self._page.path else self._to_page(page, words)


def _nothing(role: Role) -> str:
    return ""


def remove_stale(folder: Path, tab: str, book: Book) -> None:
    """Remove the notebooks of pages that the book no longer has in a tab."""
    kept = {f"{page.docname}.ipynb" for page in book.pages if page.in_tab(tab)}
    kept |= {path.as_posix() for path in book.files}
    for path in folder.rglob("*.ipynb"):
        if path.relative_to(folder).as_posix() not in kept:
            path.unlink()


def copy_files(book: Book, folder: Path) -> None:
    """Copy the figures and other files that notebooks need beside them, where they have changed.

    Raises:
        BookError: no room or no permission.
    """
    for path in book.files:
        try:
            _copy(book.config.source_dir / path, folder / path)
        except OSError as error:
            raise BookError(f"can't be copied to {folder}: {error.strerror}", path) from error


def _copy(source: Path, target: Path) -> None:
    seen, kept = source.stat(), target.stat() if target.exists() else None
    if not kept or (kept.st_size, kept.st_mtime) != (seen.st_size, seen.st_mtime):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
