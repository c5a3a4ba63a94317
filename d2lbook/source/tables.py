"""Rows of pipe tables, and the bars in them that end no cell."""

import re
from collections.abc import Iterator

from d2lbook.source.constructs import constructs
from d2lbook.source.images import mask_literals

_CODE_BAR = re.compile(r"(?<!\\)\|")
_MATH_BAR = re.compile(r"\|")  # with a backslash it is a norm


def columns(row: str) -> int:
    """How many cells a row has."""
    return len(_inner_bars(row)) + 1


def fitted(row: str, count: int) -> str:
    """The row with no more than `count` cells: the last of them holds the others, bars and all.

    Markdown leaves out the cells that the head of a table has no column for.
    """
    pieces, done = [], 0
    for bar in _inner_bars(row)[count - 1 :]:
        pieces += [row[done:bar], "\\"]
        done = bar
    return "".join(pieces) + row[done:]


def escape_bars(row: str, *, in_math: bool = True) -> str:
    """The row with a backslash before each bar that code holds or, unless told not to, math."""
    pieces, done = [], 0
    for start, end in _literals_with_bars(row):
        literal = row[start:end]
        if literal[0] == "`":
            literal = _CODE_BAR.sub(r"\\|", literal)
        elif literal[0] == "$" and in_math:
            literal = _MATH_BAR.sub(r"\\|", literal)
        pieces += [row[done:start], literal]
        done = end
    return "".join(pieces) + row[done:]


def _inner_bars(row: str) -> list[int]:
    """Offsets of the bars between the cells of a row."""
    first, last = len(row) - len(row.lstrip()), len(row.rstrip()) - 1
    bars = re.finditer(r"\|", mask_literals(row))
    return [bar.start() for bar in bars if first < bar.start() < last]


def _literals_with_bars(row: str) -> Iterator[tuple[int, int]]:
    for found in constructs(row) if "|" in row else ():
        if found.kind == "literal" and "|" in row[found.start : found.end]:
            yield found.start, found.end
