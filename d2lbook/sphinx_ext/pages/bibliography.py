"""Citations of works that no bibliography has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinxcontrib.bibtex.domain import BibtexDomain

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(ShowUnknownKeys)


class ShowUnknownKeys(SphinxPostTransform):
    """Shows the key of a citation that no bibliography has, in place of nothing."""

    default_priority = 4  # before sphinxcontrib-bibtex resolves citations

    def run(self, **kwargs: object) -> None:
        """Warn of such keys, and put them after the citations that are known."""
        domain = cast(BibtexDomain, self.env.get_domain("cite"))
        known = {citation.key for citation in domain.citations}
        for citation in list(self.document.findall(addnodes.pending_xref)):
            keys = citation["reftarget"].split(",") if citation["refdomain"] == "cite" else []
            if unknown := [key for key in keys if key not in known]:
                self.warn(unknown, citation)
                citation["reftarget"] = ",".join(key for key in keys if key in known)
                note = nodes.inline("", f"({', '.join(unknown)})", classes=["unknown-key"])
                parts = [citation, nodes.Text(" "), note] if citation["reftarget"] else [note]
                citation.replace_self(parts)

    def warn(self, keys: Iterable[str], citation: nodes.Node) -> None:
        """Warn of unknown keys."""
        for key in keys:
            message = "citation key %r is in no bibliography"
            logger.warning(message, key, location=citation, type="bibtex", subtype="key_not_found")
