"""A page as the readers of one tab see it."""

from dataclasses import replace

from d2lbook.config import BookConfig
from d2lbook.errors import BookError, BookErrors
from d2lbook.source.aliases import rewrite_aliases
from d2lbook.source.branches import resolve_branches
from d2lbook.source.cells import without_comment_marks
from d2lbook.source.page import Block, Page
from d2lbook.source.pycode import Code


def choose_tab(page: Page, tab: str, config: BookConfig) -> Page:
    """The blocks of one tab.

    Setup cells are gone. The source of every cell is final: what runs, and what readers see. Its
    `tab.selected` branches are resolved, its aliases rewritten, its comment marks removed. A cell
    of which nothing is left is gone, too. The cells, in order, are those of the tab's notebook.

    Raises: BookErrors if a cell with branches isn't valid Python or names an unknown tab.
    """
    blocks: list[Block] = []
    errors: list[BookError] = []
    for block in page.blocks:
        if block.kind == "setup" or not block.shown_in(tab):
            continue
        try:
            chosen = _choose_cell(page, block, tab, config) if block.kind == "cell" else block
        except BookError as error:
            errors.append(error)
            continue
        blocks += [chosen] if chosen.kind != "cell" or chosen.source else []
    if errors:
        raise BookErrors(errors)
    return page.with_blocks(tuple(blocks))


def with_listings(page: Page, config: BookConfig) -> Page:
    """The page with its cells as listings, which nobody runs; those of no mark for all."""
    return page.with_blocks(
        tuple(_listing(block, config) if block.kind == "cell" else block for block in page.blocks)
    )


def _listing(cell: Block, config: BookConfig) -> Block:
    tabs = frozenset() if cell.tabs == {config.default_tab} else cell.tabs
    return replace(
        cell, kind="listing", options={"language": "python", "info": "python"}, tabs=tabs
    )


def _choose_cell(page: Page, cell: Block, tab: str, config: BookConfig) -> Block:
    code = Code(cell.source, page.path, cell.line)
    if not code.is_python:
        return cell
    if config.tabs:
        code = code.rewritten(resolve_branches(code, tab, config))
    code = code.rewritten(without_comment_marks(code))
    if library := config.libraries.get(tab):
        code = code.rewritten(rewrite_aliases(code, library))
    return replace(cell, source=code.text.strip("\n").rstrip())
