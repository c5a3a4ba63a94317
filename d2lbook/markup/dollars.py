"""Formulas between dollars, as a plugin of markdown-it-py.

The one of mdit-py-plugins, up to 0.7 at least, takes no formula for one that begins a text whose
last character is a digit: it looks for a digit before the dollar, and before the first character
Python finds the last one.
"""

from collections.abc import Callable
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.dollarmath.index import math_inline_dollar

Rule = Callable[[StateInline, bool], bool]


def dollars(md: MarkdownIt, **options: Any) -> None:
    """Let a parser know formulas; the options are those of `dollarmath_plugin`."""
    dollarmath_plugin(md, **options)
    rule = math_inline_dollar(
        options["allow_space"], options["allow_digits"], options["double_inline"]
    )
    md.inline.ruler.at("math_inline", mended(rule))


def mended(rule: Rule) -> Rule:
    """Return the rule for formulas in a line, with a text that never ends with a digit."""

    def math_inline(state: StateInline, silent: bool) -> bool:
        text = state.src
        state.src = f"{text}\n"
        found = rule(state, silent)
        state.src = text
        return found

    return math_inline
