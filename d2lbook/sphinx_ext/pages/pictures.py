"""Files of pictures: their names, which a link may spell otherwise, and their sizes."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from urllib.parse import unquote

from docutils import nodes
from lxml import etree
from PIL import Image
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

LIMIT = 16_000
"""Pixels that a side of a figure may have: TeX counts no further than 5.75 m."""
SVG = "{http://www.w3.org/2000/svg}"
SVG_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
PICTURES = (".gif", ".jpeg", ".jpg", ".png", ".webp")
LENGTH = re.compile(r"(\d{1,9}(?:\.\d+)?)[\d.]* *(px|pt|pc|in|cm|mm|)", re.ASCII)
PIXELS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4}
"""Of a unit of length, as CSS has them."""


class BadFigure(Exception):
    """A figure that can't be shown."""


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


def read_svg(path: Path) -> etree._ElementTree:
    """Return an SVG file, without what it refers to elsewhere; raises `BadFigure`."""
    try:
        return etree.parse(path, SVG_PARSER)
    except (etree.XMLSyntaxError, OSError) as error:
        raise BadFigure(f"it isn't SVG: {error.args[0]}") from None


def size_of_svg(path: Path) -> tuple[int, int]:
    """Return width and height in pixels; 0 where they aren't said as lengths."""
    root = read_svg(path).getroot()
    if root.tag != f"{SVG}svg":
        raise BadFigure('it isn\'t SVG: it lacks <svg xmlns="http://www.w3.org/2000/svg">')
    sides = (LENGTH.fullmatch(root.get(side, "").strip()) for side in ("width", "height"))
    width, height = (round(float(side[1]) * PIXELS[side[2]]) if side else 0 for side in sides)
    return width, height


def size_of(path: Path) -> tuple[int, int]:
    """Return width and height of a figure in pixels; 0 where they aren't known."""
    suffix = path.suffix.lower()
    if suffix not in (".svg", *PICTURES) or not path.is_file():
        return 0, 0
    if suffix == ".svg":
        return size_of_svg(path)
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path) as picture:
            return picture.size
    except Image.DecompressionBombError:
        way_out = f"make its sides smaller than {LIMIT:,} pixels"
        raise BadFigure(f"it is too large to be read: {way_out}") from None
    except OSError:
        raise BadFigure("it can't be read as a picture") from None
