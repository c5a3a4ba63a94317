"""Notebooks of one tab: those that ran, for the author, and those that readers get."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from d2lbook.book.whole import Book
from d2lbook.errors import BookError
from d2lbook.files import write_atomically
from d2lbook.markup.inert import inert
from d2lbook.notebooks.text import Beside, Reading, TextWriter
from d2lbook.records import receipts
from d2lbook.records.stores import Shown, Stores
from d2lbook.source.page import Block, Page

Outputs = Sequence[Sequence[Mapping[str, Any]]]
Finish = Callable[[NotebookNode, Page], None]
"""Adds what a host needs to the notebook of a page."""
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
HIDDEN = {"hide_code": "source_hidden", "hide_output": "outputs_hidden"}
"""What Jupyter calls that which a mark hides."""


def build_ipynb(book: Book, stores: Stores, tabs: Iterable[str]) -> list[Path]:
    """Write the notebooks that readers get, with recorded outputs, and the files they show.

    Returns:
        The folder of each tab.
    """
    reading = Reading(book, Beside())
    folders = []
    for tab in tabs:
        folders.append(book.config.stage_dir("ipynb", tab))
        write_all(folders[-1], reading.pages.values(), tab, reading, stores)
    return folders


def write_all(
    folder: Path,
    pages: Iterable[Page],
    tab: str,
    reading: Reading,
    stores: Stores,
    *,
    finish: Finish = lambda notebook, page: None,
) -> None:
    """Make a folder hold the notebooks of pages in a tab, and the files of the book.

    Args:
        folder: the folder.
        pages: the pages; those that the tab lacks are left out.
        tab: the tab.
        reading: what the notebooks share.
        stores: where the records are whose outputs they show.
        finish: adds what a host needs.

    Raises:
        BookError: a file can't be written.
    """
    written = [page for page in pages if page.in_tab(tab)]
    for page in written:
        chosen = reading.book.in_tab(page, tab)
        shown = stores.best(chosen, tab) if chosen.has_cells else None
        outputs = [inert(cell) for cell in shown.record.outputs] if shown else ()
        notebook = to_notebook(chosen, tab, reading.book, outputs, reading=reading)
        _append(notebook, TextWriter(chosen, tab, reading).references())
        _append(notebook, about(chosen, tab, reading, shown))
        finish(notebook, chosen)
        write_notebook(folder, chosen, notebook)
    copy_files(reading.book, folder)
    remove_stale(folder, written, reading.book)


def write_notebook(folder: Path, page: Page, notebook: NotebookNode) -> None:
    """Write a page's notebook into a folder; raises ``BookError`` where that fails."""
    for number, cell in enumerate(notebook.cells, start=1):
        cell["id"] = f"cell-{number}"
    text = nbformat.writes(notebook)
    write_atomically(folder / f"{page.docname}.ipynb", text.encode("utf-8", "surrogatepass"))


def to_notebook(
    page: Page, tab: str, book: Book, outputs: Outputs = (), *, reading: Reading | None = None
) -> NotebookNode:
    """Turn a page into a notebook: a Markdown cell for each stretch of text, and the code cells.

    Args:
        page: the page, with the tab chosen.
        tab: the tab; only its pages are linked.
        book: the book.
        outputs: what each code cell gave, as far as it ran.
        reading: what its notebooks share; by default, they are read in one folder.
    """
    cells: list[NotebookNode] = []
    writer = TextWriter(page, tab, reading or Reading(book, Beside()))
    ran = enumerate(outputs, start=1)
    for is_code, blocks in groupby(page.blocks, key=lambda block: block.kind == "cell"):
        if is_code:
            cells += [_code_cell(block, *next(ran, (None, ()))) for block in blocks]
        elif text := writer.text(blocks):
            cells.append(nbformat.v4.new_markdown_cell(text))
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


def about(page: Page, tab: str, reading: Reading, shown: Shown | None) -> str:
    """Return what a notebook says at its end: what it belongs to, and where its outputs are from.

    Nothing, where the outputs are of no record and the book is on no site.
    """
    config = reading.book.config
    link = reading.link_to(page, tab, "") if config.html.base_url else ""
    if not shown and not link:
        return ""
    title = f"*{config.title or config.name}*"
    parts = [f"This notebook belongs to {f'[{title}]({link})' if link else title}."]
    if shown:
        parts.append(f"Its outputs are those of a run: {receipts.summary(shown, tab)}.")
    if config.copyright:
        parts.append(f"Copyright {config.copyright}")
    return "---\n\n" + " ".join(parts)


def _append(notebook: NotebookNode, text: str) -> None:
    if text:
        notebook.cells.append(nbformat.v4.new_markdown_cell(text))


def _code_cell(
    block: Block, count: int | None, outputs: Sequence[Mapping[str, Any]]
) -> NotebookNode:
    numbered = [
        {**output, "execution_count": count} if "execution_count" in output else dict(output)
        for output in outputs
    ]
    hidden = {HIDDEN[mark]: True for mark in sorted(block.marks & HIDDEN.keys())}
    return nbformat.v4.new_code_cell(
        block.source,
        execution_count=count,
        outputs=[nbformat.from_dict(output) for output in numbered],
        metadata={"jupyter": hidden} if hidden else {},
    )


def remove_stale(folder: Path, pages: Iterable[Page], book: Book) -> None:
    """Remove the notebooks of a folder that are neither of these pages nor files of the book."""
    kept = {f"{page.docname}.ipynb" for page in pages}
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
