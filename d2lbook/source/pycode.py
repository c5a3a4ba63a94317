"""The code of a cell: its syntax tree, its tokens, and edits of its text by their positions."""

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate
from posixpath import commonprefix
from typing import NamedTuple

from d2lbook.errors import BookError

# Cell magics whose cell still is Python.
_PYTHON_MAGICS = {"%%time", "%%timeit", "%%capture", "%%prun"}
_MAGIC_LINE = re.compile(r"(\s*)(?:[%!].*|\?+[\w.]+|[\w.]+\?+)\s*$")
_MAGIC_VALUE = re.compile(r"(\s*[\w., \t]+=\s*)[%!].*$")


class Edit(NamedTuple):
    """Replace the text from offset `start` up to `end`."""

    start: int
    end: int
    text: str


class NotPython(BookError):
    """A cell that should be Python and isn't."""


class Code:
    """The text of a cell. Lines in IPython's own syntax count as `pass`."""

    def __init__(self, text: str, path: str, line: int) -> None:
        self.text = text
        """As written."""
        self.path = path
        """Chapter file, for error messages."""
        self.line = line
        """1-based line of the file where the text starts."""

    def rewritten(self, text: str) -> "Code":
        """The same cell with another text."""
        return self if text == self.text else Code(text, self.path, self.line)

    @property
    def is_python(self) -> bool:
        """Whether Python runs the cell, not `%%bash` or its like."""
        magic = self.text.split(maxsplit=1)[:1]
        return not (magic and magic[0].startswith("%%") and magic[0] not in _PYTHON_MAGICS)

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; raises NotPython."""
        try:
            return _parse(self._plain)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = (getattr(error, "lineno", None) or 1) + self.line - 1
            reason = getattr(error, "msg", None) or error
            raise NotPython(f"the cell is not valid Python: {reason}", self.path, line) from None

    @cached_property
    def tokens(self) -> tuple[tokenize.TokenInfo, ...]:
        """The tokens, up to the first place that isn't Python."""
        found = []
        try:
            for token in tokenize.generate_tokens(io.StringIO(self._plain).readline):
                found.append(token)
        except (tokenize.TokenError, SyntaxError, ValueError):
            pass
        return tuple(found)

    def comments(self) -> Iterator[tokenize.TokenInfo]:
        """The comment tokens."""
        return (token for token in self.tokens if token.type == tokenize.COMMENT)

    @cached_property
    def lines_inside_strings(self) -> frozenset[int]:
        """Lines that begin inside a string, counted from 1: their indentation is content."""
        found: set[int] = set()
        opened: list[int] = []
        for token in self.tokens:
            name = tokenize.tok_name[token.type]
            if name == "STRING":
                found.update(range(token.start[0] + 1, token.end[0] + 1))
            elif name.endswith("STRING_START"):
                opened.append(token.start[0])
            elif name.endswith("STRING_END"):
                found.update(range(opened.pop() + 1, token.end[0] + 1))
        return frozenset(found)

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Offsets of the first character of a node and of the one after its last."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
        return self._byte_offset(node.lineno, node.col_offset), self._byte_offset(
            end_line, end_column
        )

    def source(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node."""
        start, end = self.span(node)
        return self.text[start:end]

    def offset(self, line: int, column: int) -> int:
        """Offset of a token's position: line from 1, column in characters."""
        return self._line_starts[line - 1] + column

    def _byte_offset(self, line: int, column: int) -> int:
        """Offset of a node's position: line from 1, column in bytes of the text as Python."""
        plain, text = self._plain_lines[line - 1], self._lines[line - 1]
        characters = column if plain.isascii() else len(plain.encode()[:column].decode())
        if characters > len(commonprefix((plain, text))):  # within what stands for a magic
            characters = len(text)
        return self._line_starts[line - 1] + characters

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def _plain_lines(self) -> list[str]:
        return self._lines if self._plain is self.text else self._plain.split("\n")

    @cached_property
    def _line_starts(self) -> list[int]:
        lengths = (len(line) + 1 for line in self._lines)
        return list(accumulate(lengths, initial=0))

    @cached_property
    def _plain(self) -> str:
        """The text as Python; only lines in IPython's syntax differ."""
        try:
            _parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return "\n".join(map(_mask_magic, self.text.split("\n")))
        return self.text


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits; one that lies inside another is void."""
    pieces, done = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if edit.start < done:
            continue
        pieces += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join(pieces) + text[done:]


def _parse(text: str) -> ast.Module:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    with warnings.catch_warnings(action="ignore"):
        return compile(text, "<cell>", "exec", flags)


def _mask_magic(line: str) -> str:
    if match := _MAGIC_LINE.match(line):
        return f"{match[1]}pass"
    if match := _MAGIC_VALUE.match(line):
        return f"{match[1]}0"
    return line
