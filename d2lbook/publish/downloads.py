"""What of a book can be downloaded from its site: what has been built of its other formats."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from d2lbook.config import BookConfig
from d2lbook.records.receipts import tab_title
from d2lbook.tree import changes

FOLDER = "_editions"
"""Folder of these files in the site; no book has pages in it."""
FORMATS = (("PDF", "pdf", "*.pdf"), ("EPUB", "epub", "*.epub"), ("Notebooks", "pkg", "*.zip"))
"""How readers call them, the stages that leave them, and their names there."""
SLIDES = "slides"
"""Stage that leaves pages of its own."""


@dataclass(frozen=True)
class Download:
    """A file that readers can have."""

    format: str
    path: Path
    tab: str
    """The tab whose readers it is for; "" for all of them."""

    @property
    def url(self) -> str:
        """Where it is in the site."""
        return f"{FOLDER}/{self.path.name}"


def built(config: BookConfig) -> Iterator[Download]:
    """Yield the files that have been built, in the order of the formats and of the book's tabs."""
    for name, stage, pattern in FORMATS:
        found = [
            Download(name, path, tab_of(path, config))
            for path in sorted(config.stage_dir(stage).glob(pattern))
        ]
        yield from sorted(found, key=lambda one: [*config.tabs, ""].index(one.tab))


def tab_of(path: Path, config: BookConfig) -> str:
    """Return the tab whose file has that name; "" for the file of all."""
    return next((tab for tab in config.tabs if path.stem == f"{config.name}-{tab}"), "")


def menu(config: BookConfig) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the files by format, each with its title and its place in the site."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in built(config):
        title = tab_title(one.tab) if one.tab else "all tabs" if config.tabs else "the book"
        found.setdefault(one.format, []).append((title, one.url))
    if any(config.stage_dir(SLIDES).glob("*/**/*.html")):  # beside the list of them
        found["Slides"] = [("all decks", f"{FOLDER}/{SLIDES}/index.html")]
    return list(found.items())


def publish(config: BookConfig) -> None:
    """Put the files into the site, and remove those of an earlier build.

    Raises:
        BookError: one can't be read or written.
    """
    slides = config.stage_dir(SLIDES)
    tree = {one.path.name: one.path for one in built(config)}
    tree |= {
        path.relative_to(slides.parent).as_posix(): path
        for path in slides.rglob("*")
        if path.is_file()
    }
    changes(config.stage_dir("html") / FOLDER, tree).make()
