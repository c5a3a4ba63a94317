"""`build epub`: the book as EPUB 3, one file a tab, through Sphinx."""

import shutil
import uuid
from collections.abc import Sequence
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from textwrap import wrap

from d2lbook.config import BookConfig
from d2lbook.files import write_atomically
from d2lbook.publish.editions import Editions, edition_name, edition_title

TEMPLATES = resources.files("d2lbook") / "templates" / "epub"
NAMESPACE = uuid.UUID("6f0f0c3e-5d0b-4b60-9a3c-2d0d2b0d2c11")
"""Of the identifiers of books: a book keeps its own from build to build."""
LETTERS_OF_TITLE = 16
"""How many fit a line of the cover, unless a word has more."""


def build(editions: Editions, tabs: Sequence[str]) -> list[Path]:
    """Build the EPUB of each tab and return the files.

    Raises:
        BookError: Sphinx complains and `warning_is_error` is set, or can't finish.
    """
    return [build_one(editions, tab) for tab in tabs]


def build_one(editions: Editions, tab: str) -> Path:
    """Build the EPUB of a tab; raises as `build` does."""
    config = editions.book.config
    name = edition_name(config, tab)
    folder = config.output_dir / "epub-pages" / name
    shutil.rmtree(folder, ignore_errors=True)  # what lies there would be packed, too
    editions.build("epub", tab, folder, settings(config, tab))
    target = config.stage_dir("epub") / f"{name}.epub"
    write_atomically(target, (folder / f"{name}.epub").read_bytes())
    return target


def settings(config: BookConfig, tab: str) -> dict[str, object]:
    """Return the configuration values of an EPUB."""
    title = config.title or config.name
    edition = edition_title(tab)
    name = edition_name(config, tab)
    return {
        "d2l_epub": {
            "style": str(TEMPLATES / "book.css"),
            "cover": cover(title, edition, config.author),
        },
        "epub_basename": name,
        "epub_title": f"{title} ({edition})" if edition else title,
        "epub_language": config.lang.replace("_", "-"),
        "epub_author": config.author or "unknown",
        "epub_contributor": config.author or "unknown",
        "epub_publisher": config.author or "unknown",
        "epub_copyright": config.copyright or "unknown",
        "epub_description": title,
        "epub_identifier": f"urn:uuid:{uuid.uuid5(NAMESPACE, f'{name} {config.release}')}",
        "epub_scheme": "URN",
        "epub_show_urls": "no",
        "epub_tocdup": False,
        "version": config.release or "1",
    }


def cover(title: str, edition: str, author: str) -> str:
    """Return a cover as SVG."""
    width = max(LETTERS_OF_TITLE, *map(len, title.split()))
    lines = wrap(title, width)
    spans = [f'<tspan x="120" dy="1.2em">{escape(line)}</tspan>' for line in lines]
    template = Template((TEMPLATES / "cover.svg").read_text(encoding="utf-8"))
    return template.substitute(
        title="".join(spans),
        size=112 * LETTERS_OF_TITLE // width,
        below=450 + 136 * len(lines),
        edition=escape(edition),
        author=escape(author),
    )
