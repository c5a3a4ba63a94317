"""Blocks of list items and quotations, put back into their place by those who write pages."""

import posixpath
from collections.abc import Iterable, Iterator

from d2lbook.source.page import Block


def stretches(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """The blocks in runs; one that holds several is one list or quotation, whole."""
    run: list[Block] = []
    for block in blocks:
        if run and not _goes_on(run, block):
            yield run
            run = []
        run.append(block)
    if run:
        yield run


def joined(texts: Iterable[tuple[Block, str]]) -> str:
    """Markdown of blocks in which each is where it was: in its list item or quotation.

    Args:
        texts: each block with the text to write for it. Where the first is within a list item, so
            that the item's beginning is elsewhere, its text goes to the margin.
    """
    lines: list[str] = []
    margin: str | None = None
    before: Block | None = None
    prefix = ""
    for block, text in texts:
        if margin is None or not block.indent.startswith(margin):
            margin = block.indent[: len(block.indent) - len(block.indent.lstrip())]
        outer, prefix = prefix, block.indent.removeprefix(margin)
        if before and not _adjacent(before, block):
            lines.append(posixpath.commonprefix([outer, prefix]).rstrip())
        lines += [f"{prefix}{line}" if line else prefix.rstrip() for line in text.split("\n")]
        before = block
    return "\n".join(lines)


def _goes_on(run: list[Block], block: Block) -> bool:
    """Whether a block belongs to the list or quotation that a run of blocks is."""
    before = run[-1]
    if block.indent:
        return bool(before.indent) or (before.kind == "prose" and block.indent[0].isspace())
    return bool(before.indent) and block.kind == "prose" and block.tabs == run[0].tabs


def _adjacent(before: Block, block: Block) -> bool:
    """Whether two blocks have no line between them: prose, or a list item's mark and the item."""
    end = before.line + before.source.count("\n")
    if before.kind == "prose" and end == block.line:
        return True
    return before.kind == block.kind == "prose" and end + 1 == block.line
