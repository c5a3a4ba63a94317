"""One notebook a page, all tabs in it, for Sphinx: the page's blocks and what their cells gave.

Markdown cells hold MyST. A code cell's metadata under `d2l` says where it belongs: `group`, the
place in the page that it shares with the cells of other tabs; `tabs`, absent where every reader
sees it; `slot`, the number of its place in a list item or quotation, if it is in one; `runs`, the
labels of its outputs; `missing`, the tabs that have no record of it; `notes`, what else a reader
should know.
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from d2lbook.config import BookConfig
from d2lbook.markup.inert import inert
from d2lbook.markup.myst import cell_slot, directive, in_tabs, to_myst
from d2lbook.markup.nesting import joined, stretches
from d2lbook.records import receipts, results
from d2lbook.records.stores import Shown
from d2lbook.source.page import Block, Page
from d2lbook.source.pycode import Code, NotPython
from d2lbook.source.tabs import choose_tab
from d2lbook.words import Say

Node = dict[str, Any]
"""A notebook or one of its cells, as nbformat 4 has them."""
LINE_SHIFT = -2
"""myst-nb counts the lines of its source map from -1."""
TAGS = {"hide_code": "remove-input", "hide_output": "remove-output"}


@dataclass(frozen=True)
class TabCell:
    """A code cell as the readers of one tab see it."""

    tab: str
    block: Block
    """The cell with the tab chosen: no mark, no branches of other tabs."""
    shown: Shown | None
    """The record that its outputs come from."""
    outputs: tuple[dict[str, Any], ...]
    """Inert outputs; none without a record."""


def weave(
    page: Page,
    shown: Mapping[str, Shown | None],
    config: BookConfig,
    *,
    chosen: Mapping[str, Page] | None = None,
) -> Node:
    """Return the notebook of a page.

    Args:
        page: the page with the blocks of all tabs.
        shown: the record to show in each tab; None, or no entry, where there is none.
        chosen: the page as the readers of each tab see it, if that is known.
    """
    chosen = chosen or {tab: choose_tab(page, tab, config) for tab in config.all_tabs}
    woven = list(_Loom(page, chosen, shown, config).cells())
    return {
        "cells": [cell | {"id": f"cell-{number}"} for number, (cell, _) in enumerate(woven)],
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
            "language_info": {"name": "python", "pygments_lexer": "ipython3"},
            "source_map": [line + LINE_SHIFT for _, line in woven],
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def written(notebook: Node) -> bytes:
    """Return a notebook as a file."""
    return json.dumps(notebook, ensure_ascii=False).encode("utf-8", "surrogatepass")


class _Loom:
    """The weaving of one page. Its methods yield notebook cells with their lines in the chapter."""

    def __init__(
        self,
        page: Page,
        chosen: Mapping[str, Page],
        shown: Mapping[str, Shown | None],
        config: BookConfig,
    ) -> None:
        self.page = page
        self.config = config
        self.say = Say(config.lang)
        self.cells_by_line = _cells_by_line(chosen, shown)
        self.groups = itertools.count()
        self.slots = itertools.count()

    def cells(self) -> Iterator[tuple[Node, int]]:
        """Yield the page's cells; neighbors that belong to tabs share a group."""
        blocks = [block for block in self.page.blocks if block.kind != "setup"]
        for _, run in itertools.groupby(stretches(blocks), key=lambda s: bool(self.tabs_of(s[0]))):
            group = next(self.groups)
            step: list[Block] = []
            for stretch in run:
                nested = len(stretch) > 1 or stretch[0].indent
                yield from self.nested(stretch, group) if nested else self.block(stretch[0], group)
                step += stretch
                if not self.tabs_of(stretch[0]):
                    yield from self.comparison(step)
                    step = []
            yield from self.comparison(step)

    def comparison(self, step: Sequence[Block]) -> Iterator[tuple[Node, int]]:
        """Yield what the trainings of one step came to in each framework, side by side."""
        cells = [cell for block in step for cell in self.cells_by_line.get(block.line, [])]
        ran = [
            (cell, cell.shown.record.receipt)
            for cell in cells
            if cell.shown and "hide_output" not in cell.block.marks
        ]
        if len({receipts.extent(receipt.caps) for _, receipt in ran}) != 1:
            return
        trained: dict[str, list[results.Fit]] = {}
        for cell, receipt in sorted(ran, key=lambda pair: self.config.all_tabs.index(pair[0].tab)):
            if fits := results.fits(cell.outputs):
                trained.setdefault(receipts.framework(receipt, cell.tab), []).extend(fits)
        if table := results.compared(trained, ran[0][1].data, self.say):
            aside = directive("container", "side-by-side", {}, table)
            text = directive("only", "builder_html", {}, aside)
            yield _text_cell(text, next(self.groups), ()), step[-1].line

    def tabs_of(self, block: Block) -> tuple[str, ...]:
        """Return the tabs that a block is for, in the book's order; () for every tab."""
        tabs = tuple(tab for tab in self.config.tabs if tab in block.tabs)
        return () if tabs == self.config.tabs else tabs

    def block(self, block: Block, group: int) -> Iterator[tuple[Node, int]]:
        """Yield what a block that is in no list becomes."""
        if block.kind == "cell":
            yield from ((cell, block.line) for cell in self.code(block, group))
        else:
            line = block.line - (block.kind == "rst")  # which begins below its fence
            yield _text_cell(to_myst(block), group, self.tabs_of(block)), line

    def nested(self, blocks: Sequence[Block], group: int) -> Iterator[tuple[Node, int]]:
        """Yield a list or quotation, with slots for its code cells, and then these."""
        outer = () if blocks[0].indent else self.tabs_of(blocks[0])
        texts: list[tuple[Block, str]] = []
        cells: list[tuple[Node, int]] = []
        for split, run in itertools.groupby(blocks, lambda b: self.tabs_of(b) not in ((), outer)):
            own_group = next(self.groups)
            for block in run:
                if block.kind == "cell":
                    slot = next(self.slots)
                    texts.append((block, cell_slot(slot)))
                    own = self.code(block, own_group)
                    cells += [(_in_slot(cell, slot, outer), block.line) for cell in own]
                else:
                    text, tabs = to_myst(block), self.tabs_of(block)
                    texts.append((block, in_tabs(text, own_group, tabs) if split else text))
        yield _text_cell(joined(texts), group, outer), blocks[0].line
        yield from cells

    def code(self, block: Block, group: int) -> Iterator[Node]:
        """Yield a code cell: once for each tab, or once for all where they agree."""
        cells = self.cells_by_line.get(block.line, [])
        same_code = len({cell.block.source for cell in cells}) == 1
        if len(cells) < len(self.config.all_tabs) or not same_code:
            yield from (self.tab_cell(cell, group) for cell in cells)
        elif _agree(cells):
            yield self.shared_cell(cells)
        else:
            yield _code_cell(cells[0].block, [], {})
            own_group = next(self.groups)
            for cell in cells:
                hidden = replace(cell.block, marks=cell.block.marks | {"hide_code"})
                yield self.tab_cell(replace(cell, block=hidden), own_group)

    def tab_cell(self, cell: TabCell, group: int) -> Node:
        """Return a cell that the readers of one tab see."""
        mark = {"group": group, "tabs": [cell.tab], **self.labels([cell])}
        return _code_cell(cell.block, cell.outputs, mark, alt=_alt(cell, self.say))

    def shared_cell(self, cells: Sequence[TabCell]) -> Node:
        """Return a cell that is the same in all tabs, and so are its outputs."""
        first = cells[0]
        return _code_cell(first.block, first.outputs, self.labels(cells), alt=_alt(first, self.say))

    def labels(self, cells: Sequence[TabCell]) -> dict[str, Any]:
        """Return the labels of the runs whose outputs are shown, and the note on missing ones."""
        if "hide_output" in cells[0].block.marks or not self.config.eval_notebook:
            return {}
        runs = [
            {
                "tab": cell.tab,
                "summary": receipts.summary(cell.shown, cell.tab, self.say),
                "rows": list(receipts.rows(cell.shown, self.say)),
            }
            for cell in cells
            if cell.shown and cell.outputs
        ]
        missing = [cell.tab for cell in cells if not cell.shown]
        titles = list(map(receipts.tab_title, missing))
        notes = [receipts.missing(titles, self.say)] if missing else []
        return {"runs": runs, "notes": notes, "missing": missing}


