"""Figures in formats that LaTeX takes: SVG becomes PDF, and stays made of lines and letters."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from docutils import nodes
from PIL import Image, UnidentifiedImageError
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms.images import ImageConverter
from sphinx.util import logging

logger = logging.getLogger(__name__)

LIMIT = 16_000
"""Pixels that a side of a picture may have: TeX counts no further than 5.75 m."""


def setup(app: Sphinx) -> None:
    """Register the converter."""
    app.add_post_transform(PrintFigures)


class BadPicture(Exception):
    """A picture that can't be shown."""


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
        except BadPicture as error:
            where = next(iter(node["candidates"].values()))
            logger.warning("figure %s: %s", where, error, location=node, type="d2l", subtype="fig")
            node.replace_self(nodes.inline("", f"[{node.get('alt') or where}]"))

    def convert(self, _from: str | os.PathLike[str], _to: str | os.PathLike[str]) -> bool:
        """Convert a file; raises `BadPicture`."""
        source, target = Path(_from), Path(_to)
        content = source.read_bytes()
        mark = target.with_name(f"{target.name}.source")
        hashed = hashlib.sha256(content).hexdigest()
        if not (target.exists() and mark.exists() and mark.read_text() == hashed):
            to_pdf(source, target) if target.suffix == ".pdf" else to_png(source, target)
            mark.write_text(hashed)
        return True


def to_pdf(source: Path, target: Path) -> None:
    """Convert SVG to PDF."""
    command = ["rsvg-convert", "--format=pdf", f"--output={target}", str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BadPicture(f"rsvg-convert can't read it: {done.stderr.strip()}")


def to_png(source: Path, target: Path) -> None:
    """Convert the first picture of a file to PNG."""
    try:
        with Image.open(source) as picture:
            picture.convert("RGBA").save(target)
    except (UnidentifiedImageError, OSError) as error:
        raise BadPicture(f"it can't be read: {error}") from None
