"""Slide marks that were begun and not closed, so that they stay text."""

import re
from collections.abc import Iterator

from d2lbook.errors import BookError
from d2lbook.source.constructs import constructs
from d2lbook.source.images import mask_literals
from d2lbook.source.page import Page

CLOSINGS = {"[**": "**]", "(**": "**)", "(~~": "~~)"}
OTHER_BRACKET = {"[": ")", "(": "]"}
OPENING = re.compile(r"[\[(]\*\*(?=\S)|\(~~(?=\S)")
"""What may begin a slide mark; `[**bold** text]` does not."""


def unclosed_marks(page: Page) -> Iterator[BookError]:
    """Yield a warning for each slide mark of a page that no bracket of its kind closes."""
    for block in page.blocks:
        if block.kind not in ("prose", "heading"):
            continue
        text = without_marks(block.source)
        for opening in OPENING.finditer(text):
            paragraph = text[opening.end() :].partition("\n\n")[0]
            bracket, stars = opening[0][0], opening[0][1:]
            _, closing, rest = paragraph.partition(stars)
            if not closing or rest.startswith(OTHER_BRACKET[bracket]):
                line = block.line + text.count("\n", 0, opening.start())
                message = f"no slide mark: {opening[0]!r} lacks its {CLOSINGS[opening[0]]!r}"
                yield BookError(message, page.path, line)


def without_marks(text: str) -> str:
    """Return a text with spaces in place of code, math and slide marks that are closed."""
    plain = mask_literals(text)
    for found in constructs(text):
        if found.kind == "slide":
            blank = re.sub(r"[^\n]", " ", plain[found.start : found.end])
            plain = plain[: found.start] + blank + plain[found.end :]
    return plain
