"""The code of a library file: names in it, docstrings, and methods merged into their class."""

import ast
import symtable
import tokenize
import warnings
from collections.abc import Callable, Collection, Mapping

from d2lbook.source.pycode import Code, Edit, apply_edits

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def bound_names(text: str) -> set[str]:
    """The names that the code binds at its top level."""
    return {
        one.get_name()
        for one in _scopes(text).get_symbols()
        if one.is_assigned() or one.is_imported()
    }


def free_names(text: str) -> set[str]:
    """The names that the code takes from its module without binding them, builtins included."""
    top = _scopes(text)
    names = {one.get_name() for one in top.get_symbols() if one.is_referenced()}
    inner = list(top.get_children())
    while inner:
        table = inner.pop()
        names |= {one.get_name() for one in table.get_symbols() if one.is_global()}
        inner += table.get_children()
    return names - bound_names(text)


def added_to(node: ast.stmt) -> ast.expr | None:
    """`Class`, of a definition that begins with `@add_to_class(Class)`."""
    if isinstance(node, Definition) and node.decorator_list:
        match node.decorator_list[0]:
            case ast.Call(
                func=ast.Name(id="add_to_class") | ast.Attribute(attr="add_to_class"),
                args=[owner],
            ):
                return owner
    return None


def names_at_definition(method: Definition) -> set[str]:
    """The names that a method needs as soon as it is defined, as in its defaults."""
    parts: list[ast.AST] = [*method.decorator_list[1:]]
    if isinstance(method, ast.ClassDef):
        parts += [*method.bases, *method.keywords, *method.body]
    else:
        parts += [method.args, *([method.returns] if method.returns else [])]
    return {one.id for part in parts for one in ast.walk(part) if isinstance(one, ast.Name)} | {
        one.attr for part in parts for one in ast.walk(part) if isinstance(one, ast.Attribute)
    }


def documented(code: Code, origin: str) -> Code:
    """The code, with its origin at the end of the docstring of what it defines."""
    edits = [
        _documenting(code, node, origin) for node in code.tree.body if isinstance(node, Definition)
    ]
    return code.rewritten(apply_edits(code.text, filter(None, edits)))


def merged(code: Code, methods: Mapping[str, Code]) -> Code:
    """The code of a class with more methods; one of the same name is replaced."""
    node = code.tree.body[0]
    assert isinstance(node, ast.ClassDef)
    indent = " " * node.body[0].col_offset
    texts = {name: _as_method(method, indent) for name, method in methods.items()}
    edits = [
        Edit(*_line_span(code, member), texts.pop(member.name))
        for member in node.body
        if isinstance(member, Definition) and member.name in texts
    ]
    end = len(code.text.rstrip())
    edits += [Edit(end, end, f"\n\n{text}") for text in texts.values()]
    return code.rewritten(apply_edits(code.text, edits))


def without_prefix(code: Code, is_own: Callable[[str, str], bool]) -> Code:
    """The code with `name` in place of `d2l.name` where the library itself defines it.

    Args:
        is_own: whether `prefix.name` is defined in the library; both are given.
    """
    edits = []
    for statement in code.tree.body:
        inside = _names_bound_inside(statement)
        for node in ast.walk(statement):
            match node:
                case ast.Attribute(value=ast.Name(id=prefix), attr=name, ctx=ast.Load()) if (
                    name not in inside and is_own(prefix, name)
                ):
                    edits.append(Edit(*code.span(node), name))
    in_strings = [
        code.span(node) for node in ast.walk(code.tree) if isinstance(node, ast.JoinedStr)
    ]  # what is in f-strings has no sure positions
    edits = [e for e in edits if not any(start <= e.start < end for start, end in in_strings)]
    return code.rewritten(apply_edits(code.text, edits))


def _scopes(text: str) -> symtable.SymbolTable:
    with warnings.catch_warnings(action="ignore"):
        return symtable.symtable(text, "<library>", "exec")


def _documenting(code: Code, node: Definition, origin: str) -> Edit | None:
    """The edit that adds the origin to a docstring, or a docstring where there is none."""
    first = node.body[0]
    value = ast.get_docstring(node, clean=False)
    line = code.text.split("\n")[first.lineno - 1]
    shares_line = line[: first.col_offset].strip() != ""
    indent = " " * (node.col_offset + 4 if shares_line else first.col_offset)
    if value is not None:
        assert isinstance(first, ast.Expr)
        text = _with_origin(code, first.value, value, f"{indent}{origin}\n{indent}")
        return None if origin in value else Edit(*code.span(first.value), text)
    if shares_line:
        start = code.span(first)[0]
        return Edit(start, start, f'\n{indent}"""{origin}"""\n{indent}')
    start = code.offset(_body_start(code, node), 0)
    return Edit(start, start, f'{indent}"""{origin}"""\n')


def _with_origin(code: Code, literal: ast.expr, value: str, ending: str) -> str:
    """The literal of a docstring with another paragraph, as it is written where that is easy."""
    start, end = code.span(literal)
    tokens = [
        token.string
        for token in code.tokens
        if token.type == tokenize.STRING and start <= code.offset(*token.start) < end
    ]
    if not value.strip():
        return f'"""{ending.strip()}"""'
    if len(tokens) == 1 and tokens[0].endswith(('"""', "'''")):
        return f"{tokens[0][:-3].rstrip()}\n\n{ending}{tokens[0][-3:]}"
    escaped = value.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').rstrip()
    return f'"""{escaped}\n\n{ending}"""'


def _body_start(code: Code, node: Definition) -> int:
    """The line after the head of a definition, where its body or the comments above that begin."""
    lines = ["", *code.text.split("\n")]
    line = _first_line(node.body[0])
    while not lines[line - 1].strip() or lines[line - 1].lstrip().startswith("#"):
        line -= 1
    return line


def _as_method(code: Code, indent: str) -> str:
    """A function that `@add_to_class` decorates as it looks inside the class."""
    node = code.tree.body[0]
    start, end = code.span(_decorators(node)[0])
    start = code.text.rindex("@", 0, start)
    if code.text[end:].lstrip(" \t").startswith("\n"):
        end = code.text.index("\n", end) + 1
    code = code.rewritten(code.text[:start] + code.text[end:].lstrip(" \t"))
    in_strings = code.lines_inside_strings
    return "\n".join(
        line if not line.strip() or number in in_strings else indent + line
        for number, line in enumerate(code.text.split("\n"), start=1)
    ).rstrip()


def _line_span(code: Code, node: ast.stmt) -> tuple[int, int]:
    """Offsets of the lines of a statement, its decorators included, without the last line end."""
    return code.offset(_first_line(node), 0), code.offset(
        (node.end_lineno or node.lineno) + 1, 0
    ) - 1


def _first_line(node: ast.stmt) -> int:
    return min([node.lineno, *(one.lineno for one in _decorators(node))])


def _decorators(node: ast.stmt) -> list[ast.expr]:
    return getattr(node, "decorator_list", [])


def _names_bound_inside(statement: ast.stmt) -> Collection[str]:
    """Names that a statement binds in any scope of its own: they may hide the module's."""
    names: set[str] = set()
    tables = _scopes(ast.unparse(statement)).get_children()
    while tables:
        table = tables.pop()
        symbols = table.get_symbols()
        names |= {one.get_name() for one in symbols if one.is_local() and not one.is_global()}
        tables += table.get_children()
    return names
