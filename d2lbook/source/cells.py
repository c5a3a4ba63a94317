"""Code cells: their info string, their tab mark, and the marks in their comments."""

import ast
import re
import tokenize
from collections.abc import Iterator

from d2lbook.source.lines import Lines
from d2lbook.source.page import Block
from d2lbook.source.pycode import Code, Edit, NotPython, apply_edits

LIVE, INACTIVE = ".input", ".inactive"
"""What the fence of a cell says, and what `activate` makes of it in cells of other tabs."""

_INFO = re.compile(r"\{([^{}]*)\}")
_TAB_MARK = re.compile(r"\s*(?:%%tab|#\s*@tab)\b[ \t:]*(.*)$")
_SETUP = re.compile(
    r"^\s*(?:%(?:re)?load_ext\s+d2lbook\.tab\b|(?:\w+\.)?tab\.interact_select\()", re.M
)
_PLAIN_NAMES = re.compile(r"[\w-]+(?:[ \t]*,[ \t]*[\w-]+)*[ \t]*")
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
    words = match[1].split() if match else ()
    return ".python" in words and (LIVE in words or INACTIVE in words)


def is_live_info(info: str) -> bool:
    """Whether a fence with this info string holds a code cell that Jupyter is to run."""
    return is_cell_info(info) and INACTIVE not in info.strip("{}").split()


def is_setup(text: str) -> bool:
    """Whether a cell offers the tabs in a live notebook, and is for nothing else."""
    return bool(_SETUP.search(text))


def cell_block(lines: Lines, info: str, source: list[str], number: int) -> Block:
    """The cell, or setup cell, between the fences; its first line is line `number`."""
    while source and not source[0].strip():
        source, number = source[1:], number + 1
    text = "\n".join(source).rstrip()
    if is_setup(text):
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


def tab_marks(source: list[str]) -> dict[int, str]:
    """What each tab mark in the lines of a cell names, by the index of its line."""
    return _tab_marks(source, _head_length(source))


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
    head = _head_length(source)
    marks = _tab_marks(source, head)
    if not marks:
        own = frozenset({config.default_tab} if config.tabs else ())
        return lines.region or own, source, number
    named = [read_tabs(lines, names, number + index) for index, names in marks.items()]
    tabs = frozenset().union(*named) if all(named) else frozenset()
    if lines.region and tabs and not tabs & lines.region:
        lines.error(
            f"no tab is in both this mark and :begin_tab: of line {lines.region_start}", number
        )
    both = tabs & lines.region if tabs and lines.region else tabs or lines.region
    code = [line for index, line in enumerate(source) if index not in marks]
    return both, code, number + sum(index < head for index in marks)


def _head_length(source: list[str]) -> int:
    """How many lines come before the code: comments, magics, blank lines."""
    code = (i for i, line in enumerate(source) if line.strip() and line.lstrip()[0] not in "#%!")
    return next(code, len(source))


def _tab_marks(source: list[str], head: int) -> dict[int, str]:
    """What each tab mark names, by the index of its line: in the head, or further down."""
    marks = {i: match[1] for i, line in enumerate(source) if (match := _TAB_MARK.match(line))}
    if all(index < head for index in marks):
        return marks
    plain = ["#" if index in marks else line for index, line in enumerate(source)]
    comments = {token.start[0] - 1 for token in Code("\n".join(plain), "", 1).comments()}
    return {
        index: names
        for index, names in marks.items()
        if index < head or (index in comments and _PLAIN_NAMES.fullmatch(names))
    }


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
