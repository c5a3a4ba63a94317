"""The Sphinx extension of d2lbook: what a woven page needs beyond myst-nb and sphinx-design."""

from importlib import import_module

from sphinx.application import Sphinx

NAMES = """
access assets bibliography citations edition epub figures folds formulas latex launch markup
navigation notes numbering printing references rewriting search sitemap slots social steady tabs
terms
"""
PARTS = [import_module(f"{__name__}.{name}") for name in NAMES.split()]
"""Imported with the extension, so that they are there before the first book is."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register every part with Sphinx."""
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
