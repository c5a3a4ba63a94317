"""Roles and slide marks inside a piece of Markdown.

What code spans, listings, math and HTML tags hold stays literal, and so does what a backslash
escapes.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

REFERENCES = frozenset({"numref", "ref", "eqref"})
CITATIONS = frozenset({"cite", "citet"})
ROLES = REFERENCES | CITATIONS | {"label", "eqlabel", "width", "height", "bibliography"}
SLIDE_MARKS = {"[**": "new_slide", "(**": "same_slide", "(~~": "only_slide"}

# Where something may begin that isn't plain text.
_START = re.compile(r"[\\`$<]|:(?=\w+:`)|\[(?=\*\*)|\((?=\*\*|~~)|~~~|^(?: {4}|\t)", re.MULTILINE)
_CHAR = r"(?:(?!\n[ \t]*\n)[\s\S])"  # any character, but no blank line

_LITERALS = {
    "\\": re.compile(r"\\[!-/:-@\[-`{-~]"),
    "`": re.compile(rf"(`+)(?!`){_CHAR}+?(?<!`)\1(?!`)"),
    "$": re.compile(
        r"\$\$(?:[^$\\\n]|\\[\s\S]|\n(?![ \t]*\n)|\$(?!\$))+\$\$"
        r"|\$(?![\s$])(?:[^$\\\n]|\\[\s\S]|\n(?![ \t]*\n))+(?<![\s\\])\$(?!\d)"
    ),
    "<": re.compile(
        r"<!--[\s\S]*?-->|<(pre|script|style|textarea)\b[\s\S]*?</\1>|</?[A-Za-z][^<>]*>", re.I
    ),
}
_FENCE = re.compile(
    r"(?:(?P<ticks>`{3,})[^`\n]*|(?P<tildes>~{3,}).*)\n(?:.*\n)*?"
    r"[ \t>]*(?(ticks)(?P=ticks)`*|(?P=tildes)~*)[ \t]*$",
    re.MULTILINE,
)
_INDENTED = re.compile(r"(?:(?: {4}|\t).*(?:\n|\Z))+")
_LINE_HEAD = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
_LIST_ITEM = re.compile(r"^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]", re.MULTILINE)
_ROLE = re.compile(rf":(\w+):(`+)(?!`)({_CHAR}+?)(?<!`)\2(?!`)")
_TITLED = re.compile(r"(.*\S)\s*<([^<>]+)>", re.DOTALL)
_BRACKET = re.compile(r"\\.|[\[\]`$]", re.DOTALL)
_TARGET = re.compile(
    r"\(\s*(?:<([^<>\n]*)>|([^\s()<]*(?:\([^\s()]*\)[^\s()]*)*))"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
)
_IMAGE = re.compile(
    rf"!\[(?:[^\[\]]|\[[^\[\]]*\])*\]{_TARGET.pattern}"
    r"|<img\b[^<>]*?\ssrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)')",
    re.I,
)
_SLIDES = {
    # Not `[**bold**](link)` or `[**bold**][link]`.
    "[": re.compile(rf"\[\*\*((?:(?!\[\*\*){_CHAR})+?)\*\*\](?!\[(?!\*\*)|\((?!\*\*|~~))"),
    "(": re.compile(rf"\(\*\*((?:(?!\(\*\*){_CHAR})+?)\*\*\)|\(~~((?:(?!\(~~){_CHAR})+?)~~\)"),
}


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
    for match, name, argument in _marks(text):
        line += text.count("\n", done, match.start())
        if match.start() > done:
            yield text[done : match.start()]
        if slides or name not in SLIDE_MARKS.values():
            yield Role(name, argument, line, match[0])
        elif name != "only_slide":
            yield from scan_inline(argument, line=line)
        line += match[0].count("\n")
        done = match.end()
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


def mask_literals(text: str) -> str:
    """The text with spaces in place of code, math and comments, so that positions stay."""
    pieces, done = [], 0
    for match in _literals(text):
        if not match[0].startswith("<") or match[0].startswith("<!--"):
            pieces += [text[done : match.start()], re.sub(r"[^\n]", " ", match[0])]
            done = match.end()
    return "".join(pieces) + text[done:]


class Image(NamedTuple):
    """`![caption](target)` in a text."""

    caption: str
    target: str
    end: int
    """Offset of what follows."""


def find_image(text: str, start: int) -> Image | None:
    """The image that starts at an offset, if one does."""
    if not text.startswith("![", start):
        return None
    close = _closing_bracket(text, start + 2)
    target = _TARGET.match(text, close + 1) if close else None
    if not close or not target:
        return None
    return Image(text[start + 2 : close], target[1] or target[2] or "", target.end())


def images(text: str) -> Iterator[tuple[int, str]]:
    """The files that a text shows, in Markdown or HTML, each with the line breaks before it."""
    plain = mask_literals(text)
    for match in _IMAGE.finditer(plain):
        target = next((group for group in match.groups() if group), "")
        yield plain.count("\n", 0, match.start()), target


def starts_role(text: str) -> bool:
    """Whether the text begins with a role."""
    match = _ROLE.match(text)
    return match is not None and match[1] in ROLES


@cache
def intended_role(name: str) -> str:
    """The role that a word between colons stands for: itself, or the one it is a misspelling of."""
    if name in ROLES or len(name) < 4:
        return name if name in ROLES else ""
    return next(iter(difflib.get_close_matches(name.lower(), ROLES, n=1, cutoff=0.8)), "")


def _closing_bracket(text: str, start: int) -> int | None:
    """Offset of the bracket that closes the one before `start`."""
    depth = 1
    while match := _BRACKET.search(text, start):
        start = match.end()
        if match[0] in "`$":
            literal = _LITERALS[match[0]].match(text, match.start())
            start = literal.end() if literal else start
        elif match[0] in "[]":
            depth += 1 if match[0] == "[" else -1
            if not depth:
                return match.start()
    return None


def _as_written(role: Role) -> str:
    return role.source


def _marks(text: str) -> Iterator[tuple[re.Match[str], str, str]]:
    """The roles and slide marks of a text: the match, its name and what it holds."""
    for match in _constructs(text):
        if match.re is _ROLE:
            yield match, match[1], match[3]
        elif match.re in _SLIDES.values():
            yield match, SLIDE_MARKS[match[0][:3]], match[match.lastindex or 1]


def _literals(text: str) -> Iterator[re.Match[str]]:
    for match in _constructs(text):
        if match.re is not _ROLE and match.re not in _SLIDES.values():
            yield match


def _constructs(text: str) -> Iterator[re.Match[str]]:
    """Everything but plain text, from left to right, none inside another."""
    in_list = _LIST_ITEM.search(text) is not None
    position = 0
    while start := _START.search(text, position):
        if match := _construct_at(text, start.start(), in_list):
            yield match
            position = match.end()
        else:
            position = max(_run_end(text, start.start()), start.end())


def _construct_at(text: str, at: int, in_list: bool) -> re.Match[str] | None:
    char = text[at]
    if char == ":":
        match = _ROLE.match(text, at)
        return match if match and intended_role(match[1]) else None
    if char in _SLIDES:
        return _SLIDES[char].match(text, at)
    if char in " \t":
        opens = not in_list and (at == 0 or text.startswith("\n\n", at - 2))
        return _INDENTED.match(text, at) if opens else None
    fence = _FENCE.match(text, at) if char in "`~" and _heads_line(text, at) else None
    return fence or (_LITERALS[char].match(text, at) if char in _LITERALS else None)


def _heads_line(text: str, at: int) -> bool:
    """Whether nothing but indentation, quote and list marks comes before, on the line."""
    return _LINE_HEAD.fullmatch(text, text.rfind("\n", 0, at) + 1, at) is not None


def _run_end(text: str, at: int) -> int:
    """The end of a run of backticks or tildes that opens nothing; else the next character."""
    end = at + 1
    while text[at] in "`~" and text.startswith(text[at], end):
        end += 1
    return end
