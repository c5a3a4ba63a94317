"""What `#@save` marks in the cells of a tab: the statements that become its library.

A mark on a line of a statement saves that top-level statement. A mark alone on its line saves what
follows: up to a blank line, or to the end of the first statement that takes several lines.
"""

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from d2lbook.book.whole import Book
from d2lbook.errors import BookError, BookErrors
from d2lbook.source.branches import resolve_branches
from d2lbook.source.cells import comment_marks, without_comment_marks
from d2lbook.source.page import Block, Page
from d2lbook.source.pycode import Code, NotPython


@dataclass(frozen=True)
class Saved:
    """A top-level statement of a cell; several, if they share a line."""

    code: Code
    """The text, without marks; its path and line are those of the chapter file."""
    origin: str
    """What a docstring says of the place: the section with the nearest label, or the file."""

    @property
    def place(self) -> str:
        """File and line, for messages."""
        return f"{self.code.path}:{self.code.line}"

    @property
    def node(self) -> ast.stmt:
        """The statement; the first of several."""
        return self.code.tree.body[0]


@dataclass(frozen=True)
class Import:
    """A name that a cell imports."""

    name: str
    """What it is called."""
    target: str
    """What it is: `torch.nn` for `from torch import nn`."""
    statement: str
    """How it is imported."""
    path: str
    line: int
    """Where, for messages and to tell which one is nearest."""


@dataclass(frozen=True)
class Collected:
    """What the pages of a tab give to its library."""

    saved: tuple[Saved, ...]
    """In reading order."""
    imports: Mapping[str, tuple[Import, ...]]
    """By page: those of all its cells."""


@dataclass(frozen=True)
class _Group:
    """Statements that share lines. Lines count from 1."""

    top: int
    """First line of the comments right above."""
    first: int
    last: int
    end: int
    """Last line of the indented comments right below."""


def collect(book: Book, tab: str) -> Collected:
    """Find what the cells of a tab save, and what they import.

    Raises: BookErrors for saved code that isn't plain Python, and for marks of nothing.
    """
    saved: list[Saved] = []
    imports: dict[str, tuple[Import, ...]] = {}
    errors: list[BookError] = []
    for page in book.pages:
        found: list[Import] = []
        for block, origin in _cells(page, tab):
            try:
                code = _resolved(page, block, tab, book)
                saved += (Saved(piece, origin) for piece in _saved_pieces(code, block))
                found += imports_of(code)
            except BookError as error:
                if "save" in block.marks:
                    errors.append(error)
        imports[page.path] = tuple(found)
    if errors:
        raise BookErrors(errors)
    return Collected(tuple(saved), imports)


def imports_of(code: Code) -> Iterator[Import]:
    """The names that top-level statements import; raises NotPython."""
    for node in code.tree.body:
        line = code.line + node.lineno - 1
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            as_written = ast.unparse(alias)
            if isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                name, target = alias.asname or alias.name, f"{module}.{alias.name}"
                statement = f"from {module} import {as_written}"
            else:
                name = alias.asname or alias.name.partition(".")[0]
                target = alias.name if alias.asname else name
                statement = f"import {as_written}"
            yield Import(name, target, statement, code.path, line)


def _cells(page: Page, tab: str) -> Iterator[tuple[Block, str]]:
    """The Python cells of a tab, each with the section that it is in."""
    around: list[Block] = []
    for block in page.blocks:
        if not block.shown_in(tab):
            continue
        if block.kind == "heading":
            around = [*(one for one in around if one.level < block.level), block]
        elif block.kind == "cell" and Code(block.source, page.path, block.line).is_python:
            labels = [heading.label for heading in around if heading.label]
            yield (
                block,
                f"Defined in :numref:`{labels[-1]}`" if labels else f"Defined in {page.path}",
            )


def _resolved(page: Page, block: Block, tab: str, book: Book) -> Code:
    """The code of a cell as it is in the tab; comments and aliases are as written."""
    code = Code(block.source, page.path, block.line)
    return code.rewritten(resolve_branches(code, tab, book.config)) if book.config.tabs else code


def _saved_pieces(code: Code, block: Block) -> Iterator[Code]:
    """The saved statements of a cell, without marks."""
    lines = code.text.split("\n")
    groups = _groups(code, lines) if "save" in block.marks else []
    marks = [token.start[0] for token, found in comment_marks(code) if "save" in found]
    wanted = [group for mark in marks for group in _marked(code, mark, groups, lines)]
    for group in groups:
        if group in wanted:
            # In a cell with branches for tabs, lines have gone: its first line is what is known.
            line = code.line + group.first - 1 if code.text == block.source else code.line
            piece = Code("\n".join(lines[group.top - 1 : group.end]), code.path, line)
            yield _plain(piece.rewritten(without_comment_marks(piece)))


def _plain(code: Code) -> Code:
    """The code, if Python alone can read it as a part of a module."""
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(code.text, code.path, "exec")
    except (SyntaxError, ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or error
        message = f"saved code must be plain Python, without commands of IPython: {reason}"
        raise NotPython(message, code.path, code.line) from None
    return code


def _groups(code: Code, lines: list[str]) -> list[_Group]:
    """The top-level statements of a cell, with their comments."""
    groups: list[_Group] = []
    for node in code.tree.body:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))])
        last = node.end_lineno or node.lineno
        above = groups[-1] if groups else _Group(0, 0, 0, 0)
        if first <= above.last:
            groups[-1] = _Group(above.top, above.first, last, _comments_end(lines, last))
            continue
        top = first
        while top - 1 > above.end and lines[top - 2].startswith("#"):
            top -= 1
        groups.append(_Group(top, first, last, _comments_end(lines, last)))
    return groups


def _comments_end(lines: list[str], last: int) -> int:
    """Last of the indented comment lines that follow a statement."""
    for number in range(last + 1, len(lines) + 1):
        line = lines[number - 1]
        if line.startswith((" ", "\t")) and line.lstrip().startswith("#"):
            last = number
        elif line.strip():
            break
    return last


def _marked(code: Code, mark: int, groups: list[_Group], lines: list[str]) -> Iterator[_Group]:
    """What the mark on a line saves."""
    holding = [group for group in groups if group.first <= mark <= group.end]
    following = [group for group in groups if group.first > mark]
    if not holding and not following:
        message = "#@save marks nothing: put it above a statement, or at the end of its line"
        raise BookError(message, code.path, code.line + mark - 1)
    if holding:
        yield holding[0]
        return
    for number, group in enumerate(following):
        if number and not lines[group.top - 2].strip():
            return
        yield group
        if group.last > group.first:
            return
