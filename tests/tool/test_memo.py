"""What is kept between builds, and when it is as if there were nothing."""

import pytest

from d2lbook.book import memo
from d2lbook.book.memo import MEMO_FILE, Memo
from d2lbook.book.whole import load_book
from d2lbook.config import load_config

IDENTITY = b"i" * memo.DIGEST_SIZE


@pytest.fixture
def kept(tmp_path):
    """A file with one entry."""
    path = tmp_path / "folder" / MEMO_FILE
    first = Memo(path, IDENTITY)
    first.put("key", ["value"])
    first.save()
    return path


def test_entries_are_kept_as_long_as_they_are_asked_for(kept):
    second = Memo(kept, IDENTITY)
    assert second.recall("key", lambda: pytest.fail("it is known")) == ["value"]
    second.put("other", 1)
    second.save()
    third = Memo(kept, IDENTITY)
    assert [third.get("key"), third.get("other"), third.get("none")] == [["value"], 1, None]
    fourth = Memo(kept, IDENTITY)
    fourth.get("other")
    fourth.save()
    assert Memo(kept, IDENTITY).get("key") is None


def test_a_step_that_needs_a_part_drops_nothing(kept):
    part = Memo(kept, IDENTITY)
    part.put("part", 1)
    part.save_first()
    assert Memo(kept, IDENTITY).get("key") == ["value"]
    kept.unlink()
    first = Memo(kept, IDENTITY)
    first.put("part", 1)
    first.save_first()
    assert Memo(kept, IDENTITY).get("part") == 1


def test_a_file_that_would_not_change_is_not_written(kept):
    before = kept.stat().st_mtime_ns
    same = Memo(kept, IDENTITY)
    same.get("key")
    same.save()
    assert kept.stat().st_mtime_ns == before


@pytest.mark.parametrize("spoil", [lambda b: b"", lambda b: b[:-1], lambda b: b[:-1] + b"x"])
def test_a_damaged_file_counts_as_none(kept, spoil):
    kept.write_bytes(spoil(kept.read_bytes()))
    assert Memo(kept, IDENTITY).get("key") is None


def test_a_file_of_another_tool_counts_as_none(kept):
    assert Memo(kept, bytes(memo.DIGEST_SIZE)).get("key") is None


def test_where_nothing_can_be_written_nothing_is_lost(tmp_path):
    (tmp_path / "file").touch()
    entries = Memo(tmp_path / "file" / MEMO_FILE, IDENTITY)
    entries.put("key", "value")
    entries.save()
    assert entries.get("key") == "value"


def test_one_without_a_file_remembers_for_itself():
    entries = Memo()
    assert entries.recall("key", lambda: 1) == entries.recall("key", lambda: 2) == 1
    entries.save()


@pytest.fixture
def book(tmp_path):
    """Load a book of one page, which makes its memo anew each time."""

    def load(settings="", text="# A\n\n```{.python .input}\n%%tab all\nx = 1  #@save\n```\n"):
        (tmp_path / "config.ini").write_text(f"[build]\ntabs = a, b\n{settings}\n")
        (tmp_path / "index.md").write_text(text)
        book = load_book(load_config(tmp_path))
        found = [book.in_tab(page, "b").cells[0].source for page in book.pages]
        book.memo.save()
        return book, found

    return load


@pytest.fixture
def parsed(monkeypatch):
    """The pages that were parsed, in place of known ones."""
    from d2lbook.book import whole as module

    names = []

    def parse(path, text, config, real=module.try_page):
        names.append(str(path))
        return real(path, text, config)

    monkeypatch.setattr(module, "try_page", parse)
    return names


def test_pages_are_parsed_when_they_or_the_configuration_have_changed(book, parsed):
    first, found = book()
    again, found_again = book()
    assert (again.pages, found_again) == (first.pages, found)
    assert parsed == ["index.md"]
    book(text="# B\n\n```{.python .input}\n%%tab b\ny = 2\n```\n")
    assert len(parsed) == 2
    book(settings="non-notebooks = other.md")
    assert len(parsed) == 3


def test_another_state_of_the_tool_makes_it_anew(book, parsed, monkeypatch):
    book()
    monkeypatch.setattr(memo, "tool_identity", lambda: "another")
    book()
    assert parsed == ["index.md"] * 2
