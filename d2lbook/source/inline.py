"""Roles and slide marks inside a piece of Markdown.

What code spans, listings, math and HTML tags hold stays literal, and so does what a backslash
escapes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from d2lbook.source.constructs import constructs

_TITLED = re.compile(r"(.*\S)\s*<([^<>]+)>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Role:
    """``:name:`argument` ``, or a slide mark."""

    name: str
    """One of ROLES, or of the values of SLIDE_MARKS."""
    argument: str
    """What the backticks or the slide mark hold."""
    line: int
    """Line breaks between the start of the scanned text and the role."""
    source: str
    """The role as written."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The labels or citation keys that the role names."""
        titled = _TITLED.fullmatch(self.argument)
        keys = (titled[2] if titled else self.argument).split(",")
        return tuple(key.strip() for key in keys if key.strip())

    @property
    def title(self) -> str:
        """The text of a link that brings its own, as in ``:ref:`text <label>` ``."""
        titled = _TITLED.fullmatch(self.argument)
        return titled[1] if titled else ""


def scan_inline(text: str, *, slides: bool = False, line: int = 0) -> Iterator[str | Role]:
    """The literal pieces of a text and the roles between them, in order.

    Slide marks come as roles where `slides` is set. Elsewhere they are gone: the first two leave
    what they hold, the third nothing. `line` is added to the line of every role.
    """
    done = 0
    for found in constructs(text):
        if found.kind not in ("role", "slide"):
            continue
        line += text.count("\n", done, found.start)
        if found.start > done:
            yield text[done : found.start]
        source = text[found.start : found.end]
        if slides or found.kind == "role":
            yield Role(found.name, found.argument, line, source)
        elif found.name != "only_slide":
            yield from scan_inline(found.argument, line=line)
        line += source.count("\n")
        done = found.end
    if done < len(text):
        yield text[done:]


def render_inline(text: str, handlers: Mapping[str, Callable[[Role], str]]) -> str:
    """The text with every role replaced by what the handler of its name makes of it.

    A role without a handler stays as written; slide marks go.
    """
    pieces = scan_inline(text)
    return "".join(
        piece if isinstance(piece, str) else handlers.get(piece.name, _as_written)(piece)
        for piece in pieces
    )


def _as_written(role: Role) -> str:
    return role.source
