"""A chapter file as the cells of a notebook, and back: what wasn't edited stays as it is.

`Chapter.of(text)` cuts a text into pieces: code cells, and the prose between them, which begins
anew at every heading. `rewrite` takes the cells that an editor has made of them. It finds out which
piece each cell comes from, and so keeps fences, ids, blank lines and line ends, down to the bytes
of each line that is still there. No framework and no part of Jupyter is needed for it.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property
from itertools import islice, takewhile
from pathlib import Path
from typing import NamedTuple

from d2lbook.config import BookConfig
from d2lbook.source.cells import is_live_info
from d2lbook.source.lines import Lines
from d2lbook.source.markdown import try_page
from d2lbook.source.rules import fence_ends

CODE, PROSE = "code", "markdown"
NEW_FENCE = "```{.python .input}"
"""The opening of a code cell that the chapter did not have."""
MARK = "\ufeff"
"""The byte order mark that some editors put before a text."""

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_FENCE = re.compile(r"([ \t]*)(`{3,}|~{3,})(.*)")
_NO_TABS = BookConfig(Path())
"""Where a cell begins and ends has nothing to do with the book's configuration."""


class Cell(NamedTuple):
    """A cell as an editor shows it."""

    kind: str
    """`code` or `markdown`."""
    source: str
    """Its text, with line feeds."""


class Line(NamedTuple):
    """A line of a file."""

    text: str
    end: str = ""
    """A line feed, a carriage return, both, or nothing at the end of the file."""


@dataclass(frozen=True)
class Piece:
    """The lines of a chapter that make one cell."""

    kind: str
    lines: tuple[Line, ...]
    """The prose, or the code between the fences."""
    fences: tuple[Line, ...] = ()
    """The opening and the closing line of a code cell."""
    indent: str = ""
    """What the lines of a code cell in a list item begin with."""

    @property
    def shown(self) -> list[str]:
        """The lines as an editor shows them."""
        return [line.text.removeprefix(self.indent) for line in self.lines]

    @property
    def cell(self) -> Cell:
        """The piece as a cell."""
        return Cell(self.kind, "\n".join(self.shown))

    def edited(self, source: str) -> "Piece":
        """Return the piece with another text; lines that are in both stay as they are."""
        old, new = self.shown, source.split("\n") if source else []
        lines = [Line(self.indent + text if text else "") for text in new]
        for before, after, equal in _runs(old, new):
            if equal:
                lines[after.start : after.stop] = self.lines[before.start : before.stop]
        return replace(self, lines=tuple(lines), fences=_holding(self.fences, new))

    def text(self, line_end: str) -> str:
        """Return its text but for the end of the last line; new lines end as told."""
        *lines, last = (*self.fences[:1], *self.lines, *self.fences[1:])
        return "".join(line.text + (line.end or line_end) for line in lines) + last.text


