"""Footnotes as small numbers: Jupyter's Markdown knows none."""

import re
from collections.abc import Iterable

from d2lbook.source.images import mask_literals
from d2lbook.source.pycode import Edit, apply_edits

_MARK = re.compile(r"(^ {0,3})?\[\^([^\]\s]+)\](:)?", re.MULTILINE)


class Footnotes:
    """The notes of a page, numbered in the order in which its text refers to them."""

    def __init__(self, texts: Iterable[str]) -> None:
        marks = [mark for text in texts for mark in _marks(text)]
        notes = {mark[2] for mark in marks if _begins_note(mark)}
        names = (mark[2] for mark in marks if not _begins_note(mark) and mark[2] in notes)
        self._numbers = {name: n for n, name in enumerate(dict.fromkeys(names), start=1)}

    def numbered(self, text: str) -> str:
        """Return a text with its notes, and the marks that refer to them, as numbers."""
        known = (mark for mark in _marks(text) if mark[2] in self._numbers)
        return apply_edits(text, [Edit(*mark.span(), self._shown(mark)) for mark in known])

    def _shown(self, mark: re.Match[str]) -> str:
        number = f"<sup>{self._numbers[mark[2]]}</sup>"
        return f"\n{number}" if _begins_note(mark) else f"{mark[1] or ''}{number}{mark[3] or ''}"


def _marks(text: str) -> Iterable[re.Match[str]]:
    return _MARK.finditer(mask_literals(text)) if "[^" in text else ()


def _begins_note(mark: re.Match[str]) -> bool:
    """Whether a mark is that of the note itself: `[^name]: text`, at the beginning of a line."""
    return mark[1] is not None and mark[3] is not None
