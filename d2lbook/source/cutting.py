"""Cutting statements and parts of expressions out of the text of a cell."""

import ast
import tokenize
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from d2lbook.source.pycode import Code, Edit, apply_edits


@dataclass(frozen=True, eq=False)
class Branch:
    """An `if`, `elif` or `else` with its body. Lines count from 1, as in the syntax tree."""

    test: ast.expr | None
    """None for an `else`."""
    body: Sequence[ast.stmt]
    keyword: tokenize.TokenInfo
    colon: tokenize.TokenInfo
    first: int
    """First line: of the keyword, or of the comments that lead to it."""
    last: int
    """Last line of the body, with the comments and blank lines that end it."""


class _Removal(NamedTuple):
    first: int
    last: int
    needs_pass: bool


class _Part(NamedTuple):
    """A branch before its lines are known."""

    test: ast.expr | None
    body: list[ast.stmt]
    keyword: int
    """Index of the keyword among the tokens."""


class Cutting:
    """The cuts that are to be made in a cell; nothing changes before `result`."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.lines = ["", *code.text.split("\n")]
        """By line number."""
        self._edits: list[Edit] = []
        self._removals: list[_Removal] = []
        self._dedents: Counter[int] = Counter()
        """Characters to take from the start of a line."""
        self._branches: dict[ast.stmt, list[Branch]] = {}

    def branches(self, statement: ast.stmt) -> list[Branch]:
        """The branches of an `if` statement, in order."""
        if statement not in self._branches:
            self._branches[statement] = self._find_branches([*self._parts(statement)])
        return self._branches[statement]

    def remove_statement(self, statement: ast.stmt, *, needs_pass: bool) -> None:
        """Take out a whole `if` statement; `pass` takes its place where code is needed."""
        branches = self.branches(statement)
        self._removals.append(_Removal(branches[0].first, branches[-1].last, needs_pass))

    def remove_branch(self, branch: Branch) -> None:
        """Take out one branch; others of the statement stay."""
        self._cut_lines(branch.first, branch.last)

    def unwrap(self, branch: Branch) -> None:
        """Leave the body of a branch in place of it."""
        first = branch.body[0]
        keyword, colon = branch.keyword.start, branch.colon.end[0]
        if first.lineno == colon:
            start, end = self.code.offset(*keyword), self.code.span(first)[0]
            self._edits.append(Edit(start, end, ""))
            return
        self._cut_lines(keyword[0], colon)
        for line in range(colon + 1, branch.last + 1):
            self._dedents[line] += first.col_offset - keyword[1]

    def make_else(self, branch: Branch) -> None:
        """Turn an `elif` that always holds into an `else`."""
        start, end = self.code.offset(*branch.keyword.start), self.code.offset(*branch.colon.start)
        self._edits.append(Edit(start, end, "else"))

    def make_if(self, branch: Branch) -> None:
        """Turn the branch that has become the first into an `if`."""
        if branch.keyword.string == "elif":
            start = self.code.offset(*branch.keyword.start)
            self._edits.append(Edit(start, start + len("elif"), "if"))

    def replace(self, node: ast.expr, text: str) -> None:
        """Put a text in place of an expression."""
        self._edits.append(Edit(*self.code.span(node), text))

    def keep_part(self, node: ast.expr, part: ast.expr) -> None:
        """Leave of an expression one that is inside it."""
        start, end = self.code.span(node)
        part_start, part_end = self._with_parentheses(part, node)
        self._edits += [Edit(start, part_start, ""), Edit(part_end, end, "")]

    def keep_operands(self, node: ast.BoolOp, kept: Sequence[ast.expr]) -> None:
        """Take the other operands out of an `and` or `or`, each with an operator."""
        spans = [self._with_parentheses(operand, node) for operand in node.values]
        before = False
        for number, operand in enumerate(node.values):
            if operand in kept:
                before = True
            elif before:
                self._edits.append(Edit(spans[number - 1][1], spans[number][1], ""))
            else:
                self._edits.append(Edit(spans[number][0], spans[number + 1][0], ""))

    def result(self) -> str:
        """The text after the cuts."""
        dead: set[int] = set()
        for removal in sorted(self._removals):
            self._cut_statement(removal, dead)
        for line, count in self._dedents.items():
            if line not in self.code.lines_inside_strings:
                start, text = self.code.offset(line, 0), self.lines[line]
                blank = len(text) - len(text.lstrip())
                self._edits.append(Edit(start, start + min(count, blank), ""))
        return apply_edits(self.code.text, self._edits)

    def _cut_lines(self, first: int, last: int, text: str = "") -> None:
        end = self.code.offset(last + 1, 0) if last + 1 < len(self.lines) else len(self.code.text)
        self._edits.append(Edit(self.code.offset(first, 0), end, text))

    def _cut_statement(self, removal: _Removal, dead: set[int]) -> None:
        """Cut a statement; of the blank lines around it, leave no more than were on one side."""
        first, last, needs_pass = removal
        before = after = 0
        above = first - 1
        while above in dead or (above > 0 and not self.lines[above].strip()):
            before += above not in dead
            above -= 1
        while last + after + 1 < len(self.lines) and not self.lines[last + after + 1].strip():
            after += 1
        opens_suite = above == 0 or _indent(self.lines[above]) < _indent(self.lines[first])
        if not needs_pass:
            last += after if opens_suite else min(before, after)
        dead.update(range(first, last + 1))
        indent = self.lines[first][: max(0, _indent(self.lines[first]) - self._dedents[first])]
        self._cut_lines(first, last, f"{indent}pass\n" if needs_pass else "")

    def _parts(self, node: ast.stmt) -> Iterator[_Part]:
        """The branches of an `if` or `elif` and of what follows it."""
        if not isinstance(node, ast.If):
            return
        yield _Part(node.test, node.body, self._token_at(node))
        if not node.orelse:
            return
        following = self._token_at(node.orelse[0])
        if self.code.tokens[following].string == "elif":
            yield from self._parts(node.orelse[0])
        else:
            yield _Part(None, node.orelse, self._else_before(following))

    def _find_branches(self, parts: Sequence[_Part]) -> list[Branch]:
        """The branches, with the comments and blank lines that belong to each."""
        keywords = [self.code.tokens[part.keyword] for part in parts]
        column = keywords[0].start[1]
        ends = [part.body[-1].end_lineno or part.body[-1].lineno for part in parts]
        firsts = [keywords[0].start[0]]
        for keyword, end in zip(keywords[1:], ends, strict=False):
            firsts.append(self._comments_start(keyword.start[0], end, column))
        lasts = [*(first - 1 for first in firsts[1:]), self._comments_end(ends[-1], column)]
        return [
            Branch(part.test, part.body, keyword, self._colon_after(part.keyword), first, last)
            for part, keyword, first, last in zip(parts, keywords, firsts, lasts, strict=True)
        ]

    def _comments_start(self, line: int, end: int, column: int) -> int:
        """First of the comment lines that lead to a keyword, after the body that ends at `end`."""
        while (
            line - 1 > end
            and _is_comment(above := self.lines[line - 1])
            and (_indent(above) <= column)
        ):
            line -= 1
        return line

    def _comments_end(self, line: int, column: int) -> int:
        """Last of the comment lines that follow a body and are indented like it."""
        for below in range(line + 1, len(self.lines)):
            text = self.lines[below]
            if _is_comment(text) and _indent(text) > column:
                line = below
            elif text.strip():
                break
        return line

    @cached_property
    def _token_starts(self) -> dict[int, int]:
        """Index of the token that starts at an offset, of those with text."""
        return {
            self.code.offset(*token.start): index
            for index, token in enumerate(self.code.tokens)
            if token.string.strip()
        }

    def _token_at(self, node: ast.stmt) -> int:
        decorators = getattr(node, "decorator_list", [])
        first = decorators[0] if decorators else node
        return self._token_starts[self.code.span(first)[0]]

    def _else_before(self, index: int) -> int:
        while self.code.tokens[index].string != "else":
            index -= 1
        return index

    def _colon_after(self, index: int) -> tokenize.TokenInfo:
        """The colon that ends the head of a branch."""
        depth = 0
        for token in self.code.tokens[index:]:
            if token.string in ("(", "[", "{"):
                depth += 1
            elif token.string in (")", "]", "}"):
                depth -= 1
            elif token.string == ":" and not depth:
                break
        return token

    def _with_parentheses(self, part: ast.expr, whole: ast.expr) -> tuple[int, int]:
        """Offsets of a part of an expression, its own parentheses included."""
        low, high = self.code.span(whole)
        start, end = self.code.span(part)
        tokens = [t for t in self.code.tokens if t.string.strip() and t.type != tokenize.COMMENT]
        starts = [self.code.offset(*token.start) for token in tokens]
        left = bisect_left(starts, start) - 1
        right = bisect_left(starts, end)
        while (
            tokens[left].string == "("
            and tokens[right].string == ")"
            and low <= starts[left]
            and starts[right] < high
        ):
            start, end = starts[left], starts[right] + 1
            left, right = left - 1, right + 1
        return start, end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
