"""Fixtures of the tool's tests: tiny books whose cells run in a second."""

import textwrap
from pathlib import Path

import pytest
from hypothesis import settings

CASES = Path(__file__).parent / "cases"

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


def pytest_configure(config):
    settings.register_profile("long", max_examples=5_000)  # --hypothesis-profile=long
    config.addinivalue_line("markers", "cases(file): run with each case of a file in cases/")


def pytest_generate_tests(metafunc):
    """Give a test marked `cases("x.md")` every (given, expected) of cases/x.md."""
    for mark in metafunc.definition.iter_markers("cases"):
        cases = read_cases(CASES / mark.args[0])
        metafunc.parametrize(("given", "expected"), cases.values(), ids=cases.keys())


def read_cases(path):
    """Cases by title: title, given and expected text, with a line that holds a dot after each."""
    pieces = path.read_text(encoding="utf-8").split("\n.\n")
    titles, given, expected = pieces[:-1:3], pieces[1::3], pieces[2::3]
    assert len(titles) == len(given) == len(expected), f"{path}: a case is incomplete"
    return {title.strip(): pair for title, *pair in zip(titles, given, expected, strict=True)}


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
    monkeypatch.delenv("CI", raising=False)  # errors are annotated there
    book = TinyBook(tmp_path)
    book.configure()
    return book
