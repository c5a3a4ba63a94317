"""The lines of a chapter file while it is read, and what was found wrong on the way."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from d2lbook.config import BookConfig
from d2lbook.errors import BookError

_ROLE_LINE = re.compile(r"\s*:(\w+):(`+)\s*([^`]*?)\s*\2(?!`)")


@dataclass
class Lines:
    """A cursor over the lines. Rules move it past what they take."""

    path: str
    """The file, for error messages."""
    lines: list[str]
    config: BookConfig
    position: int = 0
    """0-based index of the next line to read."""
    region: frozenset[str] = frozenset()
    """Tabs of the `:begin_tab:` region that the cursor is in."""
    region_start: int | None = None
    """1-based line where that region begins; None outside of one."""
    in_list: bool = False
    """Whether an indented line would continue a list item."""
    in_paragraph: bool = False
    """Whether the line before the cursor is text."""
    errors: list[BookError] = field(default_factory=list)
    _cleared: dict[tuple[str, bool], int] = field(default_factory=dict)
    """Up to which line a search for a text has found nothing, so that none is made twice."""

    @property
    def current(self) -> str:
        return self.lines[self.position]

    @property
    def number(self) -> int:
        """1-based number of the next line."""
        return self.position + 1

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.lines)

    def is_blank(self, index: int) -> bool:
        """Whether the line is blank or past the end."""
        return index >= len(self.lines) or not self.lines[index].strip()

    def is_indented_code(self, indent: str) -> bool:
        """Whether a line that begins with `indent` is an indented code block."""
        return not self.in_list and len(indent.expandtabs(4)) >= 4

    def paragraph(self, start: int, *, limit: int | None = None) -> list[str]:
        """The lines from `start` to the first blank one, `limit` at most."""
        stop = len(self.lines) if limit is None else min(len(self.lines), start + limit)
        end = next((i for i in range(start, stop) if not self.lines[i].strip()), stop)
        return self.lines[start:end]

    def skip_blank(self, start: int) -> int:
        """Index of the first line at or after `start` that isn't blank."""
        while start < len(self.lines) and not self.lines[start].strip():
            start += 1
        return start

    def find(self, text: str, start: int, *, in_paragraph: bool = False) -> int | None:
        """Index of the first line at or after `start` that contains `text`.

        Calls come with a growing `start`. `in_paragraph` ends the search at a blank line.
        """
        if start < self._cleared.get((text, in_paragraph), 0):
            return None
        for index in range(start, len(self.lines)):
            if text in self.lines[index]:
                return index
            if in_paragraph and not self.lines[index]:
                self._cleared[text, in_paragraph] = index + 1
                return None
        self._cleared[text, in_paragraph] = len(self.lines)
        return None

    def take(self, end: int) -> list[str]:
        """The lines up to index `end`; the cursor moves there."""
        taken = self.lines[self.position : end]
        self.position = end
        return taken

    def leave(self, index: int, rest: str) -> None:
        """Move past the line but for the `rest` of it, which is read next."""
        self.position = index if rest else index + 1
        if rest:
            self.lines[index] = rest

    def take_roles(self, names: Collection[str]) -> dict[str, str]:
        """The roles that follow on lines of their own, such as a label under a heading."""
        found: dict[str, str] = {}
        while match := self._role_at(index := self.skip_blank(self.position), names):
            if match[1] in found:
                break
            found[match[1]] = match[3]
            self.leave(index, self.lines[index][match.end() :].strip())
        return found

    def has_role(self, index: int, names: Collection[str]) -> bool:
        """Whether such a role is the next thing at or after the line."""
        return self._role_at(self.skip_blank(index), names) is not None

    def dedent(self, indent: str) -> None:
        """Move the lines that belong to the same list item as a block to the margin, as it was."""
        index = self.position
        while indent and index < len(self.lines):
            line = self.lines[index]
            if line and not line.startswith(indent):
                return
            self.lines[index] = line.removeprefix(indent)
            index += 1

    def error(self, message: str, line: int) -> None:
        """Note a mistake; reading goes on."""
        self.errors.append(BookError(message, self.path, line))

    def _role_at(self, index: int, names: Collection[str]) -> re.Match[str] | None:
        match = _ROLE_LINE.match(self.lines[index]) if index < len(self.lines) else None
        return match if match and match[1] in names else None
