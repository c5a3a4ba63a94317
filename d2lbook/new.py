"""``d2lbook new``: a small book that builds, for an author to write over."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from string import Template

from d2lbook.errors import CallError
from d2lbook.records.receipts import tab_title

TEMPLATES = resources.files("d2lbook") / "templates" / "new"
FILES = {
    ".gitignore": "gitignore",
    "config.ini": "config.ini.in",
    "index.md": "index.md.in",
    "chapter_first/index.md": "chapter.md",
    "chapter_first/darts.md": "darts.md.in",
    "img/darts.svg": "darts.svg",
    "references.md": "references.md",
    "references.bib": "references.bib",
}
"""Each file of a new book, and its template; those that end in `.in` have blanks."""


def create(folder: Path, tabs: Sequence[str] = ()) -> None:
    """Write a book into a folder, which may hold other files.

    Args:
        folder: it is made if it isn't there, and names the book.
        tabs: the frameworks of the book; none for one that has no tabs.

    Raises:
        CallError: a file of the book is there already; nothing is written.
    """
    if taken := [name for name in FILES if (folder / name).exists()]:
        raise CallError(f"{folder / taken[0]} is there already: name another folder, or move it")
    values = blanks(folder.resolve().name, tabs)
    for name, template in FILES.items():
        text = (TEMPLATES / template).read_text(encoding="utf-8")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(Template(text).substitute(values) if template.endswith(".in") else text)


def blanks(name: str, tabs: Sequence[str]) -> dict[str, str]:
    """Return what fills the blanks of the templates."""
    words = re.findall(r"[^\W_]+", name) or ["book"]
    names = ", ".join(map(repr, tabs))
    setup = cell(f"%load_ext d2lbook.tab\ntab.interact_select({names})") + "\n"
    return {
        "name": "-".join(words).lower(),
        "title": " ".join(word[0].upper() + word[1:] for word in words),
        "year": str(date.today().year),
        "tabs": f"tabs = {', '.join(tabs)}" if tabs else "# tabs = pytorch, jax",
        "setup": setup if tabs else "",
        "for_all": "%%tab all\n" if tabs else "",
        "by_tab": "\n" + "\n".join(cells_by_tab(tabs)) if tabs else "",
    }


def cells_by_tab(tabs: Sequence[str]) -> Iterator[str]:
    """Yield a section in which each tab has a cell of its own."""
    yield "## One Text, Several Frameworks\n"
    yield "Readers choose a framework above, and see no cell of another:\n"
    for tab in tabs:
        yield cell(f"%%tab {tab}\nframework = '{tab_title(tab)}'")
    yield "The next cell is the same for all, though what it prints is not:\n"
    yield cell("%%tab all\nprint('Read in', framework)")


def cell(code: str) -> str:
    """Return a code cell as a chapter has it."""
    return f"```{{.python .input}}\n{code}\n```\n"
