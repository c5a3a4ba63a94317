"""`tab.selected(...)` in the code of a cell, resolved for one tab.

The syntax tree decides; the text is what is cut, so that comments, blank lines and line breaks of
what stays are kept. What stays is valid Python.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from d2lbook.config import BookConfig
from d2lbook.errors import BookError
from d2lbook.page import Page
from d2lbook.pycode import Code, Edit, apply_edits

_HINT = re.compile(r"\btab\s*\.\s*selected\b")
_LOW_PRECEDENCE = (ast.BoolOp, ast.IfExp, ast.Lambda, ast.NamedExpr)


def resolve_branches(code: Code, tab: str, config: BookConfig) -> str:
    """The code that readers of the tab see.

    Raises: BookError if the code isn't valid Python or asks for a tab that there isn't.
    """
    if not _HINT.search(code.text):
        return code.text
    return code.text


def check_branches(page: Page, config: BookConfig) -> list[BookError]:
    """What is wrong with the branches of a page's cells, in any tab."""
    errors = []
    for cell in page.cells if config.tabs else ():
        try:
            resolve_branches(Code(cell.source, page.path, cell.line), config.default_tab, config)
        except BookError as error:
            errors.append(error)
    return errors
