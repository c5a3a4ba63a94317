"""Checks of the sources by themselves: `tabcheck` and `outputcheck`."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from d2lbook.book import read_pages
from d2lbook.config import CONFIG_FILE, BookConfig
from d2lbook.errors import BookError, BookErrors, counted
from d2lbook.livenotebook import origin_of
from d2lbook.page import Page


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
    for page in pages:
        for block in page.blocks:
            if block.kind == "listing" and ".output" in block.options["info"].strip("{}").split():
                message = "the source holds an output: remove the block"
                yield BookError(message, page.path, block.line)


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
