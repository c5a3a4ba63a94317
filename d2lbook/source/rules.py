"""The grammar of a chapter file: one syntax rule, one function.

A rule looks at the line under the cursor. If the line starts something that the rule knows, the
rule takes its lines and returns its blocks; otherwise it returns None and leaves the cursor where
it is. What no rule claims is prose.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from d2lbook.errors import nearest
from d2lbook.source.cells import cell_block, is_cell_info, read_tabs
from d2lbook.source.constructs import SLIDE_MARKS, role_at
from d2lbook.source.holders import holder_end, list_item, quotation
from d2lbook.source.images import Image, first_image
from d2lbook.source.lines import Lines
from d2lbook.source.page import Block
from d2lbook.source.tables import columns, fitted

Rule = Callable[[Lines], Sequence[Block] | None]

MAX_CAPTION_LINES = 40

_INDENT = re.compile(r"[ \t]*")
_REGION = re.compile(r" {0,3}:(begin|end)_tab:[ \t]*(?:(`+)([^`]*)\2|([\w, -]*))[ \t]*(.*)$")
_FENCE = re.compile(r"([ \t]*)(`{3,}(?=[^`]*$)|~{3,})\s*(.*?)\s*$")
_HEADING = re.compile(r"( {0,3})(#{1,6})(?=[ \t]|$)(.*)")
_LABELED = re.compile(r"(.*?)\s*:label:(`+)\s*([^`]+?)\s*\2", re.DOTALL)
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_TITLE_LINE = re.compile(r" {0,3}(?!(?:[-*+]|\d{1,9}[.)])[ \t])[^\s>#|=:<]")
_EQUATION = re.compile(r"([ \t]*)([\[(]\*\*)?\s*\$\$")
_SLIDE_CLOSINGS = {"": "", "[**": "**]", "(**": "**)"}
_DOLLARS = re.compile(r"(?<!\\)\$\$")
_ROW = re.compile(r" {0,3}(?!(?:[-*+]|\d{1,9}[.)])[ \t])[^\s>].*")
_DELIMITER_ROW = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_BLOCK_START = re.compile(
    r" {0,3}(?:`{3,}|~{3,}|#{1,6}\s|>|\$\$|:\w+:`|:(?:begin|end)_tab:"
    r"|</?(?:blockquote|center|details|div|figure|hr|ol|p|section|summary|table|ul)\b)"
)
_CAPTION = re.compile(r":(?!:|\w+:`|(?:begin|end)_tab:)[ \t]*")
_BIBLIOGRAPHY = re.compile(r" {0,3}:bibliography:(`+)\s*([^`]+?)\s*\1[ \t]*$")
_TOC_OPTION = re.compile(r":([\w-]+):\s*(.*)")
TOC_OPTIONS = (
    "caption", "class", "glob", "hidden", "includehidden", "maxdepth", "name", "numbered",
    "reversed", "titlesonly",
)  # fmt: skip
"""What Sphinx lets a table of contents say."""
_FIGURE_ROLES = ("width", "height", "label")
_FIGURE_ITEM = re.compile(r"([ \t]*(?:[-*+]|\d{1,9}[.)]) +)!\[")
_EQUATION_ROLES = ("eqlabel", "label")


def tab_region(lines: Lines) -> Sequence[Block] | None:
    """`:begin_tab:` and `:end_tab:`, which say whose the blocks between them are."""
    match = _REGION.match(lines.current)
    if not match:
        return None
    number, names = lines.number, match[3] or match[4] or ""
    lines.take(number)
    if match[5] or (match[1] == "end" and names):
        lines.error("write :begin_tab:`NAME, NAME` and :end_tab: on lines of their own", number)
    if match[1] == "begin":
        _begin_region(lines, names, number)
    else:
        _end_region(lines, number)
    return ()


def fence(lines: Lines) -> Sequence[Block] | None:
    """A fenced block: a cell, a toc, reStructuredText or a listing."""
    match = _FENCE.match(lines.current)
    if not match or lines.is_indented_code(match[1]):
        return None
    indent, opening, info = match.groups()
    cell = is_cell_info(info)
    if indent and not cell:
        return None  # a listing in a list item stays with it
    number = lines.number
    content_end, end = fence_ends(lines, opening)
    source = [_undented(line, indent) for line in lines.take(content_end)[1:]]
    lines.take(end)
    if cell:
        return [cell_block(lines, info, source, number + 1)]
    kind = _FENCED.get(info.strip("{}"), _listing)
    return [kind(lines, info, source, number + 1)]


def heading(lines: Lines) -> Sequence[Block] | None:
    """`# Heading`, or a heading that is underlined, with its label."""
    number = lines.number
    if lines.indent:
        return None
    if match := _HEADING.match(lines.current):
        if match[1] and lines.in_list:
            return None
        level, text = len(match[2]), _without_closing_hashes(match[3].strip())
        lines.take(lines.position + 1)
    elif underline := _underline(lines):
        level, text = (1 if "=" in underline else 2), lines.current.strip()
        lines.take(lines.position + 2)
    else:
        return None
    inside = _LABELED.fullmatch(text)
    label = inside[3] if inside else lines.take_roles({"label"}).get("label", "")
    text = inside[1] if inside else text
    return [Block("heading", text, number, lines.region, level=level, label=label)]


def equation(lines: Lines) -> Sequence[Block] | None:
    """`$$…$$` that fills its lines, with its `:eqlabel:`; slide marks may be around it."""
    opening = _EQUATION.match(lines.current)
    if not opening or lines.is_indented_code(opening[1]):
        return None
    number, (indent, mark) = lines.number, opening.groups(default="")
    found = _closing_dollars(lines, opening.end())
    if not found:
        lines.error("'$$' is not closed before the next blank line; write \\$ for a dollar", number)
        lines.take(lines.position + 1)
        return ()
    end, source, rest = found
    closing = re.match(rf"{re.escape(_SLIDE_CLOSINGS[mark])}\s*([.,;]?)\s*", rest)
    rest = rest[closing.end() :] if closing else rest
    labelled = _roles_follow(lines, end, rest, _EQUATION_ROLES)
    if not closing or ((rest or indent) and not labelled):
        return None
    lines.leave(end, rest)
    roles = lines.take_roles({"eqlabel"}) or lines.take_roles({"label"})
    marks = frozenset({SLIDE_MARKS[mark]} if mark else ())
    text = source.strip() + closing[1]
    return [
        Block("equation", text, number, lines.region, label="".join(roles.values()), marks=marks)
    ]


def figure(lines: Lines) -> Sequence[Block] | None:
    """An image that is a paragraph, or that has a size or a label."""
    indent = _INDENT.match(lines.current)[0]  # type: ignore[index]
    if not lines.current.startswith("![", len(indent)) or lines.is_indented_code(indent):
        return None
    number, found = lines.number, _image_after(lines, indent)
    if not found:
        return None
    image, text, last, rest = found
    alone = not (rest or indent or lines.in_paragraph) and _ends_paragraph(lines, last + 1)
    if not (alone or _roles_follow(lines, last, rest, _FIGURE_ROLES)):
        return None
    lines.leave(last, rest)
    options = lines.take_roles(_FIGURE_ROLES)
    block = Block("figure", text[: image.end], number, lines.region, label=options.pop("label", ""))
    return [replace(block, caption=image.caption, target=image.target, options=options)]


def table(lines: Lines) -> Sequence[Block] | None:
    """A pipe table, with the caption before it and the label after it."""
    head = _table_head(lines)
    if head is None:
        return None
    caption = "\n".join(lines.take(head)).strip()
    if opening := _CAPTION.match(caption):
        caption = caption[opening.end() :]
    inside = _LABELED.fullmatch(caption)
    caption = inside[1] if inside else caption
    number, end = lines.number, lines.position + 2
    while not lines.is_blank(end) and not _BLOCK_START.match(lines.lines[end]):
        end += 1
    count = columns(lines.current)
    rows = "\n".join(fitted(row, count) for row in lines.take(end))
    label = inside[3] if inside else lines.take_roles({"label"}).get("label", "")
    return [Block("table", rows, number, lines.region, label=label, caption=caption)]


def bibliography(lines: Lines) -> Sequence[Block] | None:
    """``:bibliography:`refs.bib` ``: the reference list goes here."""
    match = _BIBLIOGRAPHY.match(lines.current)
    if not match:
        return None
    number = lines.number
    lines.take(number)
    return [Block("bibliography", match[2], number, lines.region)]


BLOCK_RULES: tuple[Rule, ...] = (
    holder_end,
    list_item,
    quotation,
    tab_region,
    fence,
    heading,
    equation,
    figure,
    table,
    bibliography,
)
"""The first rule that matches wins."""


def fence_ends(lines: Lines, opening: str) -> tuple[int, int]:
    """Index of the line after the content of the fence under the cursor, and after the fence."""
    number = lines.number
    for index in range(number, len(lines.lines)):
        line = lines.lines[index].strip()
        if not line.startswith(opening):
            continue
        if not line.strip(opening[0]):
            return index, index + 1
        if is_cell_info(line.lstrip(opening[0]).strip()):
            message = f"the fence is not closed before the cell of line {index + 1}: add {opening}"
            lines.error(f"{message} (a longer fence can hold a cell)", number)
            return index, index
    lines.error(f"the fence is never closed: add {opening} on a line of its own", number)
    return len(lines.lines), len(lines.lines)


def figure_marker(lines: Lines) -> str:
    """What marks the list item under the cursor, where a figure with a size or a label begins it.

    The figure is left to be read next, indented as what follows in an item is; "" for other items.
    """
    head = _FIGURE_ITEM.match(lines.current)
    found = _image_after(lines, head[1]) if head else None
    if not head or not found:
        return ""
    _, _, last, rest = found
    if not _roles_follow(lines, last, rest, _FIGURE_ROLES):
        return ""
    indent = " " * len(head[1])
    lines.lines[lines.position] = indent + lines.current.removeprefix(head[1])
    for index in range(lines.number, lines.position + len(lines.paragraph(lines.position))):
        if index <= last or lines.has_role(index, _FIGURE_ROLES):
            lines.lines[index] = indent + lines.lines[index].lstrip()
    return head[1].rstrip()


def end_of_file(lines: Lines) -> None:
    """Note a region that the file leaves open."""
    if lines.region_start is not None:
        lines.error(":begin_tab: is never closed: add :end_tab:", lines.region_start)


def _begin_region(lines: Lines, names: str, number: int) -> None:
    if lines.region_start is not None:
        lines.error(f"close the :begin_tab: of line {lines.region_start} first", number)
    lines.region_start = number
    is_toc = names.strip().lower() == "toc"
    lines.region = frozenset() if is_toc else read_tabs(lines, names, number)


def _end_region(lines: Lines, number: int) -> None:
    if lines.region_start is None:
        lines.error(":end_tab: closes nothing: there is no :begin_tab: before it", number)
    lines.region, lines.region_start = frozenset(), None


def _undented(line: str, indent: str) -> str:
    """The line without the indentation that its fence has."""
    start = line[: len(indent)]
    return start.lstrip() + line[len(indent) :]


def _listing(lines: Lines, info: str, source: list[str], number: int) -> Block:
    words = re.split(r"[\s,]+", info.strip("{} "), maxsplit=1)
    options = {"language": words[0].lstrip(".").lower(), "info": info}
    return Block("listing", "\n".join(source), number, lines.region, options=options)


def _toc(lines: Lines, info: str, source: list[str], number: int) -> Block:
    texts = [line.strip() for line in source if line.strip()]
    matches = [_TOC_OPTION.fullmatch(text) for text in texts]
    for match in filter(None, matches):
        if match[1] not in TOC_OPTIONS:
            near = nearest(match[1], TOC_OPTIONS)
            lines.error(f"toc option :{match[1]}: is unknown{near}", number)
    options = {match[1]: match[2] or "true" for match in matches if match}
    entries = tuple(
        text.removesuffix(".md") for text, match in zip(texts, matches, strict=True) if not match
    )
    text = "\n".join(source)
    return Block("toc", text, number, lines.region, options=options, entries=entries)


def _rst(lines: Lines, info: str, source: list[str], number: int) -> Block:
    return Block("rst", "\n".join(source), number, lines.region)


_FENCED: dict[str, Callable[[Lines, str, list[str], int], Block]] = {
    "toc": _toc,
    "eval_rst": _rst,
    "eval-rst": _rst,
}


def _without_closing_hashes(text: str) -> str:
    start = text.rstrip("#")
    return text if start and start[-1] not in " \t" else start.rstrip()


def _image_after(lines: Lines, head: str) -> tuple[Image, str, int, str] | None:
    """The image that follows `head`, the text that it begins, its last line, and what follows."""
    text = "\n".join(lines.paragraph(lines.position, limit=MAX_CAPTION_LINES)).removeprefix(head)
    image = first_image(text)
    if not image:
        return None
    last = lines.position + text.count("\n", 0, image.end)
    return image, text, last, text[image.end :].partition("\n")[0].strip()


def _underline(lines: Lines) -> str:
    """The underline of the line under the cursor, if it is an underlined heading."""
    if lines.in_paragraph or lines.is_blank(lines.position + 1):
        return ""
    below = _UNDERLINE.match(lines.lines[lines.position + 1])
    return below[1] if below and _TITLE_LINE.match(lines.current) else ""


def _closing_dollars(lines: Lines, start: int) -> tuple[int, str, str] | None:
    """Index of the line that closes an equation, the equation, and what follows on that line."""
    pieces: list[str] = []
    for index in range(lines.position, len(lines.lines)):
        line = lines.lines[index]
        if not line:
            return None
        if match := _DOLLARS.search(line, start):
            pieces.append(line[start : match.start()])
            return index, "\n".join(pieces), line[match.end() :].strip()
        pieces.append(line[start:])
        start = 0
    return None


def _roles_follow(lines: Lines, index: int, rest: str, names: Collection[str]) -> bool:
    """Whether one of the roles comes next: in the rest of the line, or below it."""
    role = role_at(rest, 0)
    return role is not None and role.name in names if rest else lines.has_role(index + 1, names)


def _ends_paragraph(lines: Lines, index: int) -> bool:
    return lines.is_blank(index) or _BLOCK_START.match(lines.lines[index]) is not None


def _table_head(lines: Lines) -> int | None:
    """Index of the first row of the table that starts here, past its caption."""
    if _is_table(lines, lines.position):
        return lines.position
    if lines.in_paragraph or not _CAPTION.match(lines.current):
        return None
    index = lines.number
    while not lines.is_blank(index) and not _is_table(lines, index):
        index += 1
    index = lines.skip_blank(index)
    return index if _is_table(lines, index) else None


def _is_table(lines: Lines, index: int) -> bool:
    if index + 1 >= len(lines.lines) or "|" not in lines.lines[index]:
        return False
    head, below = lines.lines[index], lines.lines[index + 1]
    if not _DELIMITER_ROW.match(below) or not _ROW.match(head):
        return False
    return not (lines.in_list and head[0] == " ") and columns(head) == columns(below)
