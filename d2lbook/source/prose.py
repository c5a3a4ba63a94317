"""Prose: what no rule claims. It is taken a line at a time, but for what must stay together."""

import re
from collections.abc import Callable

from d2lbook.source.lines import Lines
from d2lbook.source.rules import fence_ends, figure_marker

_NESTED_FENCE = re.compile(
    r"([ \t]*)(?:(>)[ \t>]*)?(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(`{3,}(?=[^`]*$)|~{3,})"
)
_LIST_ITEM = re.compile(r"([ \t]*)(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_ITEM_HEAD = re.compile(r" *(?:(?:[-*+]|\d{1,9}[.)]) +)*")
_LITERAL_TAG = re.compile(r" {0,3}<(pre|script|style|textarea)\b", re.I)
_LITERAL = re.compile(r"\\.|(`+)(?!`).*?(?<!`)\1(?!`)|\$(?![\s$])[^$]+(?<!\s)\$(?!\$)")
_SLIDE_EDGES = (("[**", "**]"), ("(**", "**)"), ("(~~", "~~)"))


def prose_lines(lines: Lines) -> list[str]:
    """Take the line under the cursor, with the lines that can't be told from it."""
    line = lines.current
    item = _LIST_ITEM.match(line)
    if item and not lines.is_indented_code(item[1]):
        lines.in_list = True
        if marker := figure_marker(lines):
            return [marker]
    elif line and line[0] not in " \t" and not lines.in_paragraph:
        lines.in_list = False
    ends = (rule(lines) for rule in _TOGETHER) if line else ()
    end = next((end for end in ends if end is not None), lines.position)
    if lines.in_list:
        _keep_in_list(lines, end)
    taken = lines.take(end + 1)
    lines.in_paragraph = bool(taken[-1])
    return taken


def _keep_in_list(lines: Lines, end: int) -> None:
    """Indent what would end the list item of a listing or comment before that is closed."""
    width = _ITEM_HEAD.match(lines.current).end()  # type: ignore[union-attr]
    if not lines.current.startswith(("```", "~~~", "<!--"), width):
        return
    for index in range(lines.number, end + 1):
        line = lines.lines[index]
        missing = width - len(line) + len(line.lstrip(" "))
        lines.lines[index] = " " * missing + line if line else line


def _nested_fence(lines: Lines) -> int | None:
    """Index of the last line of a listing in a list item or a quotation."""
    match = _NESTED_FENCE.match(lines.current)
    if not match or (lines.is_indented_code(match[1]) and not match[2]):
        return None
    return _quoted_fence(lines, match[3]) if match[2] else fence_ends(lines, match[3])[1] - 1


def _quoted_fence(lines: Lines, opening: str) -> int:
    index = lines.position
    while lines.lines[index + 1 : index + 2] and lines.lines[index + 1].lstrip().startswith(">"):
        index += 1
        text = lines.lines[index].strip("> \t")
        if text.startswith(opening) and not text.strip(opening[0]):
            break
    return index


def _comment(lines: Lines) -> int | None:
    """Index of the last line of an HTML comment."""
    if "<!--" not in lines.current:
        return None
    text = _LITERAL.sub("", lines.current)
    if "<!--" not in text or "-->" in text.rpartition("<!--")[2]:
        return None
    end = lines.find("-->", lines.number)
    if end is None:
        lines.error("the comment is never closed: add -->", lines.number)
    return end


def _literal_tag(lines: Lines) -> int | None:
    """Index of the line that closes `<pre>` or another tag that holds no Markdown."""
    match = _LITERAL_TAG.match(lines.current)
    return lines.find(f"</{match[1]}", lines.position) if match else None


def _display_math(lines: Lines) -> int | None:
    """Index of the line that closes a `$$` that this line opens within its text."""
    if "$$" not in lines.current or _LITERAL.sub("", lines.current).count("$$") % 2 == 0:
        return None
    return lines.find("$$", lines.number, in_paragraph=True)


def _slide_mark(lines: Lines) -> int | None:
    """Index of the line that closes a slide mark that this line opens."""
    for opening, closing in _SLIDE_EDGES:
        before, _, text = lines.current.rpartition(opening)
        if (before or lines.current.startswith(opening)) and closing not in text:
            return lines.find(closing, lines.number, in_paragraph=True)
    return None


_TOGETHER: tuple[Callable[[Lines], int | None], ...] = (
    _nested_fence,
    _comment,
    _literal_tag,
    _display_math,
    _slide_mark,
)
