"""The Sphinx extension of d2lbook: what a woven page needs beyond myst-nb and sphinx-design."""

from sphinx.application import Sphinx

from d2lbook.sphinx_ext import (
    assets,
    bibliography,
    citations,
    formulas,
    edition,
    figures,
    navigation,
    images,
    latex,
    notes,
    numbering,
    references,
    printing,
    rewriting,
    slots,
    tabs,
)

PARTS = (
    assets,
    bibliography,
    citations,
    formulas,
    navigation,
    notes,
    edition,
    figures,
    numbering,
    images,
    latex,
    references,
    rewriting,
    slots,
    printing,
    tabs,
)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register every part with Sphinx."""
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
