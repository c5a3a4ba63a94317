"""Figures: fit to be shown, and for print in formats that LaTeX takes.

SVG becomes PDF, and stays made of lines and letters.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import subprocess
from pathlib import Path

from docutils import nodes
from lxml import etree
from PIL import Image
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.transforms.post_transforms.images import ImageConverter
from sphinx.util import logging

from d2lbook.sphinx_ext.pages.pictures import LIMIT, SVG, BadFigure, read_svg, size_of

logger = logging.getLogger(__name__)

PRINT_ONLY = (".eps", ".pdf", ".ps", ".tif", ".tiff")
LINK = re.compile(r"(?:\{http://www.w3.org/1999/xlink\})?href")
INSIDE = ("#", "data:")
"""How links of a figure begin that lead nowhere else."""


def setup(app: Sphinx) -> None:
    """Register the transforms."""
    app.add_post_transform(CheckFigures)
    app.add_post_transform(PrintFigures)


class CheckFigures(SphinxPostTransform):
    """Leaves the text of a figure that can't be shown in its place, with a warning."""

    default_priority = 190  # before figures are converted

    def run(self, **kwargs: object) -> None:
        """Check all figures that are files of the book; the site may have them of any size."""
        limit = math.inf if self.config.d2l_tab is None else LIMIT
        for node in list(self.document.findall(nodes.image)):
            names = list(node.get("candidates", {"*": node["uri"]}).values())
            on_screen = self.app.builder.format == "html"
            if on_screen and all(name.lower().endswith(PRINT_ONLY) for name in names):
                warn(names[0], "browsers don't show it: save it as SVG or PNG", node)
                continue
            for name in names:
                if message := fault(Path(self.env.srcdir, name), limit):
                    warn(name, message, node)
                    break


def fault(path: Path, limit: float) -> str:
    """Return what keeps a figure from being shown; "" for nothing that is known.

    Args:
        path: the figure.
        limit: pixels that a side may have.
    """
    try:
        width, height = size_of(path)
    except BadFigure as error:
        return str(error)
    size = f"it is {width:,} by {height:,} pixels: make it smaller than {limit:,}"
    return size if max(width, height) > limit else ""


def warn(name: str, message: str, node: nodes.image) -> None:
    """Warn of a figure, and put its text in its place."""
    logger.warning("figure %s: %s", name, message, location=node, type="d2l", subtype="figure")
    node.replace_self(nodes.inline("", f"[{node.get('alt') or name}]"))


def inert_svg(path: Path) -> bytes:
    """Return an SVG file without scripts and without links out of it; raises `BadFigure`.

    Of elements with the same id, the first keeps it: plots name equal images so.
    """
    tree = read_svg(path)
    names: set[str] = set()
    for element in list(tree.getroot().iter(etree.Element)):
        if element.tag == f"{SVG}script":
            element.getparent().remove(element)
        if (name := element.get("id", "")) in names:
            del element.attrib["id"]
        names |= {name} - {""}
        for name, value in element.attrib.items():
            leads_out = LINK.fullmatch(name) and not value.startswith(INSIDE)
            if leads_out or name.startswith("on"):
                del element.attrib[name]
    content: bytes = etree.tostring(tree.getroot(), encoding="utf-8", xml_declaration=True)
    return content


class PrintFigures(ImageConverter):
    """Converts the figures of a printed book; each once, for all of its editions."""

    formats = ("latex",)
    conversion_rules = [  # noqa: RUF012
        ("image/svg+xml", "application/pdf"),
        ("image/gif", "image/png"),
        ("image/webp", "image/png"),
    ]

    def is_available(self) -> bool:
        """Whether figures can be converted: what does it has been looked for before."""
        return True

    def handle(self, node: nodes.image) -> None:
        """Convert a figure; one that can't be leaves its text, and a warning."""
        try:
            super().handle(node)
        except BadFigure as error:
            warn(node["uri"], str(error), node)

    def convert(self, _from: str | os.PathLike[str], _to: str | os.PathLike[str]) -> bool:
        """Convert a file that has changed; raises `BadFigure`."""
        source, target = Path(_from), Path(_to)
        mark = target.with_name(f"{target.name}.source")
        hashed = hashlib.sha256(source.read_bytes()).hexdigest()
        if not (target.exists() and mark.exists() and mark.read_text() == hashed):
            to_pdf(source, target) if target.suffix == ".pdf" else to_png(source, target)
            mark.write_text(hashed)
        return True


def to_pdf(source: Path, target: Path) -> None:
    """Convert SVG to PDF."""
    command = ["rsvg-convert", "--format=pdf", f"--output={target}", str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BadFigure(f"rsvg-convert can't convert it: {done.stderr.strip()}")


def to_png(source: Path, target: Path) -> None:
    """Convert the first picture of a file to PNG."""
    try:
        with Image.open(source) as picture:
            picture.convert("RGBA").save(target)
    except OSError as error:
        raise BadFigure(f"it can't be converted: {error}") from None
