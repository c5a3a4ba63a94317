"""What is wrong is listed in order, quoted, counted, and told to GitHub."""

import io
import sys

import pytest

from d2lbook.console import Listing, annotation, painted
from d2lbook.errors import BookError, BookErrors


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The current folder, outside of any service."""
    monkeypatch.chdir(tmp_path)
    for name in ("CI", "GITHUB_WORKSPACE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return tmp_path


@pytest.fixture
def listing():
    """Two errors and a warning, added in disorder."""
    listing = Listing()
    listing.add(BookErrors([BookError("third", "b.md", 10), BookError("second", "b.md", 9)]))
    listing.warn("c.md:4: be careful")
    listing.add(BookError("first", "a.md"))
    return listing


def test_everything_is_listed_in_order_and_counted(listing, capsys):
    listing.print()
    assert capsys.readouterr().err.splitlines() == [
        "warning: c.md:4: be careful",
        "a.md: first",
        "b.md:9: second",
        "b.md:10: third",
        "3 errors in 2 files, 1 warning",
    ]


def test_one_error_needs_no_count_and_nothing_wrong_no_words(capsys):
    Listing().print()
    assert capsys.readouterr() == ("", "")
    listing = Listing()
    listing.add(BookError("alone"))
    listing.add(BookError("alone"))
    listing.print()
    assert capsys.readouterr().err == "alone\n"


def test_the_line_is_quoted_unless_the_message_shows_it(folder, capsys):
    (folder / "a.md").write_text(f"one\n  two words  \n\n{'long ' * 30}\n")
    listing = Listing()
    for line in (2, 3, 4, 9):
        listing.add(BookError("wrong", "a.md", line))
    listing.add(BookError("a cell:\n    x", "a.md", 1))
    listing.print()
    *lines, _ = capsys.readouterr().err.splitlines()
    assert lines[:5] == [
        "a.md:1: a cell:",
        "    x",
        "a.md:2: wrong",
        "    2 | two words",
        "a.md:3: wrong",
    ]
    assert lines[6] == f"    4 | {('long ' * 20)[:99]}…"
    assert lines[7:] == ["a.md:9: wrong"]


def test_paths_are_as_called_from_the_current_folder(folder, capsys):
    (folder / "source").mkdir()
    (folder / "source/a.md").write_text("text\n")
    listing = Listing(folders=[folder / "source", folder])
    listing.add(BookError("wrong", "a.md", 1))
    listing.print()
    assert capsys.readouterr().err == "source/a.md:1: wrong\n    1 | text\n"


def test_colors_are_for_terminals_that_want_them(listing, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    listing.print()
    shown = terminal.getvalue().splitlines()
    assert shown[0] == "\x1b[33mwarning:\x1b[0m c.md:4: be careful"
    assert shown[1] == "\x1b[1;31ma.md: first\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert painted("text", "1", terminal) == "text"


def test_a_service_is_told_in_its_own_words_too(listing, folder, monkeypatch, capsys):
    (folder / "b.md").write_text("text\n")
    monkeypatch.setenv("CI", "true")
    listing.print()
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "warning: c.md:4: be careful"
    assert [line for line in lines if line.startswith("::")] == [
        "::warning::c.md:4: be careful",
        "::error::a.md: first",
        "::error file=b.md,line=9::second",
        "::error file=b.md,line=10::third",
    ]


def test_annotations_are_escaped_and_begin_at_the_root_of_the_repository(folder, monkeypatch):
    book = folder / "the, book"
    book.mkdir()
    (book / "100%.md").write_text("text\n")
    monkeypatch.chdir(book)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(folder))
    error = BookError("50% are wrong:\nall", "100%.md", 7)
    told = "::error file=the%2C book/100%25.md,line=7::50%25 are wrong:%0Aall"
    assert annotation("error", error) == told
    assert (
        annotation("error", BookError("lost", "/no/such/file", 3))
        == "::error::/no/such/file:3: lost"
    )
