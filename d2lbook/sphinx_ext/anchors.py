"""The places that links lead to: each has one id, and shows a link to itself."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

WRAPPERS = {"table-wrapper", "math-wrapper"}
"""Classes of what the theme puts around tables and formulas."""


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_post_transform(KeepIdsUnique)


class KeepIdsUnique(SphinxPostTransform):
    """Takes from the theme's wrappers the ids of what they hold."""

    default_priority = 510  # after the theme's own transform
    formats = ("html",)

    def run(self, **kwargs: object) -> None:
        """Clear the ids of all wrappers."""
        for container in self.document.findall(nodes.container):
            if WRAPPERS & set(container["classes"]):
                container["ids"] = []