@dataclass(frozen=True)
class Chapter:
    """The text of a chapter file in pieces."""

    text: str
    """All of it: `head`, and each piece with its gap."""
    head: str
    """What comes before the first piece: a byte order mark, blank lines."""
    pieces: tuple[Piece, ...]
    gaps: tuple[str, ...]
    """What comes after each piece: the end of its last line, and blank lines."""

    @classmethod
    def of(cls, text: str) -> "Chapter":
        """Cut a text into pieces; any text will do, however wrong."""
        lines = _lines(text.removeprefix(MARK))
        found = list(_pieces(lines))
        starts = [start for start, _, _ in found] + [len(lines)]
        head = MARK if text.startswith(MARK) else ""
        gaps = (
            lines[end - 1].end + _joined(lines[end:following])
            for (_, end, _), following in zip(found, starts[1:], strict=True)
        )
        pieces = tuple(piece for _, _, piece in found)
        return cls(text, head + _joined(lines[: starts[0]]), pieces, tuple(gaps))

    @property
    def cells(self) -> list[Cell]:
        """The pieces as cells."""
        return [piece.cell for piece in self.pieces]

    @cached_property
    def line_end(self) -> str:
        """What ends most of its lines."""
        ends = [line.end for line in _lines(self.text)]
        return max(("\n", "\r\n", "\r"), key=ends.count)

    def rewrite(self, cells: Iterable[Cell]) -> str:
        """Return the text that says what the cells say.

        Cells that are equal to pieces become their very bytes, wherever they are now. Others take
        over the fence, and the lines that have stayed, of the piece that they come from; a code
        cell that comes from none gets a new fence. Blank cells are left out, but for those that
        the chapter itself has.
        """
        given = [_plain(cell) for cell in cells]
        origins = find_origins(self.cells, given)
        written = [
            (self._piece(cell, origin), origin)
            for cell, origin in zip(given, origins, strict=True)
            if cell.source.strip() or self._has(origin, cell)
        ]
        if [piece for piece, _ in written] == [*self.pieces]:
            return self.text
        texts = [self.head if self.pieces else self.head.rstrip()]
        for index, (piece, _) in enumerate(written):
            texts += [self._gap(*written[index - 1], *written[index])] if index else []
            texts.append(piece.text(self.line_end))
        last = self.gaps[-1] if self.pieces else self.line_end
        return "".join([*texts, last] if written else texts)

    def _has(self, origin: int | None, cell: Cell) -> bool:
        """Whether the cell is equal to the piece that it comes from."""
        return origin is not None and self.pieces[origin].cell == cell

    def _piece(self, cell: Cell, origin: int | None) -> Piece:
        if origin is not None:
            piece = self.pieces[origin]
            return piece if piece.cell == cell else piece.edited(cell.source)
        fences = (Line(NEW_FENCE), Line("```")) if cell.kind == CODE else ()
        return Piece(cell.kind, (), fences).edited(cell.source)

    def _gap(self, before: Piece, origin: int | None, after: Piece, following: int | None) -> str:
        """Return what comes between two cells: what came before the second one, or a blank line."""
        apart = 2 * self.line_end
        if not following:
            return apart
        gap = self.gaps[following - 1]
        tight = len(_lines(gap)) == 1
        may_touch = origin == following - 1 and (
            CODE in (before.kind, after.kind)
            or after.lines[0].text.startswith("#")
            or after.lines[0] == self.pieces[following].lines[0]
        )
        return gap if may_touch or not tight else apart


def find_origins(old: Sequence[Cell], new: Sequence[Cell]) -> list[int | None]:
    """Return, for each new cell, the index of the old one that it comes from, if any.

    Cells that are equal go together first, in order, then those that were moved; then, between
    them, the ones of a kind that are most alike.
    """
    origins: list[int | None] = [None] * len(new)
    changes: list[tuple[range, range]] = []
    for before, after, equal in _runs(old, new):
        if equal:
            origins[after.start : after.stop] = before
        else:
            changes.append((before, after))
    left = [index for before, _ in changes for index in before]
    for index in (index for _, after in changes for index in after):
        moved = next((i for i in left if old[i] == new[index]), None)
        if moved is not None:
            origins[index] = moved
            left.remove(moved)
    for before, after in changes:
        olds = [index for index in before if index in left]
        news = [index for index in after if origins[index] is None]
        for old_index, new_index in _alike(old, new, olds, news):
            origins[new_index] = old_index
    return origins


def _runs(old: Sequence[Hashable], new: Sequence[Hashable]) -> Iterator[tuple[range, range, bool]]:
    """Runs of two sequences that belong together, and whether they are equal.

    What both begin and end with comes first, so that one change is seen as one.
    """
    head = _common(zip(old, new, strict=False))
    rest = min(len(old), len(new)) - head
    tail = _common(islice(zip(reversed(old), reversed(new), strict=False), rest))
    yield range(head), range(head), True
    ends = len(old) - tail, len(new) - tail
    matcher = SequenceMatcher(None, old[head : ends[0]], new[head : ends[1]], False)
    for tag, *places in matcher.get_opcodes():
        start, stop, new_start, new_stop = (head + place for place in places)
        yield range(start, stop), range(new_start, new_stop), tag == "equal"
    yield range(ends[0], len(old)), range(ends[1], len(new)), True


