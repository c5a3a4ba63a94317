"""`tab.selected(...)` in the code of a cell, resolved for one tab.

The syntax tree decides and the text is cut, so that comments, blank lines and line breaks of what
stays are kept. What stays is valid Python.
"""

import ast
import re
from collections.abc import Iterator, Sequence

from d2lbook.config import BookConfig
from d2lbook.errors import BookError
from d2lbook.source.cutting import Branch, Cutting
from d2lbook.source.page import Page
from d2lbook.source.pycode import Code, NotPython

_HINT = re.compile(r"\btab\s*\.\s*selected\b")


def resolve_branches(code: Code, tab: str, config: BookConfig) -> str:
    """The code that readers of the tab see.

    Raises: BookError if the code isn't valid Python or asks for a tab that there isn't.
    """
    if not _HINT.search(code.text):
        return code.text
    try:
        answers = {call: _answer(code, call, tab, config) for call in _calls(code.tree)}
        return _Resolver(code, answers).result() if answers else code.text
    except RecursionError:
        raise NotPython("the code is nested too deeply", code.path, code.line) from None


def check_branches(page: Page, config: BookConfig) -> list[BookError]:
    """What is wrong with the branches of a page's cells, in any tab."""
    errors = []
    for cell in page.cells if config.tabs else ():
        code = Code(cell.source, page.path, cell.line)
        try:
            if code.is_python:
                resolve_branches(code, config.default_tab, config)
        except BookError as error:
            errors.append(error)
    return errors


class _Resolver:
    """One walk over the syntax tree of a cell, from the outside in; what goes isn't entered."""

    def __init__(self, code: Code, answers: dict[ast.Call, bool]) -> None:
        self.code = code
        self.answers = answers
        """What each `tab.selected(...)` gives."""
        self.cutting = Cutting(code)

    def result(self) -> str:
        """The text that is left."""
        self.suite(self.code.tree.body, needs_code=False)
        return self.cutting.result()

    def value(self, test: ast.expr | None) -> bool | None:
        """What a test is in this tab, None if only its run tells; an `else` has no test."""
        match test:
            case None:
                return True
            case ast.Call():
                return self.answers.get(test)
            case ast.UnaryOp(op=ast.Not()):
                value = self.value(test.operand)
                return None if value is None else not value
            case ast.BoolOp():
                decisive = isinstance(test.op, ast.Or)
                values = [self.value(operand) for operand in test.values]
                if decisive in values:
                    return decisive
                return None if None in values else not decisive
        return None

    def kept(self, branches: Sequence[Branch]) -> list[Branch]:
        """The branches of an `if` that may run; one that always does ends them."""
        kept = []
        for branch in branches:
            value = self.value(branch.test)
            if value is not False:
                kept.append(branch)
            if value:
                break
        return kept

    def vanishes(self, statement: ast.stmt) -> bool:
        """Whether nothing is left of a statement."""
        if not isinstance(statement, ast.If):
            return False
        kept = self.kept(self.cutting.branches(statement))
        if not kept:
            return True
        return self.value(kept[0].test) is True and all(map(self.vanishes, kept[0].body))

    def suite(self, statements: Sequence[ast.stmt], *, needs_code: bool) -> None:
        """Resolve a sequence of statements."""
        gone = [self.vanishes(statement) for statement in statements]
        for number, statement in enumerate(statements):
            if gone[number]:
                needs_pass = needs_code and all(gone) and number == 0
                self.cutting.remove_statement(statement, needs_pass=needs_pass)
            elif isinstance(statement, ast.If):
                self.chain(statement)
            else:
                self.children(statement)

    def chain(self, statement: ast.If) -> None:
        """Resolve an `if` with its `elif` and `else`, of which something stays."""
        branches = self.cutting.branches(statement)
        kept = self.kept(branches)
        for branch in branches:
            if branch not in kept:
                self.cutting.remove_branch(branch)
        if self.value(kept[0].test):
            self.cutting.unwrap(kept[0])
            self.suite(kept[0].body, needs_code=False)
            return
        for branch in kept:
            if branch.test is not None and self.value(branch.test):
                self.cutting.make_else(branch)
            elif branch.test is not None:
                self.expression(branch.test)
            self.suite(branch.body, needs_code=True)
        self.cutting.make_if(kept[0])

    def children(self, node: ast.AST) -> None:
        """Resolve what a statement, or a part of one, is made of."""
        for _, value in ast.iter_fields(node):
            parts = value if isinstance(value, list) else [value]
            if parts and isinstance(parts[0], ast.stmt):
                self.suite(parts, needs_code=True)
                continue
            for part in parts:
                if isinstance(part, ast.expr):
                    self.expression(part)
                elif isinstance(part, ast.AST):
                    self.children(part)

    def expression(self, node: ast.expr) -> None:
        """Resolve an expression."""
        value = self.value(node)
        if value is not None:
            self.cutting.replace(node, str(value))
        elif isinstance(node, ast.BoolOp):
            self.operands(node)
        elif isinstance(node, ast.IfExp) and self.value(node.test) is not None:
            chosen = node.body if self.value(node.test) else node.orelse
            self.cutting.keep_part(node, chosen)
            self.expression(chosen)
        elif isinstance(node, ast.JoinedStr):
            self.no_calls_in(node)
        else:
            self.children(node)

    def operands(self, node: ast.BoolOp) -> None:
        """Keep the operands of an `and` or `or` that only the run decides."""
        kept = [operand for operand in node.values if self.value(operand) is None]
        self.cutting.keep_operands(node, kept)
        for operand in kept:
            self.expression(operand)

    def no_calls_in(self, node: ast.JoinedStr) -> None:
        """Raise BookError if an f-string asks for the tab: its parts have no sure positions."""
        for part in ast.walk(node):
            if part in self.answers:
                line = self.code.line + node.lineno - 1
                message = "tab.selected can't be resolved inside an f-string: move it out"
                raise BookError(message, self.code.path, line)


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Every `tab.selected(...)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="tab"), attr="selected")):
                yield node


def _answer(code: Code, call: ast.Call, tab: str, config: BookConfig) -> bool:
    """What a `tab.selected(...)` gives in a tab."""
    line = code.line + call.lineno - 1
    lists = (ast.List, ast.Tuple, ast.Set)
    arguments = [
        name for one in call.args for name in (one.elts if isinstance(one, lists) else [one])
    ]
    names = [one.value for one in arguments if isinstance(one, ast.Constant)]
    strings = [name.strip().lower() for name in names if isinstance(name, str)]
    if not strings or len(strings) < len(arguments) or call.keywords:
        message = "tab.selected takes the names of tabs, each between quotes"
        raise BookError(message, code.path, line)
    for name in strings:
        if name not in (*config.tabs, "all"):
            raise BookError(config.unknown_tab(name), code.path, line)
    return tab in strings or "all" in strings