def _cells_by_line(
    chosen: Mapping[str, Page], shown: Mapping[str, Shown | None]
) -> dict[int, list[TabCell]]:
    """Return the cells that readers see, in the order of the book's tabs, by their line."""
    found: dict[int, list[TabCell]] = {}
    for tab, page in chosen.items():
        record = shown.get(tab)
        for number, block in enumerate(page.cells):
            outputs = inert(record.record.outputs[number]) if record else []
            found.setdefault(block.line, []).append(TabCell(tab, block, record, tuple(outputs)))
    return found


def _agree(cells: Sequence[TabCell]) -> bool:
    """Whether the outputs of one cell are the same in all tabs, or there are none."""
    outputs = [cell.outputs for cell in cells]
    return not any(outputs) or (
        all(one == outputs[0] for one in outputs) and all(cell.shown for cell in cells)
    )


def _text_cell(text: str, group: int, tabs: Sequence[str]) -> Node:
    """Return a cell of MyST, for some tabs or, where none are given, for all."""
    source = in_tabs(text, group, tabs) if tabs else text
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def _in_slot(cell: Node, slot: int, tabs: Sequence[str]) -> Node:
    """Return a cell for a slot in a text that is for some tabs itself, or, without any, for all."""
    mark = cell["metadata"]["d2l"]
    mark["slot"] = slot
    if mark.get("tabs") == [*tabs]:
        del mark["tabs"]
    return cell


def _code_cell(
    block: Block, outputs: Sequence[Mapping[str, Any]], mark: Mapping[str, Any], *, alt: str = ""
) -> Node:
    """Return a code cell of the notebook."""
    metadata: dict[str, Any] = {"d2l": dict(mark)}
    if tags := sorted(TAGS[name] for name in block.marks & TAGS.keys()):
        metadata["tags"] = tags
    if alt:
        metadata["mystnb"] = {"image": {"alt": alt}}
    return {
        "cell_type": "code",
        "source": block.source,
        "metadata": metadata,
        "outputs": list(outputs),
        "execution_count": None,
    }


def _alt(cell: TabCell, say: Say) -> str:
    """Return the text that stands for a picture: the statement that drew it, and the framework."""
    statement = last_statement(cell.block.source)
    if not cell.tab:
        return say("Picture drawn by {}", statement)
    return say("Picture drawn in {} by {}", receipts.tab_title(cell.tab), statement)


def last_statement(source: str) -> str:
    """Return the first line of the last statement; of the last line where it isn't Python."""
    lines = source.strip().splitlines() or [""]
    try:
        body = Code(source.strip(), "", 1).tree.body
    except NotPython:
        return lines[-1].strip()
    return lines[body[-1].lineno - 1].strip() if body else lines[-1].strip()
