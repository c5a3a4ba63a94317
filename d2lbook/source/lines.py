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
    plain_until: int = 0
    """Index up to which list items and quotations are known to hold prose alone."""
    errors: list[BookError] = field(default_factory=list)
    _holders: list[tuple[str, int]] = field(default_factory=list)
    """The list items and quotations around the cursor: what begins their lines, where they end."""
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

    @property
    def end(self) -> int:
        """Index after the last line, of the list item or quotation where the cursor is in one."""
        return self._holders[-1][1] if self._holders else len(self.lines)

    @property
    def indent(self) -> str:
        """What begins the lines of the list item or quotation that the cursor is in."""
        return "".join(prefix for prefix, _ in self._holders)

    def is_blank(self, index: int) -> bool:
        """Whether the line is blank or past the end."""
        return index >= self.end or not self.lines[index].strip()

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

    def enter(self, prefix: str, inside: list[str]) -> None:
        """Go into a list item or quotation: put its lines, without `prefix`, in place of it."""
        end = self.position + len(inside)
        self.lines[self.position : end] = inside
        self._holders.append((prefix, end))
        self.in_list = False

    def leave_ended(self) -> bool:
        """Go out of what ends before the cursor; whether there was any."""
        count = len(self._holders)
        while self._holders and self._holders[-1][1] <= self.position:
            prefix, _ = self._holders.pop()
            self.in_list = self.in_list or prefix.isspace()
        return len(self._holders) < count

    def error(self, message: str, line: int) -> None:
        """Note a mistake; reading goes on."""
        self.errors.append(BookError(message, self.path, line))

    def _role_at(self, index: int, names: Collection[str]) -> re.Match[str] | None:
        match = _ROLE_LINE.match(self.lines[index]) if index < len(self.lines) else None
        return match if match and match[1] in names else None
