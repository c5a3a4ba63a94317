"""Code cells: their info string, their tab mark, and the marks in their comments."""

import ast
import re
import tokenize
from collections.abc import Iterator

from d2lbook.lines import Lines
from d2lbook.page import Block
from d2lbook.pycode import Code, Edit, NotPython, apply_edits

_INFO = re.compile(r"\{([^{}]*)\}")
_TAB_MARK = re.compile(r"\s*(?:%%tab|#\s*@tab)\b[ \t:]*(.*)$")
_SETUP = re.compile(
    r"^\s*(?:%(?:re)?load_ext\s+d2lbook\.tab\b|(?:\w+\.)?tab\.interact_select\()", re.M
)
_COMMENT_MARK = re.compile(
    r"#\s*(?:(@save)|hide (code|output)s?|@hide(?:_(code|output|all)s?)?)\s*", re.I
)
_HINT = re.compile(r"#\s*@?(?:save|hide)", re.I)
_MARKS = {
    "@save": {"save"},
    "code": {"hide_code"},
    "output": {"hide_output"},
    "all": {"hide_code", "hide_output"},
}


def is_cell_info(info: str) -> bool:
    """Whether a fence with this info string holds a code cell."""
    match = _INFO.fullmatch(info)
    return match is not None and {".python", ".input"} <= set(match[1].split())


def cell_block(lines: Lines, info: str, source: list[str], number: int) -> Block:
    """The cell, or setup cell, between the fences; its first line is line `number`."""
    while source and not source[0].strip():
        source, number = source[1:], number + 1
    text = "\n".join(source).rstrip()
    if _SETUP.search(text):
        _check_setup(lines, text, number)
        return Block("setup", text, number, lines.region)
    tabs, source, number = _split_mark(lines, source, number)
    text = "\n".join(source).rstrip()
    name = next((word[1:] for word in info.strip("{}").split() if word.startswith("#")), "")
    marks = {m for _, found in comment_marks(Code(text, lines.path, number)) for m in found}
    return Block("cell", text, number, tabs, name=name, marks=frozenset(marks))


def read_tabs(lines: Lines, names: str, number: int) -> frozenset[str]:
    """The tabs that a mark at line `number` names; empty means all of them."""
    wanted = [name.strip().lower() for name in names.split(",") if name.strip()]
    if not wanted:
        lines.error("the mark names no tab", number)
    if "all" in wanted or not lines.config.tabs:
        return frozenset()
    for name in wanted:
        if name not in lines.config.tabs:
            lines.error(lines.config.unknown_tab(name), number)
    return frozenset(wanted)


def comment_marks(code: Code) -> Iterator[tuple[tokenize.TokenInfo, set[str]]]:
    """The comments that are marks, and what they ask for."""
    for token in code.comments() if _HINT.search(code.text) else ():
        if match := _COMMENT_MARK.fullmatch(token.string):
            word = match[1] or match[2] or match[3] or "code"
            yield token, _MARKS[word.lower()]


def without_comment_marks(code: Code) -> str:
    """The text without the comments that are marks; a line that held nothing else goes."""
    return apply_edits(code.text, [_removal(code, token) for token, _ in comment_marks(code)])


def _removal(code: Code, token: tokenize.TokenInfo) -> Edit:
    start, end = code.offset(*token.start), code.offset(*token.end)
    before = token.line[: token.start[1]]
    if before.strip():
        return Edit(start - len(before) + len(before.rstrip()), end, "")
    return Edit(start - len(before), min(end + 1, len(code.text)), "")


def _split_mark(
    lines: Lines, source: list[str], number: int
) -> tuple[frozenset[str], list[str], int]:
    """The tabs of a cell, its lines without the mark, and the line that they start at."""
    config = lines.config
    mark = _mark_index(source)
    _check_later_lines(lines, source, number, first=0 if mark is None else mark + 1)
    if mark is None:
        own = frozenset({config.default_tab} if config.tabs else ())
        return lines.region or own, source, number
    match = _TAB_MARK.match(source[mark])
    tabs = read_tabs(lines, match[1] if match else "", number + mark)
    if lines.region and tabs and not tabs & lines.region:
        lines.error(
            f"no tab is in both this mark and :begin_tab: of line {lines.region_start}", number
        )
    both = tabs & lines.region if tabs and lines.region else tabs or lines.region
    return both, source[:mark] + source[mark + 1 :], number + (mark == 0)


def _mark_index(source: list[str]) -> int | None:
    """Index of the tab mark: on the first line, or under other comments."""
    for index, line in enumerate(source):
        if _TAB_MARK.match(line):
            return index
        if line.strip() and not line.lstrip().startswith("#"):
            return None
    return None


def _check_later_lines(lines: Lines, source: list[str], number: int, *, first: int) -> None:
    """Note a tab mark that comes too late to be one."""
    for index in range(first, len(source)):
        match = _TAB_MARK.match(source[index])
        names = {name.strip().lower() for name in match[1].split(",")} if match else set()
        if names and names <= {*lines.config.tabs, "all"}:
            lines.error("a tab mark must be the first line of its cell", number + index)


def _check_setup(lines: Lines, text: str, number: int) -> None:
    """Note the tabs of `tab.interact_select(...)` that there aren't."""
    code = Code(text, lines.path, number)
    try:
        calls = [node for node in ast.walk(code.tree) if isinstance(node, ast.Call)]
    except NotPython as error:
        lines.errors.append(error)
        return
    for call in calls:
        if code.source(call.func).endswith("interact_select"):
            for name in ast.walk(call):
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    read_tabs(lines, name.value, number + name.lineno - 1)
