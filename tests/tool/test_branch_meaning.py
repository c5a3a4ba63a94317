"""Resolved branches do what the whole cell does in a live kernel where the tab is chosen."""

import ast
from pathlib import Path
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from d2lbook.config import BookConfig
from d2lbook.source.branches import resolve_branches
from d2lbook.source.pycode import Code

CONFIG = BookConfig(Path(), tabs=("pytorch", "jax", "mxnet"))

SELECTED = st.lists(st.sampled_from(CONFIG.tabs), min_size=1, max_size=2, unique=True).map(
    lambda names: f"tab.selected({', '.join(map(repr, names))})"
)
TESTS = st.recursive(
    SELECTED | st.sampled_from(["yes", "no", "(yes\n    or no)"]),
    lambda tests: st.one_of(
        tests.map(lambda test: f"not {test}" if test[0] == "(" else f"not ({test})"),
        st.tuples(tests, st.sampled_from(["and", "or"]), tests).map(
            lambda parts: f"({' '.join(parts)})"
        ),
    ),
    max_leaves=5,
)
NUMBERS = st.integers(0, 99)
SIMPLE = st.one_of(
    NUMBERS.map(lambda n: f"log({n})"),
    NUMBERS.map(lambda n: f"log({n})  # tab.selected('jax')"),
    st.tuples(NUMBERS, TESTS).map(lambda pair: f"log({pair[0]} if {pair[1]} else\n  -1)"),
    NUMBERS.map(lambda n: f'log("""{n}\n  text\n      deeper""")'),
)


def suite(statements):
    """Some statements with comments and blank lines before them."""
    lines = st.tuples(st.sampled_from(["", "\n", "# note\n", "\n# note\n\n"]), statements)
    return st.lists(lines.map("".join), min_size=1, max_size=3).map("\n".join)


def indented(text):
    """The text four columns to the right, but for what strings hold."""
    protected = ("  text", "      deeper")
    return "\n".join(
        line if not line or line.startswith(protected) else f"    {line}"
        for line in text.split("\n")
    )


def compound(statements):
    body = suite(statements).map(indented)
    elifs = st.lists(st.tuples(TESTS, body), max_size=3).map(
        lambda pairs: "".join(f"elif {test}:\n{block}\n" for test, block in pairs)
    )
    ends = st.just("") | body.map(lambda block: f"# before else\nelse:\n{block}")
    chains = st.tuples(TESTS, body, elifs, ends).map(
        lambda parts: f"if {parts[0]}:  # why\n{parts[1]}\n{parts[2]}{parts[3]}".rstrip()
    )
    heads = st.sampled_from(["for _ in range(2):", "def f():", "class C:", "with nothing:"])
    return chains | st.tuples(heads, body).map(
        lambda pair: f"{pair[0]}\n{pair[1]}" + ("\nf()" if pair[0] == "def f():" else "")
    )


PROGRAMS = suite(st.recursive(SIMPLE, compound, max_leaves=10))


class Nothing:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False


def trace(program, tab):
    """What a program logs where a tab is chosen."""
    found = []
    chooser = SimpleNamespace(selected=lambda *names: tab in names)
    names = {"log": found.append, "tab": chooser, "yes": True, "no": False, "nothing": Nothing()}
    exec(program, names)
    return found


@settings(max_examples=60, deadline=None)
@given(PROGRAMS, st.sampled_from(CONFIG.tabs))
def test_the_resolved_cell_does_the_same(program, tab):
    resolved = resolve_branches(Code(program, "x.md", 1), tab, CONFIG)
    assert trace(resolved, tab) == trace(program, tab)
    assert "tab.selected" not in ast.unparse(ast.parse(resolved))
