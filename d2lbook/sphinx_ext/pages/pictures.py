"""Pictures in files with names that a link spells otherwise, as `a%20b.svg` for `a b.svg`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform


def setup(app: Sphinx) -> None:
    """Register the transform."""
    app.add_transform(NameFiles)


class NameFiles(SphinxTransform):
    """Gives images the names of their files."""

    default_priority = 500

    def apply(self, **kwargs: object) -> None:
        """Change the page."""
        for node in self.document.findall(nodes.image):
            name = unquote(node["uri"])
            if name != node["uri"] and Path(self.env.relfn2path(name)[1]).is_file():
                node["uri"] = name
