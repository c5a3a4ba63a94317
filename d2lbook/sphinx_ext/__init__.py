"""The Sphinx extension of d2lbook: what a woven page needs beyond myst-nb and sphinx-design."""

from sphinx.application import Sphinx

from d2lbook.sphinx_ext import (
    access,
    assets,
    bibliography,
    citations,
    edition,
    epub,
    figures,
    folds,
    formulas,
    latex,
    launch,
    markup,
    navigation,
    notes,
    numbering,
    printing,
    references,
    rewriting,
    search,
    sitemap,
    slots,
    social,
    steady,
    tabs,
    terms,
)

PARTS = (
    access,
    assets,
    bibliography,
    citations,
    edition,
    epub,
    figures,
    folds,
    formulas,
    latex,
    launch,
    markup,
    navigation,
    notes,
    numbering,
    printing,
    references,
    rewriting,
    search,
    sitemap,
    slots,
    social,
    steady,
    tabs,
    terms,
)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register every part with Sphinx."""
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
