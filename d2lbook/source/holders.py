"""List items and quotations that hold more than prose: their lines are read as if at the margin.

Every block that is read there keeps in `indent` what its lines began with, so that renderers can
put it back into its place.
"""

import re
from collections.abc import Sequence

from d2lbook.source.lines import Lines
from d2lbook.source.page import Block

_INDENT = re.compile(r"[ \t]*")
_QUOTE = re.compile(r" {0,3}> ?")
_MARKED = re.compile(
    r"[ \t>]*(?:(?:`{3,}|~{3,})\s*(?:\{[^{}]*\.(?:input|inactive)\b|\{?(?:toc|eval[_-]rst)\b)"
    r"|:(?:begin|end)_tab:|:[ \t])"
    r"|.*:(?:(?:eq)?label|width|height|bibliography):`"
    r"|(?=.*-)(?=.*\|)[>|: \t-]+$"  # the second row of a table
)
_BLOCK_START = re.compile(r"[ \t]*(?:`{3,}|~{3,}|:(?:begin|end)_tab:|!\[|\$\$|>)")


def holder_end(lines: Lines) -> Sequence[Block] | None:
    """The end of the list item or quotation that the cursor was in."""
    return () if lines.leave_ended() else None


def list_item(lines: Lines) -> Sequence[Block] | None:
    """What follows the first paragraph of a list item."""
    indent = _INDENT.match(lines.current)[0]  # type: ignore[index]
    if not indent or not lines.in_list or lines.position < lines.plain_until:
        return None
    if lines.in_paragraph and not _BLOCK_START.match(lines.current):
        return None
    end = last = lines.position
    while end < lines.end and (not lines.lines[end] or lines.lines[end].startswith(indent)):
        last = end if lines.lines[end] else last
        end += 1
    inside = lines.lines[lines.position : last + 1]
    return _entered(lines, indent, [line.removeprefix(indent) for line in inside])


def quotation(lines: Lines) -> Sequence[Block] | None:
    """`> quotation`."""
    if not _QUOTE.match(lines.current) or lines.position < lines.plain_until:
        return None
    end = lines.position
    inside: list[str] = []
    while end < lines.end and (match := _QUOTE.match(lines.lines[end])):
        inside.append(lines.lines[end][match.end() :])
        end += 1
    return _entered(lines, "> ", [line if line.strip() else "" for line in inside])


def _entered(lines: Lines, prefix: str, inside: list[str]) -> Sequence[Block] | None:
    """Go in, unless there is nothing but prose."""
    if any(map(_MARKED.match, inside)):
        lines.enter(prefix, inside)
        return ()
    lines.plain_until = lines.position + len(inside)
    return None
