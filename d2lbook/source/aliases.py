"""`d2l.name(...)` rewritten to the name that the tab's framework has for it."""

import ast
import tokenize
from collections.abc import Iterator, Sequence

from d2lbook.config import LibraryConfig
from d2lbook.source.pycode import Code, Edit, NotPython, apply_edits

# What may stand before a dot as it is; anything else gets parentheses.
_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.Tuple)


def rewrite_aliases(code: Code, library: LibraryConfig) -> str:
    """The code as the tab's framework spells it; what isn't Python stays as it is."""
    if "d2l." not in code.text:
        return code.text
    try:
        code = code.rewritten(_reverse(code, library))
        return apply_edits(code.text, _edits(code, library))
    except NotPython:
        return code.text


def _reverse(code: Code, library: LibraryConfig) -> str:
    """The code after `reverse_alias`, which goes by pattern, but not inside strings or comments."""
    for pattern, replacement in library.reverse_alias:
        starts = {code.offset(*token.start) for token in code.tokens}
        edits = [
            Edit(*match.span(), match.expand(replacement))
            for match in pattern.finditer(code.text)
            if match.start() in starts
        ]
        code = code.rewritten(apply_edits(code.text, edits))
    return code.text


def _edits(code: Code, library: LibraryConfig) -> Iterator[Edit]:
    for node in _walk(code.tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="d2l"), attr=name), args=[first, *_]
            ) if name in library.fluent_alias:
                if not isinstance(first, ast.Starred | ast.GeneratorExp):
                    yield from _method_call(code, node, library.fluent_alias[name])
            case ast.Attribute(value=ast.Name(id="d2l"), attr=name):
                if name in library.simple_alias and library.lib_name:
                    text = f"{library.lib_name}.{library.simple_alias[name]}"
                    yield Edit(*code.span(node), text)


def _walk(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a tree but for those in f-strings, which have no sure positions."""
    todo = [tree]
    while todo:
        node = todo.pop()
        if not isinstance(node, ast.JoinedStr):
            yield node
            todo += ast.iter_child_nodes(node)


def _method_call(code: Code, call: ast.Call, method: str) -> Iterator[Edit]:
    """`d2l.name(a, ...)` as `a.method(...)`."""
    start = code.span(call)[0]
    tokens = _arguments(code, code.span(call.func)[1])
    last = _first_argument_end(tokens)
    argument_start = code.offset(*tokens[0].start)
    argument_end = code.offset(*tokens[last - 1].end)
    rest = tokens[last + 1] if tokens[last].string == "," else tokens[last]
    node = call.args[0]
    wrapped = code.span(node)[0] > argument_start  # in parentheses already
    bare = isinstance(node, _ATOMS) and not _breaks_line(tokens[:last])
    left, right = ("", "") if wrapped or bare else ("(", ")")
    yield Edit(start, argument_start, left)
    yield Edit(argument_end, code.offset(*rest.start), f"{right}.{method}(")


def _arguments(code: Code, function_end: int) -> Sequence[tokenize.TokenInfo]:
    """The tokens after the parenthesis that opens a call."""
    tokens = [t for t in code.tokens if t.string.strip() and t.type != tokenize.COMMENT]
    opening = next(
        index
        for index, token in enumerate(tokens)
        if token.string == "(" and code.offset(*token.start) >= function_end
    )
    return tokens[opening + 1 :]


def _first_argument_end(tokens: Sequence[tokenize.TokenInfo]) -> int:
    """Index of the comma or parenthesis that ends the first argument."""
    return next(
        index
        for index, (token, depth) in enumerate(_with_depths(tokens))
        if depth < 0 or (not depth and token.string == ",")
    )


def _breaks_line(tokens: Sequence[tokenize.TokenInfo]) -> bool:
    """Whether a line ends between the tokens outside of all brackets."""
    following = zip(_with_depths(tokens), tokens[1:], strict=False)
    return any(not depth and one.end[0] < other.start[0] for (one, depth), other in following)


def _with_depths(
    tokens: Sequence[tokenize.TokenInfo],
) -> Iterator[tuple[tokenize.TokenInfo, int]]:
    """Each token with the number of brackets that are open after it."""
    depth = 0
    for token in tokens:
        depth += (token.string in ("(", "[", "{")) - (token.string in (")", "]", "}"))
        yield token, depth
