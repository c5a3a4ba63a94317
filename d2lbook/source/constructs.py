"""What a piece of Markdown holds besides plain text: code, math, HTML, roles and slide marks."""

import difflib
import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import Literal, NamedTuple

REFERENCES = frozenset({"numref", "ref", "eqref"})
CITATIONS = frozenset({"cite", "citet"})
ROLES = REFERENCES | CITATIONS | {"label", "eqlabel", "width", "height", "bibliography"}
SLIDE_MARKS = {"[**": "new_slide", "(**": "same_slide", "(~~": "only_slide"}

_START = re.compile(r"[\\`$<]|:(?=\w+:`)|\[(?=\*\*)|\((?=\*\*|~~)|~~~|^(?: {4}|\t)", re.MULTILINE)
_CHAR = r"(?:(?!\n[ \t]*\n)[\s\S])"  # any character, but no blank line
_LINE_HEAD = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
_LIST_ITEM = re.compile(r"^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]", re.MULTILINE)

_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")
_INDENTED_CODE = re.compile(r"(?:(?: {4}|\t).*(?:\n|\Z))+")
_FENCE = re.compile(r"(?:(`{3,})[^`\n]*|(~{3,}).*)$", re.MULTILINE)
_CODE_SPAN = re.compile(rf"(`+)(?!`){_CHAR}+?(?<!`)\1(?!`)")
_MATH = re.compile(
    r"\$\$(?:[^$\\\n]|\\[\s\S]|\n(?![ \t]*\n)|\$(?!\$))+\$\$"
    r"|\$(?![\s$])(?:[^$\\\n]|\\[\s\S]|\n(?![ \t]*\n))+(?<![\s\\])\$(?!\d)"
)
_TAG = re.compile(r"</?([a-z][^\s<>/]*)(?:[^<>\n]|\n(?![ \t]*\n))*>", re.I)
_RAW_TAGS = {"pre", "script", "style", "textarea"}
_ROLE = re.compile(rf":(\w+):(`+)(?!`)({_CHAR}+?)(?<!`)\2(?!`)")
_SLIDES = {
    # Not `[**bold**](link)` or `[**bold**][link]`.
    "[": re.compile(rf"\[\*\*((?:(?!\[\*\*){_CHAR})+?)\*\*\](?!\[(?!\*\*)|\((?!\*\*|~~))"),
    "(": re.compile(rf"\(\*\*((?:(?!\(\*\*){_CHAR})+?)\*\*\)|\(~~((?:(?!\(~~){_CHAR})+?)~~\)"),
}


class Construct(NamedTuple):
    """A stretch of a text that is more than text."""

    kind: Literal["literal", "tag", "role", "slide"]
    """Code, math, comments and escapes are literal."""
    start: int
    end: int
    name: str = ""
    """Of a role or slide mark."""
    argument: str = ""
    """What a role or slide mark holds."""


def constructs(text: str) -> Iterator[Construct]:
    """Everything but plain text, from left to right, none inside another."""
    return _Scanner(text).constructs() if _START.search(text) else iter(())


def role_at(text: str, start: int) -> Construct | None:
    """The role that starts at an offset, if one does."""
    match = _ROLE.match(text, start)
    if not match or not intended_role(match[1]):
        return None
    if "\n" in match[3] and match[1] not in REFERENCES | CITATIONS:
        return None
    return Construct("role", start, match.end(), match[1], match[3])


@cache
def intended_role(name: str) -> str:
    """The role that a word between colons stands for: itself, or the one it is a misspelling of."""
    if name in ROLES or len(name) < 4:
        return name if name in ROLES else ""
    return next(iter(difflib.get_close_matches(name.lower(), ROLES, n=1, cutoff=0.8)), "")


class _Scanner:
    """One pass over a text. What it finds to be unclosed, it doesn't look for again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.in_list = _LIST_ITEM.search(text) is not None
        self.unclosed_fences: set[str] = set()

    def constructs(self) -> Iterator[Construct]:
        position = 0
        while start := _START.search(self.text, position):
            if found := self.at(start.start()):
                yield found
                position = found.end
            else:
                position = max(self.run_end(start.start()), start.end())

    def at(self, start: int) -> Construct | None:
        """What starts at an offset where something may."""
        match self.text[start]:
            case ":":
                return role_at(self.text, start)
            case "[" | "(" as bracket:
                return self.slide_mark(_SLIDES[bracket], start)
            case "`":
                return self.fence(start) or self.literal(_CODE_SPAN, start)
            case "~":
                return self.fence(start)
            case "$":
                return self.literal(_MATH, start)
            case "\\":
                return self.literal(_ESCAPE, start)
            case "<":
                return self.comment(start) or self.tag(start)
        opens_code = start == 0 or self.text.startswith("\n\n", start - 2)
        return self.literal(_INDENTED_CODE, start) if opens_code and not self.in_list else None

    def literal(self, pattern: re.Pattern[str], start: int) -> Construct | None:
        match = pattern.match(self.text, start)
        return Construct("literal", start, match.end()) if match else None

    def slide_mark(self, pattern: re.Pattern[str], start: int) -> Construct | None:
        match = pattern.match(self.text, start)
        if not match:
            return None
        name, argument = SLIDE_MARKS[match[0][:3]], match[match.lastindex or 1]
        return Construct("slide", start, match.end(), name, argument)

    def fence(self, start: int) -> Construct | None:
        """A fenced block in a list item or a quotation."""
        line = self.text.rfind("\n", 0, start) + 1
        match = _FENCE.match(self.text, start)
        if not match or not _LINE_HEAD.fullmatch(self.text, line, start):
            return None
        opening = match[1] or match[2]
        if any(opening.startswith(unclosed) for unclosed in self.unclosed_fences):
            return None
        closing = re.compile(rf"^[ \t>]*{opening}{opening[0]}*[ \t]*$", re.MULTILINE)
        end = closing.search(self.text, match.end())
        if end is None:
            self.unclosed_fences.add(opening)
            return None
        return Construct("literal", start, end.end())

    def comment(self, start: int) -> Construct | None:
        if not self.text.startswith("<!--", start) or start > self.last("-->"):
            return None
        return Construct("literal", start, self.text.index("-->", start) + len("-->"))

    def tag(self, start: int) -> Construct | None:
        """An HTML tag; one that holds no Markdown, with what it holds."""
        match = _TAG.match(self.text, start)
        if not match:
            return None
        name = match[1].lower()
        if name in _RAW_TAGS and start < self.last(f"</{name}>"):
            end = self.lower.index(f"</{name}>", start) + len(f"</{name}>")
            return Construct("literal", start, end)
        return Construct("tag", start, match.end())

    @cached_property
    def lower(self) -> str:
        return self.text.lower()

    def last(self, text: str) -> int:
        """Offset of the last occurrence of a text in lower case, -1 without one."""
        if text not in self._last:
            self._last[text] = self.lower.rfind(text)
        return self._last[text]

    @cached_property
    def _last(self) -> dict[str, int]:
        return {}

    def run_end(self, start: int) -> int:
        """The end of a run of backticks or tildes that opens nothing; else the next character."""
        end = start + 1
        while self.text[start] in "`~" and self.text.startswith(self.text[start], end):
            end += 1
        return end
