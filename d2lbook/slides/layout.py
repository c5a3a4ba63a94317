"""How much of a deck goes onto one screen, and how large."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from d2lbook.slides.pieces import GAP, HEIGHT, Piece

SIZES = (26, 24, 22, 20, 18)
"""Of letters of code: the largest one with which everything fits is taken."""
COMFORTABLE = 20
"""The smallest size for what could as well go onto a further screen."""
WORDS = ("lead", "text")
Pieces = tuple[Piece, ...]


@dataclass(frozen=True)
class Screen:
    """What is seen at once."""

    size: int
    """Of letters of code and of what it printed."""
    pieces: tuple[Piece, ...]

    @property
    def is_figure(self) -> bool:
        """Whether there is one picture and, beside it, nothing but words."""
        others = [piece.kind for piece in self.pieces if piece.kind not in (*WORDS, "formula")]
        return others == ["picture"]


def screens(pieces: Sequence[Piece]) -> Iterator[Screen]:
    """Divide the pieces of a slide among as few screens as they fit."""
    rest = _titled(tuple(pieces))
    while rest:
        taken, rest = _divided(rest)
        yield Screen(best_size(taken), taken)


def best_size(pieces: Sequence[Piece]) -> int:
    """Return the largest size at which pieces fit, if possible with no line of theirs broken."""
    fitting = [size for size in SIZES if fits(pieces, size)] or [SIZES[-1]]
    whole = (size for size in fitting if not any(piece.breaks(size) for piece in pieces))
    return next(whole, fitting[0])


def fits(pieces: Sequence[Piece], size: int) -> bool:
    """Whether pieces have room on one screen if letters of code are of a size."""
    return sum(piece.needs(size) + GAP for piece in pieces) <= HEIGHT + GAP


def _divided(pieces: Pieces) -> tuple[Pieces, Pieces]:
    """Return what goes onto the first screen, and what is left."""
    ends = [*_starts(pieces), len(pieces)]
    end = max((end for end in ends if fits(pieces[:end], COMFORTABLE)), default=ends[0])
    taken, rest = pieces[:end], pieces[end:]
    if not fits(taken, SIZES[-1]):
        taken, left = _overfull(taken)
        rest = (*left, *rest)
    return taken, _resumed(rest, pieces[0])


def _starts(pieces: Pieces) -> Iterator[int]:
    """Yield where a screen may best begin: with words, or with code that no words lead up to."""
    neighbors = itertools.pairwise(piece.kind in WORDS for piece in pieces)
    for number, (after_words, is_words) in enumerate(neighbors, start=1):
        if not after_words and (is_words or pieces[number].kind == "code"):
            yield number


def _overfull(pieces: Pieces) -> tuple[Pieces, Pieces]:
    """Return as much as fits of what belongs together: whole pieces, or the head of the first."""
    words = sum(1 for _ in itertools.takewhile(lambda piece: piece.kind in WORDS, pieces))
    end = next((n for n in range(len(pieces), 0, -1) if fits(pieces[:n], SIZES[-1])), 0)
    if end <= words < len(pieces) and len(pieces[words].lines) > 1:
        head, tail = _cut(pieces[words], pieces[:words])
        return (*pieces[:words], head), (tail, *pieces[words + 1 :])
    if words < len(pieces):
        end = max(end, words + 1)  # what can't be cut is shrunk when it is shown
        kinds = [piece.kind for piece in pieces[end - 1 : end + 1]]
        if kinds == ["picture", "printed"] and end - 1 > words:
            end -= 1  # what a training printed stays with its curves
    end = max(end, 1)
    return pieces[:end], pieces[end:]


def _cut(piece: Piece, above: Sequence[Piece]) -> tuple[Piece, Piece]:
    """Cut a piece of lines so that its head fits below others, at best where no block goes on."""
    total = len(piece.lines)
    heads = ((row, piece.cut(row)[0]) for row in range(1, total))
    possible = [row for row, head in heads if fits((*above, head), SIZES[-1])] or [1]
    even = total / math.ceil(total / max(possible))
    return piece.cut(min(possible, key=lambda row: abs(row - even) + _harm(piece.lines[row])))


def _harm(line: str) -> int:
    """Return how many lines earlier or later a cut should rather be than before this one."""
    return len(line) - len(line.lstrip()) if line.strip() else 0


def _resumed(rest: Pieces, lead: Piece) -> Pieces:
    """Return the pieces of a further screen; it says again what the slide does, or a new text."""
    rest = _titled(rest)
    if not rest or rest[0].kind == "lead" or lead.kind != "lead":
        return rest
    return (replace(lead, is_again=True), *rest)


def _titled(pieces: Pieces) -> Pieces:
    return (pieces[0].lead or pieces[0], *pieces[1:]) if pieces else ()
