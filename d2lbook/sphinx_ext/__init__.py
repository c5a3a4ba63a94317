"""The Sphinx extension of d2lbook: what a woven page needs beyond myst-nb and sphinx-design."""

from importlib import import_module

from sphinx.application import Sphinx

NAMES = {
    "editions": "edition epub figures latex printing terms",
    "pages": (
        "bibliography citations folds formulas markup notes numbering pictures references "
        "slots tabs"
    ),
    "site": "access assets launch navigation rewriting search sitemap sizes social steady wording",
}
PARTS = [
    import_module(f"{__name__}.{room}.{name}")
    for room, names in NAMES.items()
    for name in names.split()
]
"""Imported with the extension, so that they are there before the first book is."""


def setup(app: Sphinx) -> dict[str, bool]:
    """Register every part with Sphinx."""
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