def _common(pairs: Iterable[tuple[Hashable, Hashable]]) -> int:
    """How many pairs are of equals, before the first that isn't."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _alike(
    old: Sequence[Cell], new: Sequence[Cell], olds: list[int], news: list[int]
) -> Iterator[tuple[int, int]]:
    """Pair indices of cells of a kind, those that are most alike first."""
    pairs = [(i, j) for i in olds for j in news if old[i].kind == new[j].kind]
    likeness = {
        (i, j): SequenceMatcher(None, old[i].source, new[j].source, False).quick_ratio()
        for i, j in pairs
    }
    while pairs:
        best = max(pairs, key=likeness.__getitem__)
        yield best
        pairs = [(i, j) for i, j in pairs if i != best[0] and j != best[1]]


def _pieces(lines: Sequence[Line]) -> Iterator[tuple[int, int, Piece]]:
    """The pieces, each with the index of its first line and the one after its last."""
    texts = [line.text for line in lines]
    page, _ = try_page("", "\n".join(texts), _NO_TABS)
    begun = 0
    for block in page.blocks:
        if block.kind == "heading" and not block.tabs and block.line > begun:
            yield from _prose(lines, begun, block.line - 1)
            begun = block.line - 1
        elif block.kind in ("cell", "setup") and (fences := _fences(texts, block.line, begun)):
            start, end, indent = fences
            yield from _prose(lines, begun, start)
            inside, outside = lines[start + 1 : end - 1], (lines[start], lines[end - 1])
            yield start, end, Piece(CODE, tuple(inside), outside, indent)
            begun = end
    yield from _prose(lines, begun, len(lines))


def _prose(lines: Sequence[Line], start: int, end: int) -> Iterator[tuple[int, int, Piece]]:
    """The piece of prose in a range of lines, if they aren't all blank."""
    written = [index for index in range(start, end) if lines[index].text.strip()]
    if written:
        start, end = written[0], written[-1] + 1
        yield start, end, Piece(PROSE, tuple(lines[start:end]))


def _fences(texts: list[str], number: int, begun: int) -> tuple[int, int, str] | None:
    """The range of the lines of a cell that holds line `number`, with its fences; its indentation.

    None for a cell that isn't closed, is part of a quotation, is indented unevenly or is inactive:
    such a one is shown as prose.
    """
    for start in range(number - 2, begun - 1, -1):
        match = _FENCE.fullmatch(texts[start])
        if match and is_live_info(match[3].strip()):
            inside, end = fence_ends(Lines("", [*texts], _NO_TABS, start), match[2])
            even = all(t.startswith(match[1]) or not t.strip() for t in texts[start + 1 : inside])
            closed = number <= end == inside + 1
            return (start, end, match[1]) if closed and even else None
    return None


def _holding(fences: tuple[Line, ...], content: list[str]) -> tuple[Line, ...]:
    """The fences of a code cell, made longer where its content would end them."""
    match = _FENCE.fullmatch(fences[0].text) if fences else None
    if not match:
        return fences
    texts = [fences[0].text, *content, fences[1].text]
    if fence_ends(Lines("", texts, _NO_TABS), match[2])[1] == len(texts):
        return fences
    bare = [text.strip() for text in content]
    longest = max(len(text) - len(text.lstrip(match[2][0])) for text in bare)
    mark = match[2][0] * (longest + 1)
    opening, closing = fences
    return (
        opening._replace(text=f"{match[1]}{mark}{match[3]}"),
        closing._replace(text=closing.text.replace(closing.text.strip(), mark)),
    )


def _plain(cell: Cell) -> Cell:
    """Return a cell with line feeds, and prose without blank lines around it."""
    lines = [line.text for line in _lines(f"{cell.source}\n")]
    if cell.kind == PROSE:
        written = [index for index, line in enumerate(lines) if line.strip()] or [0]
        lines = lines[written[0] : written[-1] + 1]
    return Cell(cell.kind, "\n".join(lines))


def _lines(text: str) -> list[Line]:
    return [Line(*groups) for groups in _LINE.findall(text)[:-1]]  # the last is the end of the text


def _joined(lines: Iterable[Line]) -> str:
    return "".join(line.text + line.end for line in lines)
