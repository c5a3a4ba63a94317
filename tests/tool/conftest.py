"""Fixtures of the tool's tests: tiny books whose cells run in a second."""

import textwrap

import pytest

CONFIG = """\
[project]
name = tiny
title = Tiny
[build]
notebooks = *.md */*.md
tabs = {tabs}
[eval]
{settings}
cache = cache
"""


class TinyBook:
    """A book in a temporary folder, and the current folder of the test."""

    def __init__(self, root):
        self.root = root

    def configure(self, *, tabs="", settings="outputs = outputs", more=""):
        """Write its config.ini."""
        text = CONFIG.format(tabs=tabs, settings=settings)
        (self.root / "config.ini").write_text(text + textwrap.dedent(more))

    def write(self, name, *cells, words="Some words."):
        """Write a page with a title and code cells, and the root page that lists all pages."""
        blocks = [f"```{{.python .input}}\n{textwrap.dedent(cell).strip()}\n```" for cell in cells]
        path = self.root / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n\n".join([f"# {name}", words, *blocks]) + "\n")
        pages = sorted(self.root.rglob("*.md"))
        entries = [page.relative_to(self.root).with_suffix("").as_posix() for page in pages]
        listed = "\n".join(entry for entry in entries if entry != "index")
        (self.root / "index.md").write_text(f"# Tiny\n\n```toc\n{listed}\n```\n")

    def edit(self, name, old, new):
        """Replace a text in a file."""
        path = self.root / name
        before = path.read_text()
        assert old in before
        path.write_text(before.replace(old, new))


@pytest.fixture
def tiny_book(tmp_path, monkeypatch):
    """An empty book without tabs."""
    monkeypatch.chdir(tmp_path)
    book = TinyBook(tmp_path)
    book.configure()
    return book
