"""Checks of the sources, `tabcheck` and `outputcheck`, and of their records, `eval --check`."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from d2lbook.book.whole import Book, read_pages
from d2lbook.config import CONFIG_FILE, BookConfig
from d2lbook.errors import BookError, BookErrors, counted
from d2lbook.live.notebook import origin_of
from d2lbook.records.receipts import tab_title
from d2lbook.records.stores import Stores
from d2lbook.source.page import Page

NESTED_OUTPUT = re.compile(r"^[ \t>]*(?:`{3,}|~{3,})[ \t]*\{(?:[^}\n]*\s)?\.output\b", re.MULTILINE)
"""An output in a list item or a quotation, where it is part of the text."""


def tabcheck(config: BookConfig) -> str:
    """Check that every page can be read and names only known tabs.

    Returns: a line that says what was checked.

    Raises: BookErrors.
    """
    pages, errors = _pages(config)
    if errors:
        raise BookErrors(errors)
    tabs = f"tabs: {', '.join(config.tabs)}" if config.tabs else "the book has no tabs"
    return f"{counted(len(pages), 'page')} checked, no unknown tab ({tabs})"


def outputcheck(config: BookConfig) -> str:
    """Check that no source, `.md` or `.ipynb`, holds outputs.

    Returns: a line that says what was checked.

    Raises: BookErrors.
    """
    pages, unread = _pages(config)
    notebooks = _notebooks(config)
    errors = [*unread, *_listed_outputs(pages), *_notebook_outputs(config, notebooks)]
    if errors:
        raise BookErrors(errors)
    sources = f"{counted(len(pages), 'page')} and {counted(len(notebooks), 'notebook')}"
    return f"{sources} checked, no outputs"


def recordcheck(book: Book, stores: Stores, tabs: Sequence[str], *, full: bool = False) -> str:
    """Check that every notebook has a record that its page and the library still match.

    Args:
        book: the book.
        stores: where the records are; of a book that commits them, no others count.
        tabs: the tabs to check.
        full: whether records of capped runs don't count.

    Returns: a line that says what was checked.

    Raises: BookErrors.
    """
    if not book.config.eval_notebook:
        return "nothing to check, since eval_notebook = False"
    stores = stores.committed_alone()
    notebooks = [
        (book.in_tab(page, tab), tab) for page in book.pages for tab in tabs if page.in_tab(tab)
    ]
    with_code = [(page, tab) for page, tab in notebooks if page.has_cells]
    errors = [
        error for page, tab in with_code if (error := _record_error(page, tab, stores, full=full))
    ]
    if errors:
        raise BookErrors(errors)
    return f"{counted(len(with_code), 'notebook')} checked, each with a record that matches it"


def _record_error(page: Page, tab: str, stores: Stores, *, full: bool) -> BookError | None:
    """What is wrong with the record that is to be shown of a page in a tab."""
    shown = stores.find(stores.wanted(page, tab, {})) if full else stores.best(page, tab)
    if shown and not shown.dated:
        return None
    run = "full run" if full else "run"
    place = f" in {tab_title(tab)}" if tab else ""
    wrong = "is older than the library" if shown else "isn't there"
    way_out = " ".join(
        ["d2lbook build eval", *([f"--tab {tab}"] if tab else []), *(["--full"] if full else [])]
    )
    return BookError(f"the record of a {run}{place} {wrong}: {way_out}", page.path)


def _pages(config: BookConfig) -> tuple[list[Page], list[BookError]]:
    pages, errors = read_pages(config)
    if not pages and not errors:
        globs = " ".join((*config.notebooks, *config.non_notebooks))
        errors = [BookError(f"no page matches [build] notebooks = {globs}", CONFIG_FILE)]
    return pages, errors


def _notebooks(config: BookConfig) -> list[Path]:
    found = config.matching((*config.notebooks, *config.non_notebooks, "**/*.ipynb"))
    return [path for path in found if path.suffix == ".ipynb"]


def _listed_outputs(pages: Iterable[Page]) -> Iterator[BookError]:
    message = "the source holds an output: remove the block"
    for page in pages:
        for block in page.blocks:
            if block.kind == "listing" and ".output" in block.options["info"].strip("{}").split():
                yield BookError(message, page.path, block.line)
            for match in NESTED_OUTPUT.finditer(block.source if block.kind == "prose" else ""):
                line = block.line + block.source.count("\n", 0, match.start())
                yield BookError(message, page.path, line)


def _notebook_outputs(config: BookConfig, notebooks: Iterable[Path]) -> Iterator[BookError]:
    for path in notebooks:
        try:
            notebook = json.loads((config.source_dir / path).read_bytes())
            if origin_of(notebook) is not None:
                continue  # what d2lbook notebook made of a page to run it is no source
            cells = notebook["cells"]
            dirty = [n for n, cell in enumerate(cells, 1) if cell.get("outputs")]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            yield BookError(f"is not a notebook: {error}", path)
            continue
        for number in dirty:
            yield BookError(f"cell {number} holds outputs: clear them", path)
