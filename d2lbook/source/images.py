"""Images in a piece of Markdown."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from d2lbook.source.constructs import constructs

_BRACKET = re.compile(r"[\[\]]")
_TARGET = re.compile(
    r"\(\s*(?:<([^<>\n]*)>|([^\s()<]*(?:\([^\s()]*\)[^\s()]*)*))"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
)
_LINK = re.compile(rf"\]{_TARGET.pattern}")
_TAG = re.compile(r"<(?:a|audio|embed|iframe|img|object|script|source|video)\s[^<>]*>", re.I)
_HTML_FILE = re.compile(
    r"\s(?:src|href|data|poster)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.I
)
_IMAGE = re.compile(
    rf"!\[(?:[^\[\]]|\[[^\[\]]*\])*\]{_TARGET.pattern}"
    r"|<img\b[^<>]*?\ssrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)')",
    re.I,
)


class Image(NamedTuple):
    """`![caption](target)` in a text."""

    caption: str
    target: str
    end: int
    """Offset of what follows."""


def first_image(text: str) -> Image | None:
    """The image that a text starts with, if it does."""
    if not text.startswith("!["):
        return None
    close = _closing_bracket(mask_literals(text), 2)
    target = _TARGET.match(text, close + 1) if close else None
    if not close or not target:
        return None
    return Image(text[2:close], target[1] or target[2] or "", target.end())


def images(text: str) -> Iterator[tuple[int, str]]:
    """The files that a text shows, in Markdown or HTML, each with the line breaks before it."""
    plain = mask_literals(text)
    for match in _IMAGE.finditer(plain):
        target = next((group for group in match.groups() if group), "")
        yield plain.count("\n", 0, match.start()), target


def linked_files(text: str) -> Iterator[str]:
    """What the links and images of a text lead to."""
    if "](" in text:
        for match in _LINK.finditer(mask_literals(text)):
            yield match[1] or match[2] or ""


def html_files(text: str) -> Iterator[str]:
    """What the HTML in a text leads to: pictures, films, pages."""
    for tag in _TAG.findall(text) if "<" in text else ():
        for groups in _HTML_FILE.findall(tag):
            yield "".join(groups)


def retargeted(text: str, change: Callable[[str], str]) -> str:
    """The text with other targets for its links, its images and the HTML in it."""
    if "](" not in text and "<" not in text:
        return text
    plain = mask_literals(text)
    spans = [match.span(match.lastindex or 0) for match in _LINK.finditer(plain)]
    for tag in _TAG.finditer(plain):
        files = _HTML_FILE.finditer(plain, tag.start(), tag.end())
        spans += [match.span(match.lastindex or 0) for match in files]
    pieces, done = [], 0
    for start, end in sorted(spans):
        pieces += [text[done:start], change(text[start:end])]
        done = end
    return "".join(pieces) + text[done:]


def mask_literals(text: str) -> str:
    """The text with spaces in place of code, math and comments, so that positions stay."""
    pieces, done = [], 0
    for found in constructs(text):
        if found.kind == "literal":
            blank = re.sub(r"[^\n]", " ", text[found.start : found.end])
            pieces += [text[done : found.start], blank]
            done = found.end
    return "".join(pieces) + text[done:]


def _closing_bracket(text: str, start: int) -> int | None:
    """Offset of the bracket that closes the one before `start`."""
    depth = 1
    for match in _BRACKET.finditer(text, start):
        depth += 1 if match[0] == "[" else -1
        if not depth:
            return match.start()
    return None
